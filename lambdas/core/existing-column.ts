import type { ExistingColumn } from "../../schemas/sql/widen.ts";
import type { WarehouseRow } from "./ports.ts";

/** A row of `existingColumns`. */
export function toExistingColumn(row: WarehouseRow): ExistingColumn {
  return {
    table: `${String(row["table_schema"])}.${String(row["table_name"])}`,
    name: String(row["column_name"]),
    type: String(row["data_type"]),
    length: numberOrNull(row["character_maximum_length"]),
    precision: numberOrNull(row["numeric_precision"]),
    scale: numberOrNull(row["numeric_scale"]),
  };
}

const numberOrNull = (value: unknown): number | null => (value === null || value === undefined ? null : Number(value));
