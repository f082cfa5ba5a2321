import type { AnyTable } from "../model/table.ts";
import { qualifiedName } from "../naming.ts";
import type { ColumnSpec } from "./columns.ts";
import { createView, dropView, viewComments, widenColumn } from "./ddl.ts";
import type { TableSpec } from "./ddl.ts";
import { literal } from "./quote.ts";
import { sourceView, tableSpecs } from "./tables.ts";

/** A column as the warehouse has it. */
export interface ExistingColumn {
  /** `schema.table`. */
  readonly table: string;
  readonly name: string;
  /** As `svv_columns` says it, e.g. `character varying`. */
  readonly type: string;
  /** Bytes of VARCHAR; null for other types. */
  readonly length: number | null;
  readonly precision: number | null;
  readonly scale: number | null;
}

/** Columns of the tables and views of some schemas: `table_schema, table_name, column_name, data_type, ...`. */
export function existingColumns(schemas: readonly string[], table?: AnyTable): string {
  const one = table === undefined ? "" : ` AND table_name = ${literal(qualifiedName(table))}`;
  return `SELECT table_schema, table_name, column_name, data_type, character_maximum_length, numeric_precision, numeric_scale
FROM svv_columns
WHERE table_schema IN (${schemas.map(literal).join(", ")})${one}
ORDER BY table_schema, table_name, ordinal_position`;
}

/** Text columns of a table that are narrower than its definition says. */
export function narrowColumns(spec: TableSpec, existing: readonly ExistingColumn[]): readonly ColumnSpec[] {
  return spec.columns.filter(({ name, type }) => {
    const found = existing.find((column) => column.table === spec.name && column.name === name);
    return type.name === "VARCHAR" && found?.length != null && found.length < type.bytes;
  });
}

/**
 * Statements that widen what is narrow, each to be run by itself: the type of a column cannot change inside a
 * transaction, nor under a view. Empty when nothing is narrow.
 */
export function widenStatements(table: AnyTable, existing: readonly ExistingColumn[]): readonly string[] {
  const changes = tableSpecs(table).flatMap((spec) =>
    narrowColumns(spec, existing).map(({ name, type }) =>
      widenColumn(spec.name, name, "bytes" in type ? type.bytes : 0),
    ),
  );
  if (changes.length === 0) return [];
  const view = sourceView(table);
  return [dropView(view), ...changes, createView(view), ...viewComments(view)];
}
