/**
 * Bytes that are no character of their column's set travel as half surrogate pairs, U+DC00 plus the byte (as Python's
 * surrogateescape does, PEP 383): JSON can hold them, no character is written so, and nothing is lost on the way. The
 * landing counts them (lambdas/land-batch/values/text.ts). U+FFFD in their place would make different keys equal.
 */
const ESCAPE_BASE = 0xdc00;

/** The UTF-16 unit that stands for one such byte. */
export const escapedByte = (byte: number): number => ESCAPE_BASE + byte;

/** UTF-16 units as text; in parts, because a call takes a limited number of arguments. */
export function textOfUnits(units: readonly number[]): string {
  let text = "";
  for (let i = 0; i < units.length; i += 4096) text += String.fromCharCode(...units.slice(i, i + 4096));
  return text;
}

/** Text of bytes that `isUtf8` has refused. */
export function utf8WithEscapes(from: Buffer, start: number, end: number): string {
  let text = "";
  let valid = start;
  for (let at = start; at < end;) {
    const length = sequenceLength(from, at, end);
    if (length > 0) {
      at += length;
      continue;
    }
    text += from.toString("utf8", valid, at) + String.fromCharCode(escapedByte(from[at] as number));
    at += 1;
    valid = at;
  }
  return text + from.toString("utf8", valid, end);
}

/** Bytes of the character at `at`, 0 for none (Unicode, table 3-7: no overlong forms, no surrogates). */
function sequenceLength(from: Buffer, at: number, end: number): number {
  const lead = from[at] as number;
  if (lead < 0x80) return 1;
  const length = lead < 0xc2 ? 0 : lead < 0xe0 ? 2 : lead < 0xf0 ? 3 : lead < 0xf5 ? 4 : 0;
  if (length === 0 || at + length > end) return 0;
  const second = from[at + 1] as number;
  const low = lead === 0xe0 ? 0xa0 : lead === 0xf0 ? 0x90 : 0x80;
  const high = lead === 0xed ? 0x9f : lead === 0xf4 ? 0x8f : 0xbf;
  if (second < low || second > high) return 0;
  for (let i = 2; i < length; i += 1) if (((from[at + i] as number) & 0xc0) !== 0x80) return 0;
  return length;
}
