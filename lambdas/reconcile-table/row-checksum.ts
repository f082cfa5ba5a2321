import { hash } from "node:crypto";
import type { AnyTable } from "../../schemas/model/table.ts";
import { cellForms, NULL_TEXT, SEPARATOR } from "../../schemas/sql/reconcile/cells.ts";
import type { FieldRow } from "../core/capture-ports.ts";
import { cellWriter } from "./cells.ts";
import { TextSink } from "./text-sink.ts";

const SEPARATOR_BYTE = SEPARATOR.charCodeAt(0);
const NULL_BYTE = NULL_TEXT.charCodeAt(0);
const N = 0x6e;

/** Two hex digits of each byte, a-f read as 0-5, as one decimal number: TRANSLATE of the MD5's text. */
const PAIRS = Uint8Array.from({ length: 256 }, (_, byte) => ((byte >> 4) % 10) * 10 + ((byte & 15) % 10));

/** A checksum of 18 decimal digits in two numbers: the first 8, and the last 10. */
export interface Checksum {
  readonly high: number;
  readonly low: number;
}

/** 10 to the number of digits in `low`. */
export const LOW = 10_000_000_000;

/** The checksum of a text's MD5 (schemas/sql/reconcile/checksums.ts). */
export function checksumOf(text: Buffer | string): Checksum {
  const d = hash("md5", text, "buffer");
  const pair = (i: number): number => PAIRS[d[i] as number] as number;
  return {
    high: ((pair(0) * 100 + pair(1)) * 100 + pair(2)) * 100 + pair(3),
    low: (((pair(4) * 100 + pair(5)) * 100 + pair(6)) * 100 + pair(7)) * 100 + pair(8),
  };
}

/** As SQL returns it: 18 digits. */
export const checksumText = ({ high, low }: Checksum): string =>
  String(high).padStart(8, "0") + String(low).padStart(10, "0");

/** Makes the checksum of a source row, the twin of rowChecksum in SQL. */
export function rowChecksummer(table: AnyTable): (row: FieldRow) => Checksum {
  const writers = cellForms(table).map(cellWriter);
  const out = new TextSink();
  return ({ bytes, ends }) => {
    out.length = 0;
    for (let i = 0; i < writers.length; i += 1) {
      if (i > 0) out.byte(SEPARATOR_BYTE);
      const start = ends[i] as number;
      // Of all JSON values only null begins so.
      if (bytes[start] === N) out.byte(NULL_BYTE);
      else (writers[i] as (typeof writers)[number])(out, bytes, start, ends[i + 1] as number);
    }
    return checksumOf(out.view());
  };
}
