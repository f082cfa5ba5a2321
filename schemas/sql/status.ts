import { ledgerName, qualifiedName, sourceViewName, touchedName } from "../naming.ts";
import type { AnyTable } from "../model/table.ts";
import { identifier, literal } from "./quote.ts";

/** `table_name, partition, next_offset` of everything loaded. */
export function loadedPositions(tables: readonly AnyTable[]): string {
  return tables
    .map(
      (table) =>
        `SELECT ${literal(qualifiedName(table))} AS table_name, ${identifier("partition")}, MAX(last_offset) + 1 AS next_offset ` +
        `FROM ${ledgerName(table)} GROUP BY ${identifier("partition")}`,
    )
    .join("\nUNION ALL\n");
}

/** `table_name, touched`: keys loaded whose effect is not in mart yet. */
export function pendingKeys(tables: readonly AnyTable[]): string {
  return tables
    .map(
      (table) =>
        `SELECT ${literal(qualifiedName(table))} AS table_name, COUNT(*) AS touched FROM ${touchedName(table)}`,
    )
    .join("\nUNION ALL\n");
}

/** `table_name, row_count` as analysts see them. */
export function rowCounts(tables: readonly AnyTable[]): string {
  return tables
    .map(
      (table) =>
        `SELECT ${literal(qualifiedName(table))} AS table_name, COUNT(*) AS row_count FROM ${sourceViewName(table)}`,
    )
    .join("\nUNION ALL\n");
}
