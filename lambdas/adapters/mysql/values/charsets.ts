import type { ByteWriter } from "./byte-writer.ts";
import { writeJsonString, writeJsonText } from "./json-string.ts";
import { SINGLE_BYTE_CHARSETS } from "./single-byte-charsets.ts";

/** Writes the bytes of one string value, in the column's own character set, as a JSON string in UTF-8. */
export type StringWriter = (out: ByteWriter, from: Buffer, start: number, end: number) => void;

/** Multi-byte sets that the platform's decoders read as MySQL does. */
const DECODERS: Readonly<Record<string, string>> = {
  gbk: "gbk",
  gb2312: "gbk",
  gb18030: "gb18030",
  big5: "big5",
  sjis: "shift_jis",
  cp932: "shift_jis",
  ujis: "euc-jp",
  eucjpms: "euc-jp",
  euckr: "euc-kr",
};

const UTF8 = new Set(["utf8", "utf8mb3", "utf8mb4", "ascii"]);

function singleByte(upper: string): StringWriter {
  const points = new Uint16Array(256);
  for (let i = 0; i < 256; i += 1) points[i] = i < 128 ? i : upper.charCodeAt(i - 128);
  return (out, from, start, end) => {
    let i = start;
    while (i < end && (from[i] as number) < 0x80) i += 1;
    if (i === end) {
      writeJsonString(out, from, start, end);
      return;
    }
    const utf16 = Buffer.allocUnsafe((end - start) * 2);
    for (let j = start; j < end; j += 1) utf16.writeUInt16LE(points[from[j] as number] as number, (j - start) * 2);
    writeJsonText(out, utf16.toString("utf16le"));
  };
}

/** UCS-2 and UTF-16, big-endian as MySQL stores them. */
function utf16BigEndian(out: ByteWriter, from: Buffer, start: number, end: number): void {
  const swapped = Buffer.from(from.subarray(start, start + ((end - start) & ~1))).swap16();
  writeJsonText(out, swapped.toString("utf16le").toWellFormed());
}

function utf16LittleEndian(out: ByteWriter, from: Buffer, start: number, end: number): void {
  writeJsonText(out, from.toString("utf16le", start, end).toWellFormed());
}

function utf32BigEndian(out: ByteWriter, from: Buffer, start: number, end: number): void {
  let text = "";
  for (let i = start; i + 4 <= end; i += 4) {
    const point = from.readUInt32BE(i);
    text += point <= 0x10ffff ? String.fromCodePoint(point) : "\ufffd";
  }
  writeJsonText(out, text.toWellFormed());
}

function decoded(label: string): StringWriter {
  const decoder = new TextDecoder(label);
  return (out, from, start, end) => writeJsonText(out, decoder.decode(from.subarray(start, end)));
}

function makeWriter(charset: string): StringWriter | null {
  if (UTF8.has(charset)) return writeJsonString;
  const upper = SINGLE_BYTE_CHARSETS[charset];
  if (upper !== undefined) return singleByte(upper);
  if (charset === "ucs2" || charset === "utf16") return utf16BigEndian;
  if (charset === "utf16le") return utf16LittleEndian;
  if (charset === "utf32") return utf32BigEndian;
  const label = DECODERS[charset];
  return label === undefined ? null : decoded(label);
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
