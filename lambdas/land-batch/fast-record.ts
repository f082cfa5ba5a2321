import type { ChangeRecord, Row } from "../core/record.ts";
import { parseRecord } from "./record-value.ts";

type Reader = (text: string) => ChangeRecord;

const OP = '},"op":"';
const ROW = '"row":';

/**
 * parseRecord for records as our own capture writes them (lambdas/core/record-text.ts): `before`, `after`, then what all
 * rows of an event share, then the row's number. Only `after` is parsed for each record; the shared text is parsed when
 * it changes, and `before`, which does not land, is not looked at. Anything else is left to parseRecord.
 *
 * It may search the text because a quote inside a JSON string is always escaped: `},"op":"` can only be structure.
 * The record returned is overwritten by the next call.
 */
export function fastRecordReader(): Reader {
  let sharedText = "";
  let shared: Shared | null = null;

  return (text) => {
    const after = startOfAfter(text);
    const end = after === -1 ? -1 : text.indexOf(OP, after);
    const tail = end === -1 ? "" : text.slice(end + 2);
    const number = tail.lastIndexOf(ROW);
    const row = number === -1 ? -1 : rowNumber(tail, number + ROW.length);
    if (row === -1) return parseRecord(text, false);
    const itsShared = tail.slice(0, number);
    if (shared === null || itsShared !== sharedText) {
      shared = sharedRecord(tail);
      // A value that is an object, as Debezium writes geometry, may look like structure.
      if (shared === null) return parseRecord(text, false);
      sharedText = itsShared;
    }
    const values = flatRow(text.slice(after, end + 1));
    if (values === null) return parseRecord(text, false);
    shared.after = values;
    shared.source.row = row;
    return shared;
  };
}

type Writable<T> = { -readonly [K in keyof T]: T[K] };
interface Shared extends Omit<Writable<ChangeRecord>, "source"> {
  readonly source: Writable<ChangeRecord["source"]>;
}

/** Position of the `{` of after, or -1 when it is null or stands elsewhere. */
function startOfAfter(text: string): number {
  if (text.startsWith('{"before":null,"after":{')) return 23;
  if (!text.startsWith('{"before":{')) return -1;
  const end = text.indexOf('},"after":{', 10);
  return end === -1 ? -1 : end + 10;
}

/** The number that ends the record as `N}}`, or -1. */
function rowNumber(tail: string, start: number): number {
  const end = tail.length - 2;
  if (start >= end || end - start > 8 || !tail.endsWith("}}")) return -1;
  let row = 0;
  for (let i = start; i < end; i++) {
    const digit = tail.charCodeAt(i) - 48;
    if (digit < 0 || digit > 9) return -1;
    row = row * 10 + digit;
  }
  return row;
}

function sharedRecord(tail: string): Shared | null {
  try {
    const record = parseRecord(`{${tail}`, false);
    return { ...record, before: null, source: { ...record.source } };
  } catch {
    return null;
  }
}

function flatRow(text: string): Row | null {
  try {
    return JSON.parse(text) as Row;
  } catch {
    return null;
  }
}
