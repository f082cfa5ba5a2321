import type { AnyTable } from "../../model/table.ts";
import { literal } from "../quote.ts";
import { mirrorRows } from "./checksums.ts";

/** The Data API takes 100 KB of text; what else it counts is not said. */
const MOST_TEXT = 90_000;
const MOST_NAMES = 500;
/** A key may be long. */
const ROOM_FOR_NAMES = 20_000;

/** Of the statement that asks for rows by name, but for the names. */
const sizeWithoutNames = (table: AnyTable): number => Buffer.byteLength(mirrorRows(table, { identities: ["0"] }));

/**
 * Rows by name in groups that one statement can ask for, each made when it is asked for.
 * @param nameOf the row's identity
 */
export function* nameGroups<T>(table: AnyTable, rows: Iterable<T>, nameOf: (row: T) => string): Iterable<T[]> {
  const room = MOST_TEXT - sizeWithoutNames(table);
  let group: T[] = [];
  let used = 0;
  for (const row of rows) {
    const size = Buffer.byteLength(literal(nameOf(row))) + 2;
    if (group.length > 0 && (used + size > room || group.length === MOST_NAMES)) {
      yield group;
      group = [];
      used = 0;
    }
    group.push(row);
    used += size;
  }
  if (group.length > 0) yield group;
}

/** Why a table's mirror cannot be asked for its checksums; null when it can. */
export function tooLongToCompare(table: AnyTable): string | null {
  const size = sizeWithoutNames(table);
  if (size <= MOST_TEXT - ROOM_FOR_NAMES) return null;
  return `the checksum of its ${Object.keys(table.columns).length} columns makes a statement of ${size} bytes, and the Data API takes 100,000 with room for keys: only the number of its rows can be compared, by hand`;
}
