import type { FileDefinition } from "../../schemas/hash.ts";
import type { AnyTable } from "../../schemas/model/table.ts";
import { warehouseType } from "../../schemas/types/warehouse.ts";
import { existingColumns, widenStatements } from "../../schemas/sql/widen.ts";
import { toExistingColumn } from "../core/existing-column.ts";
import type { Warehouse } from "../core/ports.ts";

/**
 * Makes text columns of the warehouse as wide as a file's definition has them, if it asks for more than the table's own.
 * Safe to repeat because what is wide enough is left alone.
 */
export async function widenFor(file: FileDefinition, current: AnyTable, warehouse: Warehouse): Promise<void> {
  if (!asksForMore(file.table, current)) return;
  const rows = await warehouse.query(existingColumns(["mirror", "history", "ops"], file.table));
  for (const sql of widenStatements(file.table, rows.map(toExistingColumn))) await warehouse.query(sql);
}

function asksForMore(table: AnyTable, current: AnyTable): boolean {
  return Object.entries(table.columns).some(([name, { type }]) => {
    const now = current.columns[name];
    return now !== undefined && widthOf(type) > widthOf(now.type);
  });
}

function widthOf(type: Parameters<typeof warehouseType>[0]): number {
  const held = warehouseType(type);
  return held.name === "VARCHAR" ? held.bytes : 0;
}
