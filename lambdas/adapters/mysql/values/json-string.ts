import { isUtf8 } from "node:buffer";
import type { ByteWriter } from "../../../core/byte-writer.ts";
import { utf8WithEscapes } from "./undecodable.ts";

const QUOTE = 0x22;
const BACKSLASH = 0x5c;
const PLAIN = 0;
const WIDE = 1;
const CONTROL = 2;
/** Per byte: PLAIN, WIDE (not ASCII), CONTROL (\u00xx) or the letter of its two-character escape. */
const KIND = new Uint8Array(256);
KIND.fill(CONTROL, 0, 0x20);
KIND.fill(WIDE, 0x80);
for (const [code, letter] of [
  [0x22, '"'],
  [0x5c, "\\"],
  [0x08, "b"],
  [0x0c, "f"],
  [0x0a, "n"],
  [0x0d, "r"],
  [0x09, "t"],
] as const) {
  KIND[code] = letter.charCodeAt(0);
}
const HEX = Buffer.from("0123456789abcdef");

/** Escapes exactly as JSON.stringify does; the bytes must be UTF-8. Room for 6 bytes per input byte is ensured. */
function escapeInto(out: ByteWriter, from: Buffer, start: number, end: number): void {
  const { buf } = out;
  let at = out.pos;
  for (let i = start; i < end; i += 1) {
    const byte = from[i] as number;
    const kind = KIND[byte] as number;
    if (kind <= WIDE) {
      buf[at++] = byte;
      continue;
    }
    buf[at++] = BACKSLASH;
    if (kind === CONTROL) {
      buf[at++] = 0x75;
      buf[at++] = 0x30;
      buf[at++] = 0x30;
      buf[at++] = HEX[byte >> 4] as number;
      buf[at++] = HEX[byte & 15] as number;
    } else {
      buf[at++] = kind;
    }
  }
  out.pos = at;
}

/**
 * Writes UTF-8 bytes as a JSON string with its quotes. Bytes that are no UTF-8 (utf8mb3 columns may hold lone
 * surrogates) are written escaped (undecodable.ts).
 */
export function writeJsonString(out: ByteWriter, from: Buffer, start: number, end: number): void {
  const n = end - start;
  out.ensure(n + 2);
  const { buf } = out;
  const begin = out.pos;
  let at = begin;
  buf[at++] = QUOTE;
  let i = start;
  // Most values are short ASCII without escapes: one pass that copies, left at the first byte that is neither.
  for (; i < end; i += 1) {
    const byte = from[i] as number;
    if (KIND[byte] !== PLAIN) break;
    buf[at++] = byte;
  }
  out.pos = at;
  if (i < end) {
    if (!isUtf8(from.subarray(i, end))) {
      out.pos = begin;
      writeJsonText(out, utf8WithEscapes(from, start, end));
      return;
    }
    out.ensure((end - i) * 6 + 1);
    escapeInto(out, from, i, end);
  }
  out.byte(QUOTE);
}

/** Writes a string that is JavaScript text already (rare paths: other charsets, labels). */
export function writeJsonText(out: ByteWriter, text: string): void {
  if (!text.isWellFormed()) {
    // JSON.stringify writes what is half a pair as an escape (ES2019, well-formed JSON.stringify).
    out.utf8(JSON.stringify(text));
    return;
  }
  const bytes = Buffer.from(text, "utf8");
  writeJsonString(out, bytes, 0, bytes.length);
}

/** Writes bytes as a base64 JSON string. */
export function writeBase64(out: ByteWriter, from: Buffer, start: number, end: number): void {
  const n = Math.ceil((end - start) / 3) * 4;
  out.ensure(n + 2);
  out.byte(QUOTE);
  out.buf.write(from.toString("base64", start, end), out.pos, n, "latin1");
  out.pos += n;
  out.byte(QUOTE);
}
