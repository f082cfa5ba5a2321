import { ledgerName, qualifiedName, sourceViewName, touchedName } from "../naming.ts";
import type { AnyTable } from "../model/table.ts";
import { identifier, integer, literal } from "./quote.ts";

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

/** First offset, by partition, that no longer matters. */
export type Below = readonly number[];

/**
 * `table_name, touched`: keys loaded whose effect is not in mart yet.
 * @param below by table: count only loads that hold records below these offsets; @default - all loads
 */
export function pendingKeys(
  tables: readonly AnyTable[],
  below: (table: AnyTable) => Below | null = () => null,
): string {
  return tables
    .map((table) => {
      const limits = below(table);
      const loads = limits === null ? "" : `\nWHERE batch IN (${loadsBelow(table, limits)})`;
      const name = literal(qualifiedName(table));
      return `SELECT ${name} AS table_name, COUNT(*) AS touched FROM ${touchedName(table)}${loads}`;
    })
    .join("\nUNION ALL\n");
}

function loadsBelow(table: AnyTable, below: Below): string {
  const place = identifier("partition");
  const ranges = below.map((end, n) => `(${place} = ${integer(n)} AND first_offset < ${integer(end)})`);
  return `SELECT batch FROM ${ledgerName(table)} WHERE ${ranges.length === 0 ? "1 = 0" : ranges.join(" OR ")}`;
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

/** `partition, first_offset, last_offset` of every load since then. */
export function loadedSince(table: AnyTable, since: Date): string {
  const place = identifier("partition");
  const time = since.toISOString().slice(0, 23).replace("T", " ");
  return `SELECT ${place}, first_offset, last_offset FROM ${ledgerName(table)} WHERE loaded_at >= CAST(${literal(time)} AS TIMESTAMP)
ORDER BY ${place}, first_offset`;
}
