import type { ByteReader } from "../mysql/values/byte-reader.ts";
import type { ByteWriter } from "../../core/byte-writer.ts";
import type { DateTimeParts } from "../mysql/values/temporal.ts";
import { writeDate, writeDateTime, writeTime, writeTimestamp } from "../mysql/values/temporal.ts";

/** Storage formats of sql-common/my_time.cc; big-endian unless said otherwise. */

const parts: DateTimeParts = { year: 0, month: 0, day: 0, hour: 0, minute: 0, second: 0 };

const fractionBytes = (fsp: number): number => (fsp + 1) >> 1;

/** The fraction after a TIMESTAMP2 or DATETIME2, in microseconds. */
function readMicros(reader: ByteReader, fsp: number): number {
  const n = fractionBytes(fsp);
  if (n === 0) return 0;
  const value = reader.buf.readUIntBE(reader.take(n), n);
  return n === 1 ? value * 10_000 : n === 2 ? value * 100 : value;
}

/** 3 bytes little-endian: day 5 bits, month 4, year 15. */
export function date(reader: ByteReader, out: ByteWriter): void {
  const v = reader.u24();
  writeDate(out, v >>> 9, (v >>> 5) & 15, v & 31);
}

/** 40 bits: sign, year * 13 + month, day 5, hour 5, minute 6, second 6. */
export function datetime2(reader: ByteReader, out: ByteWriter, fsp: number): void {
  const at = reader.take(5);
  const b = reader.buf;
  const ymd = (((b[at] as number) & 0x7f) << 15) | ((b[at + 1] as number) << 7) | ((b[at + 2] as number) >> 1);
  const hms = (((b[at + 2] as number) & 1) << 16) | ((b[at + 3] as number) << 8) | (b[at + 4] as number);
  const ym = ymd >> 5;
  parts.year = Math.floor(ym / 13);
  parts.month = ym % 13;
  parts.day = ymd & 31;
  parts.hour = hms >> 12;
  parts.minute = (hms >> 6) & 63;
  parts.second = hms & 63;
  writeDateTime(out, parts, readMicros(reader, fsp), fsp);
}

export function timestamp2(reader: ByteReader, out: ByteWriter, fsp: number): void {
  const seconds = reader.buf.readUInt32BE(reader.take(4));
  writeTimestamp(out, seconds, readMicros(reader, fsp), fsp);
}

/** Biased 24-bit hour-minute-second, then the fraction; negative times are the complement of the whole. */
export function time2(reader: ByteReader, out: ByteWriter, fsp: number): void {
  const n = fractionBytes(fsp);
  const at = reader.take(3 + n);
  const scale = 256 ** n;
  const raw = reader.buf.readUIntBE(at, 3 + n) - 0x800000 * scale;
  const negative = raw < 0;
  const magnitude = Math.abs(raw);
  const hms = Math.floor(magnitude / scale);
  const fraction = magnitude - hms * scale;
  const micros = n === 0 ? 0 : n === 1 ? fraction * 10_000 : n === 2 ? fraction * 100 : fraction;
  writeTime(out, negative, (hms >> 12) & 1023, (hms >> 6) & 63, hms & 63, micros, fsp);
}

/** Before MySQL 5.6: 8 bytes little-endian, the decimal digits YYYYMMDDhhmmss. */
export function datetimeOld(reader: ByteReader, out: ByteWriter): void {
  const value = reader.u64();
  const day = Math.floor(value / 1e6);
  const clock = value - day * 1e6;
  parts.year = Math.floor(day / 10_000);
  parts.month = Math.floor(day / 100) % 100;
  parts.day = day % 100;
  parts.hour = Math.floor(clock / 10_000);
  parts.minute = Math.floor(clock / 100) % 100;
  parts.second = clock % 100;
  writeDateTime(out, parts, 0, 0);
}

/** Before MySQL 5.6: 3 bytes little-endian, signed, the decimal digits hhmmss. */
export function timeOld(reader: ByteReader, out: ByteWriter): void {
  const raw = reader.buf.readIntLE(reader.take(3), 3);
  const v = Math.abs(raw);
  writeTime(out, raw < 0, Math.floor(v / 10_000), Math.floor(v / 100) % 100, v % 100, 0, 0);
}

export function timestampOld(reader: ByteReader, out: ByteWriter): void {
  writeTimestamp(out, reader.u32(), 0, 0);
}
