import type { GeneratedTable } from "./tables.ts";

/** The table without one of its columns (a key column leaves the key too). */
const withoutColumn = (table: GeneratedTable, at: number): GeneratedTable => ({
  ...table,
  columns: table.columns.filter((_, i) => i !== at),
  key: table.key.filter((name) => name !== table.columns[at]?.name),
});

const withoutRow = (table: GeneratedTable, row: number): GeneratedTable => ({
  ...table,
  rows: table.rows.filter((n) => n !== row),
});

/**
 * The smallest table that still fails: columns, then rows, are left out as long as it does.
 * @param fails runs a table again
 */
export async function smallest(
  table: GeneratedTable,
  fails: (table: GeneratedTable) => Promise<boolean>,
): Promise<GeneratedTable> {
  let least = table;
  for (let i = least.columns.length - 1; i >= 0; i -= 1) {
    const next = withoutColumn(least, i);
    if (await fails(next)) least = next;
  }
  for (const row of table.rows) {
    const next = withoutRow(least, row);
    if (next.rows.length > 0 && (await fails(next))) least = next;
  }
  return least;
}
