import type { ByteWriter } from "../../../core/byte-writer.ts";
import { writeJsonString } from "./json-string.ts";

const QUOTE = 0x22;
const BACKSLASH = 0x5c;

/**
 * Canonical JSON text: as the server prints it, without the blanks after `:` and `,`. Keys stay in the server's order
 * and numbers keep their digits. Written as a JSON string, because records carry JSON as text (docs/TYPES.md).
 */
export function writeServerJson(out: ByteWriter, from: Buffer, start: number, end: number): void {
  const compact = Buffer.allocUnsafe(end - start);
  let n = 0;
  let inString = false;
  for (let i = start; i < end; i += 1) {
    const byte = from[i] as number;
    if (inString) {
      compact[n++] = byte;
      if (byte === BACKSLASH) {
        i += 1;
        compact[n++] = from[i] as number;
      } else if (byte === QUOTE) inString = false;
    } else if (byte !== 0x20) {
      compact[n++] = byte;
      if (byte === QUOTE) inString = true;
    }
  }
  writeJsonString(out, compact, 0, Math.min(n, compact.length));
}
