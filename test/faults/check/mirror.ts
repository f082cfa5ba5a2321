import { canonicalTable, sourceRows, warehouseRows } from "../../../localstack/demo/compare/rows.ts";
import type { CanonicalTable, TextRow } from "../../../localstack/demo/compare/rows.ts";
import { qualifiedName } from "../../../schemas/naming.ts";
import type { AnyTable } from "../../../schemas/model/table.ts";
import type { World } from "../world/world.ts";
import type { Findings } from "./findings.ts";
import { Tally } from "./findings.ts";

/** Every cell of a table, source against mirror. The servers render both; nothing of the pipeline's decoding is used. */
export async function compareMirror(world: World, table: AnyTable): Promise<Findings> {
  const tally = new Tally();
  const of = canonicalTable(table);
  const name = qualifiedName(table);
  const [ours, theirs] = [
    await rowsByKey(of, sourceRows(world.source, of)),
    await rowsByKey(of, warehouseRows(world.warehouseUrl, of)),
  ];
  for (const [key, [row]] of ours) {
    tally.rows += 1;
    const found = theirs.get(key);
    if (found === undefined) tally.count("lost", `${name} ${key} is missing in the warehouse`);
    else compareCells(tally, of, `${name} ${key}`, row ?? [], found[0] ?? []);
  }
  for (const [key, rows] of theirs) {
    const expected = ours.get(key)?.length ?? 0;
    if (expected === 0) tally.count("bent", `${name} ${key} is in the warehouse only`);
    else if (rows.length > expected) {
      tally.count("doubled", `${name} ${key} is in the warehouse ${rows.length} times`, rows.length - expected);
    } else if (rows.length < expected) tally.count("lost", `${name} ${key}: ${rows.length} of ${expected} rows`);
  }
  return tally;
}

function compareCells(tally: Tally, of: CanonicalTable, what: string, ours: TextRow, theirs: TextRow): void {
  for (const [index, cell] of ours.entries()) {
    const other = theirs[index] ?? null;
    if (cell !== other) tally.count("bent", `${what} ${of.names[index] ?? ""}: ${text(cell)} became ${text(other)}`);
  }
}

/** Rows by key; without one, by all their cells. */
async function rowsByKey(of: CanonicalTable, rows: AsyncIterable<TextRow>): Promise<Map<string, TextRow[]>> {
  const found = new Map<string, TextRow[]>();
  for await (const cells of rows) {
    const row = of.columns.map((column, index) => {
      const cell = cells[index] ?? null;
      return cell === null ? null : column.normalise(cell);
    });
    const key = JSON.stringify(of.keyIndexes.length === 0 ? row : of.keyIndexes.map((index) => row[index] ?? null));
    const known = found.get(key);
    if (known === undefined) found.set(key, [row]);
    else known.push(row);
  }
  return found;
}

const text = (value: string | null): string => {
  const shown = JSON.stringify(value);
  return shown.length > 60 ? `${shown.slice(0, 60)}...` : shown;
};
