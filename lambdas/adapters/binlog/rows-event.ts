import { inflateSync } from "node:zlib";
import { ByteReader } from "../mysql/values/byte-reader.ts";
import { BinlogCorruptError } from "./errors.ts";
import type { RowsKind, RowsOperation } from "./event-types.ts";
import type { LogPosition } from "./events.ts";
import type { TableMap } from "./table-map.ts";

/** Row changes of one statement (or a part of one), still as bytes: decode with a RowEncoder or `readRows`. */
export interface RowsEvent {
  readonly kind: "rows";
  readonly op: RowsOperation;
  readonly table: TableMap;
  /** Start of this event: the `pos` of its records. */
  readonly start: LogPosition;
  readonly serverId: number;
  readonly gtid: string | null;
  readonly committedMicros: number;
  /** Columns in the images, one bit each, least significant first. `after` is that of inserts too. */
  readonly presentBefore: Buffer;
  readonly presentAfter: Buffer;
  readonly body: Buffer;
}

export interface RowsPlace {
  readonly start: LogPosition;
  readonly serverId: number;
  readonly gtid: string | null;
  readonly committedMicros: number;
}

/** Decompression bomb guard: the largest rows event that any server writes is 1 GB. */
const MAX_INFLATED = 1 << 30;

/** MariaDB's compressed payloads: a header byte (algorithm, bytes of length), the length, a zlib stream. */
export function inflate(bytes: Buffer): Buffer {
  const header = bytes[0];
  const lengthBytes = (header ?? 0) & 7;
  if (header === undefined || (header & 0xf0) !== 0x80 || bytes.length < 1 + lengthBytes) {
    throw new BinlogCorruptError("a compressed event of an unknown form");
  }
  try {
    return inflateSync(bytes.subarray(1 + lengthBytes), { maxOutputLength: MAX_INFLATED });
  } catch (cause) {
    throw new BinlogCorruptError("a compressed event that cannot be decompressed", { cause });
  }
}

/** @returns the table id of a ROWS body without reading the rest */
export const rowsTableId = (body: Buffer): number => new ByteReader(body).u48();

/** Marks the end of a statement without rows. */
export const DUMMY_TABLE_ID = 0xffffff;

/** Reads a ROWS body (after the event header, without checksum); rows stay undecoded. */
export function readRowsEvent(kind: RowsKind, body: Buffer, table: TableMap, place: RowsPlace): RowsEvent {
  const reader = new ByteReader(body);
  reader.take(8);
  if (kind.version === 2) {
    const extra = reader.u16();
    if (extra < 2) throw new BinlogCorruptError("a rows event whose extra data has no length");
    reader.take(extra - 2);
  }
  const width = reader.packed();
  if (width !== table.columns.length) {
    throw new BinlogCorruptError(
      `a rows event of ${width} columns for ${table.database}.${table.table}, whose table map has ${table.columns.length}`,
    );
  }
  const bitmap = (width + 7) >> 3;
  const present = reader.bytes(bitmap);
  const presentAfter = kind.op === "update" ? reader.bytes(bitmap) : present;
  const rest = reader.bytes(reader.left);
  return {
    kind: "rows",
    op: kind.op,
    table,
    start: place.start,
    serverId: place.serverId,
    gtid: place.gtid,
    committedMicros: place.committedMicros,
    presentBefore: present,
    presentAfter,
    body: kind.compressed ? inflate(rest) : rest,
  };
}
