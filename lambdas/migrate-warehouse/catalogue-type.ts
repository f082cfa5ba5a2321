import type { WarehouseType } from "../../schemas/types/warehouse.ts";
import type { ExistingColumn } from "../../schemas/sql/widen.ts";

/** What `svv_columns.data_type` says of each type. */
const NAMES: Readonly<Record<WarehouseType["name"], string>> = {
  SMALLINT: "smallint",
  INTEGER: "integer",
  BIGINT: "bigint",
  REAL: "real",
  "DOUBLE PRECISION": "double precision",
  BOOLEAN: "boolean",
  SUPER: "super",
  DATE: "date",
  TIMESTAMP: "timestamp without time zone",
  TIMESTAMPTZ: "timestamp with time zone",
  NUMERIC: "numeric",
  VARCHAR: "character varying",
  VARBYTE: "binary varying",
};

/** Whether an existing column holds all that `type` holds; a narrow VARCHAR counts, since it can be widened. */
export function holds(existing: ExistingColumn, type: WarehouseType): boolean {
  if (existing.type !== NAMES[type.name]) return false;
  if (type.name === "NUMERIC") return existing.precision === type.precision && existing.scale === type.scale;
  if (type.name === "VARBYTE") return existing.length === null || existing.length >= type.bytes;
  return true;
}

/** The existing type as DDL would write it. */
export function existingType({ type, length, precision, scale }: ExistingColumn): string {
  if (type === "numeric") return `NUMERIC(${precision ?? "?"},${scale ?? "?"})`;
  return length === null ? type.toUpperCase() : `${type.toUpperCase()}(${length})`;
}
