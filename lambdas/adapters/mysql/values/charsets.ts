import type { ByteWriter } from "../../../core/byte-writer.ts";
import { writeJsonString, writeJsonText } from "./json-string.ts";
import { isMultiByte, MULTI_BYTE_PLANES, multiByteReader } from "./multi-byte-charsets.ts";
import type { MultiByteCharset } from "./multi-byte-charsets.ts";
import { SINGLE_BYTE_CHARSETS } from "./single-byte-charsets.ts";
import { escapedByte, textOfUnits } from "./undecodable.ts";

/** Writes the bytes of one string value, in the column's own character set, as a JSON string in UTF-8. */
export type StringWriter = (out: ByteWriter, from: Buffer, start: number, end: number) => void;

const UTF8 = new Set(["utf8", "utf8mb3", "utf8mb4"]);

const NO_CHARACTER = 0xfffd;

/** @param upper what 0x80 to 0xFF mean; U+FFFD: nothing */
function singleByte(upper: string): StringWriter {
  const units = new Uint16Array(256);
  for (let i = 0; i < 256; i += 1) {
    const unit = i < 128 ? i : upper.charCodeAt(i - 128);
    units[i] = unit === NO_CHARACTER ? escapedByte(i) : unit;
  }
  return (out, from, start, end) => {
    let i = start;
    while (i < end && (from[i] as number) < 0x80) i += 1;
    if (i === end) {
      writeJsonString(out, from, start, end);
      return;
    }
    const utf16 = Buffer.allocUnsafe((end - start) * 2);
    for (let j = start; j < end; j += 1) utf16.writeUInt16LE(units[from[j] as number] as number, (j - start) * 2);
    writeJsonText(out, utf16.toString("utf16le"));
  };
}

/** Sets of two bytes a unit; `pairs`: surrogates make characters two by two (UCS-2 has none). */
function sixteenBits(readUnit: (from: Buffer, at: number) => number, pairs: boolean): StringWriter {
  return (out, from, start, end) => {
    const units: number[] = [];
    let at = start;
    for (; at + 2 <= end; at += 2) {
      const unit = readUnit(from, at);
      if (unit < 0xd800 || unit > 0xdfff) units.push(unit);
      else {
        const next = pairs && unit < 0xdc00 && at + 4 <= end ? readUnit(from, at + 2) : 0;
        if (next >= 0xdc00 && next <= 0xdfff) {
          units.push(unit, next);
          at += 2;
        } else escapeBytes(units, from, at, at + 2);
      }
    }
    escapeBytes(units, from, at, end);
    writeJsonText(out, textOfUnits(units));
  };
}

function escapeBytes(units: number[], from: Buffer, start: number, end: number): void {
  for (let i = start; i < end; i += 1) units.push(escapedByte(from[i] as number));
}

function utf32BigEndian(out: ByteWriter, from: Buffer, start: number, end: number): void {
  const units: number[] = [];
  let at = start;
  for (; at + 4 <= end; at += 4) {
    const point = from.readUInt32BE(at);
    if (point > 0x10ffff || (point >= 0xd800 && point <= 0xdfff)) escapeBytes(units, from, at, at + 4);
    else if (point > 0xffff) units.push(0xd800 + ((point - 0x10000) >> 10), 0xdc00 + (point & 0x3ff));
    else units.push(point);
  }
  escapeBytes(units, from, at, end);
  writeJsonText(out, textOfUnits(units));
}

function multiByte(charset: MultiByteCharset): StringWriter {
  const read = multiByteReader(charset);
  return (out, from, start, end) => {
    let i = start;
    while (i < end && (from[i] as number) < 0x80) i += 1;
    if (i === end) writeJsonString(out, from, start, end);
    else writeJsonText(out, read(from, start, end));
  };
}

/** Character sets that are read, as MySQL names them. */
export const READABLE_CHARSETS: readonly string[] = [
  ...UTF8,
  ...["ascii", "ucs2", "utf16", "utf16le", "utf32"],
  ...Object.keys(SINGLE_BYTE_CHARSETS),
  ...Object.keys(MULTI_BYTE_PLANES),
];

function makeWriter(charset: string): StringWriter | null {
  if (UTF8.has(charset)) return writeJsonString;
  if (charset === "ascii") return singleByte("\ufffd".repeat(128));
  const upper = SINGLE_BYTE_CHARSETS[charset];
  if (upper !== undefined) return singleByte(upper);
  if (charset === "ucs2") return sixteenBits((from, at) => from.readUInt16BE(at), false);
  if (charset === "utf16") return sixteenBits((from, at) => from.readUInt16BE(at), true);
  if (charset === "utf16le") return sixteenBits((from, at) => from.readUInt16LE(at), true);
  if (charset === "utf32") return utf32BigEndian;
  return isMultiByte(charset) ? multiByte(charset) : null;
}

const writers = new Map<string, StringWriter | null>();

/** @returns how to read a MySQL character set (lower-case name); null: refuse the column, naming it. */
export function stringWriter(charset: string): StringWriter | null {
  let writer = writers.get(charset);
  if (writer === undefined) {
    writer = makeWriter(charset);
    writers.set(charset, writer);
  }
  return writer;
}

/** Character set of each collation id, as the connected server lists them (ids differ between MySQL and MariaDB). */
export type Collations = ReadonlyMap<number, string>;

/** The id of the collation `binary`: bytes, not text. */
export const BINARY_COLLATION = 63;
