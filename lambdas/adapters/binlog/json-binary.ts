import { CorruptBytesError } from "../mysql/errors.ts";
import { ByteReader } from "../mysql/values/byte-reader.ts";
import { ByteWriter } from "../../core/byte-writer.ts";
import { writeJsonString } from "../mysql/values/json-string.ts";
import type { ColumnWriter } from "./column-writers.ts";
import { mysqlDoubleText, writeOpaque } from "./json-scalars.ts";

/** Value types of MySQL's binary JSON (json_binary.h). */
const JSON_TYPE = {
  smallObject: 0x00,
  largeObject: 0x01,
  smallArray: 0x02,
  largeArray: 0x03,
  literal: 0x04,
  int16: 0x05,
  uint16: 0x06,
  int32: 0x07,
  uint32: 0x08,
  int64: 0x09,
  uint64: 0x0a,
  double: 0x0b,
  string: 0x0c,
  opaque: 0x0f,
} as const;

const LITERALS = ["null", "true", "false"] as const;
/** The server allows 100. */
const MAX_DEPTH = 101;
/**
 * Text is at most about six times its binary form (escapes); more means entries that point at each other, which would
 * otherwise grow without end.
 */
const MAX_GROWTH = 32;
const GROWTH_FLOOR = 4096;

/** One document: where it starts, and where text must stop. */
interface Document {
  readonly buf: Buffer;
  readonly end: number;
  readonly out: ByteWriter;
  readonly limit: number;
}

/**
 * Reads a JSON column: canonical text (docs/TYPES.md) — compact, keys in the stored order, numbers as the server prints
 * them — as a JSON string.
 * @param prefix number of length bytes
 */
export function jsonColumn(name: string, prefix: number): ColumnWriter {
  const text = new ByteWriter(1024);
  return (reader, out) => {
    const length = reader.uintLE(prefix);
    const start = reader.take(length);
    text.pos = 0;
    try {
      writeJsonDocument(reader.buf, start, start + length, text);
    } catch (error) {
      if (!(error instanceof CorruptBytesError)) throw error;
      throw new CorruptBytesError(`JSON column ${name}: ${error.message}`, { cause: error });
    }
    writeJsonString(out, text.buf, 0, text.pos);
  };
}

/** Writes the document in `buf[start, end)` as JSON text. @throws CorruptBytesError */
export function writeJsonDocument(buf: Buffer, start: number, end: number, out: ByteWriter): void {
  // A NULL forced into a NOT NULL column is stored as no bytes and reads as the literal.
  if (start === end) {
    out.ascii("null");
    return;
  }
  const limit = out.pos + GROWTH_FLOOR + (end - start) * MAX_GROWTH;
  writeValue({ buf, end, out, limit }, buf[start] as number, start + 1, 0);
}

function writeValue(document: Document, type: number, at: number, depth: number): void {
  const { buf, end, out } = document;
  if (out.pos > document.limit) throw new CorruptBytesError("its entries point at each other");
  const reader = new ByteReader(buf, at, end);
  switch (type) {
    case JSON_TYPE.smallObject:
    case JSON_TYPE.largeObject:
    case JSON_TYPE.smallArray:
    case JSON_TYPE.largeArray:
      writeContainer(document, type, at, depth + 1);
      return;
    case JSON_TYPE.literal:
      writeLiteral(out, reader.u8());
      return;
    case JSON_TYPE.int16:
      out.integer((reader.u16() << 16) >> 16);
      return;
    case JSON_TYPE.uint16:
      out.integer(reader.u16());
      return;
    case JSON_TYPE.int32:
      out.integer(reader.u32() | 0);
      return;
    case JSON_TYPE.uint32:
      out.integer(reader.u32());
      return;
    case JSON_TYPE.int64:
      out.ascii(BigInt.asIntN(64, reader.u64Big()).toString());
      return;
    case JSON_TYPE.uint64:
      out.ascii(reader.u64Big().toString());
      return;
    case JSON_TYPE.double:
      out.ascii(mysqlDoubleText(buf.readDoubleLE(reader.take(8))));
      return;
    case JSON_TYPE.string: {
      const length = variableLength(reader);
      const from = reader.take(length);
      writeJsonString(out, buf, from, from + length);
      return;
    }
    case JSON_TYPE.opaque: {
      const field = reader.u8();
      const length = variableLength(reader);
      const from = reader.take(length);
      writeOpaque(out, field, new ByteReader(buf, from, from + length));
      return;
    }
    default:
      throw new CorruptBytesError(`value type ${type} is not known`);
  }
}

function writeLiteral(out: ByteWriter, value: number): void {
  const text = LITERALS[value];
  if (text === undefined) throw new CorruptBytesError(`literal ${value} is not known`);
  out.ascii(text);
}

/** Seven bits a byte, least significant first. */
function variableLength(reader: ByteReader): number {
  let length = 0;
  for (let shift = 0; shift < 35; shift += 7) {
    const byte = reader.u8();
    length += (byte & 0x7f) * 2 ** shift;
    if (byte < 0x80) return length;
  }
  throw new CorruptBytesError("a length of more than five bytes");
}

/** Count, size, key entries (objects), value entries, keys, values; offsets count from the container's start. */
function writeContainer(document: Document, type: number, start: number, depth: number): void {
  if (depth > MAX_DEPTH) throw new CorruptBytesError(`it is nested more than ${MAX_DEPTH} deep`);
  const { buf, out } = document;
  const large = type === JSON_TYPE.largeObject || type === JSON_TYPE.largeArray;
  const isObject = type === JSON_TYPE.smallObject || type === JSON_TYPE.largeObject;
  const width = large ? 4 : 2;
  const reader = new ByteReader(buf, start, document.end);
  const count = reader.uintLE(width);
  const size = reader.uintLE(width);
  const inner: Document = { ...document, end: start + size };
  if (inner.end > document.end) throw new CorruptBytesError("a container ends behind its document");
  reader.end = inner.end;
  const keys = reader.take(isObject ? count * (width + 2) : 0);
  const values = reader.take(count * (width + 1));
  const body = reader.pos;
  out.byte(isObject ? 0x7b : 0x5b);
  for (let i = 0; i < count; i += 1) {
    if (i > 0) out.byte(0x2c);
    if (isObject) {
      const entry = keys + i * (width + 2);
      const key = start + buf.readUIntLE(entry, width);
      const length = buf.readUInt16LE(entry + width);
      if (key < body || key + length > inner.end) throw new CorruptBytesError("a key lies outside its object");
      writeJsonString(out, buf, key, key + length);
      out.byte(0x3a);
    }
    writeEntry(inner, values + i * (width + 1), width, start, body, depth);
  }
  out.byte(isObject ? 0x7d : 0x5d);
}

/** Small values sit in the entry itself, others behind an offset that only points forward. */
function writeEntry(
  container: Document,
  entry: number,
  width: number,
  start: number,
  body: number,
  depth: number,
): void {
  const type = container.buf[entry] as number;
  const inlined =
    type === JSON_TYPE.literal ||
    type === JSON_TYPE.int16 ||
    type === JSON_TYPE.uint16 ||
    (width === 4 && (type === JSON_TYPE.int32 || type === JSON_TYPE.uint32));
  if (inlined) {
    writeValue(container, type, entry + 1, depth);
    return;
  }
  const at = start + container.buf.readUIntLE(entry + 1, width);
  if (at < body || at > container.end) throw new CorruptBytesError("a value lies outside its container");
  writeValue(container, type, at, depth);
}
