import { CorruptBytesError } from "../errors.ts";
import type { ByteWriter } from "../../../core/byte-writer.ts";

const MAX_SAFE = BigInt(Number.MAX_SAFE_INTEGER);
const SMALLEST_NORMAL_FLOAT32 = 2 ** -126;

/** A whole number: JSON number up to 2^53 - 1 in magnitude, a string beyond (docs/TYPES.md). */
export function writeBigInteger(out: ByteWriter, value: bigint): void {
  if (value <= MAX_SAFE && value >= -MAX_SAFE) out.integer(Number(value));
  else out.ascii(`"${value.toString()}"`);
}

/**
 * BIT: the unsigned value of its bytes, most significant first. Never short digits as text: they could be base64, which
 * is how Debezium writes the bits.
 */
export function writeBits(out: ByteWriter, from: Buffer, start: number, end: number): void {
  let value = 0n;
  for (let i = start; i < end; i += 1) value = (value << 8n) | BigInt(from[i] as number);
  writeBigInteger(out, value);
}

/** The shortest text that reads back the same double. MySQL holds no NaN or infinity. */
export function writeDouble(out: ByteWriter, value: number): void {
  out.ascii(doubleText(value));
}

export function doubleText(value: number): string {
  if (!Number.isFinite(value)) throw new CorruptBytesError(`${value} is no value a column can hold`);
  return Object.is(value, -0) ? "-0" : String(value);
}

/** The shortest text that reads back the same float32. */
export function writeFloat(out: ByteWriter, value: number): void {
  out.ascii(floatText(value));
}

/**
 * Shortest float32 text. Every decimal of at most 6 digits survives a normal float32, so 6 digits find any shorter
 * text too; only subnormal numbers, which have less precision, need the search from one digit on.
 */
export function floatText(value: number): string {
  if (Number.isInteger(value) && Math.abs(value) < 0x1000000) return doubleText(value);
  if (!Number.isFinite(value)) throw new CorruptBytesError(`${value} is no value a column can hold`);
  const first = Math.abs(value) < SMALLEST_NORMAL_FLOAT32 ? 1 : 6;
  for (let digits = first; digits < 9; digits += 1) {
    const rounded = Number(value.toPrecision(digits));
    if (Math.fround(rounded) === value) return String(rounded);
  }
  return String(Number(value.toPrecision(9)));
}
