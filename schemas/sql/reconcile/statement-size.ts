import type { AnyTable } from "../../model/table.ts";
import { literal } from "../quote.ts";
import { mirrorRows } from "./checksums.ts";

/** The Data API takes 100 KB of text; what else it counts is not said. */
const MOST_TEXT = 90_000;
const MOST_NAMES = 500;
/** A key may be long. */
const ROOM_FOR_NAMES = 20_000;

/**
 * Rows by name in groups that one statement can ask for.
 * @param nameOf the row's identity
 */
export function nameGroups<T>(table: AnyTable, rows: readonly T[], nameOf: (row: T) => string): readonly T[][] {
  const room = MOST_TEXT - Buffer.byteLength(mirrorRows(table, { identities: ["0"] }));
  const groups: T[][] = [];
  let used = Infinity;
  for (const row of rows) {
    const size = Buffer.byteLength(literal(nameOf(row))) + 2;
    const last = groups.at(-1);
    if (last === undefined || used + size > room || last.length === MOST_NAMES) {
      groups.push([row]);
      used = size;
    } else {
      last.push(row);
      used += size;
    }
  }
  return groups;
}

/** Why a table's mirror cannot be asked for its checksums; null when it can. */
export function tooLongToCompare(table: AnyTable): string | null {
  const size = Buffer.byteLength(mirrorRows(table, { identities: ["0"] }));
  if (size <= MOST_TEXT - ROOM_FOR_NAMES) return null;
  return `the checksum of its ${Object.keys(table.columns).length} columns makes a statement of ${size} bytes, and the Data API takes 100,000 with room for keys: only the number of its rows can be compared, by hand`;
}
