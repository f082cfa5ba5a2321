import { CorruptBytesError } from "../mysql/errors.ts";
import type { ByteReader } from "../mysql/values/byte-reader.ts";
import type { ByteWriter } from "../../core/byte-writer.ts";

/** Bytes that hold 0..9 left-over digits (strings/decimal.cc, dig2bytes). */
const BYTES = [0, 1, 1, 2, 2, 3, 3, 4, 4, 4] as const;
const DIGITS_PER_WORD = 9;

const bytesFor = (digits: number): number => BYTES[digits] ?? 0;

/** @returns bytes of a packed DECIMAL(precision, scale) */
export function decimalSize(precision: number, scale: number): number {
  const whole = precision - scale;
  return (
    Math.floor(whole / DIGITS_PER_WORD) * 4 +
    bytesFor(whole % DIGITS_PER_WORD) +
    Math.floor(scale / DIGITS_PER_WORD) * 4 +
    bytesFor(scale % DIGITS_PER_WORD)
  );
}

/** Big-endian word; `flip` inverts the bits of negative numbers, `first` also clears the sign bit. */
function word(buf: Buffer, at: number, bytes: number, flip: number, first: boolean): number {
  let value = 0;
  for (let i = 0; i < bytes; i += 1) {
    let byte = (buf[at + i] as number) ^ flip;
    if (first && i === 0) byte ^= 0x80;
    value = value * 256 + byte;
  }
  return value;
}

/** Writes the digits as text without quotes: no leading zeros, exactly `scale` digits after the point. */
export function writeDecimalDigits(reader: ByteReader, out: ByteWriter, precision: number, scale: number): void {
  if (scale > precision || precision > 81) throw new CorruptBytesError(`DECIMAL(${precision},${scale}) is none`);
  const size = decimalSize(precision, scale);
  let at = reader.take(size);
  const { buf } = reader;
  // Positive numbers have the top bit set; negative ones are the complement.
  const negative = size > 0 && ((buf[at] as number) & 0x80) === 0;
  const flip = negative ? 0xff : 0;
  const sign = out.pos;
  if (negative) out.byte(0x2d);
  const whole = precision - scale;
  let first = true;
  let started = false;
  const head = whole % DIGITS_PER_WORD;
  if (head > 0) {
    const value = word(buf, at, bytesFor(head), flip, first);
    at += bytesFor(head);
    first = false;
    if (value > 0) {
      out.integer(value);
      started = true;
    }
  }
  for (let left = whole - head; left > 0; left -= DIGITS_PER_WORD) {
    const value = word(buf, at, 4, flip, first);
    at += 4;
    first = false;
    if (started) out.padded(value, DIGITS_PER_WORD);
    else if (value > 0) {
      out.integer(value);
      started = true;
    }
  }
  let zero = !started;
  if (!started) out.byte(0x30);
  if (scale > 0) {
    out.byte(0x2e);
    for (let left = scale; left > 0; left -= DIGITS_PER_WORD) {
      const digits = Math.min(left, DIGITS_PER_WORD);
      const bytes = digits === DIGITS_PER_WORD ? 4 : bytesFor(digits);
      const value = word(buf, at, bytes, flip, first);
      at += bytes;
      first = false;
      if (value > 0) zero = false;
      out.padded(value, digits);
    }
  }
  // The server prints no negative zero.
  if (negative && zero) {
    out.buf.copyWithin(sign, sign + 1, out.pos);
    out.pos -= 1;
  }
}
