import { hash } from "node:crypto";
import type { AnyTable } from "../../schemas/model/table.ts";
import { cellForms, NULL_TEXT, SEPARATOR } from "../../schemas/sql/reconcile/cells.ts";
import type { FieldRow } from "../core/capture-ports.ts";
import { cellWriter } from "./cells.ts";
import { ByteWriter } from "../core/byte-writer.ts";

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

function decimal(digest: string, from: number, to: number): number {
  let value = 0;
  for (let i = from; i < to; i += 1) value = value * 100 + (PAIRS[digest.charCodeAt(i)] as number);
  return value;
}

/** The checksum of a text's MD5 (schemas/sql/reconcile/checksums.ts). */
export function checksumOf(text: Buffer | string): Checksum {
  // As text of one character a byte: a Buffer for each digest costs more than the digest.
  const digest = hash("md5", text, "binary");
  return { high: decimal(digest, 0, 4), low: decimal(digest, 4, 9) };
}

/** As SQL returns it: 18 digits. */
export const checksumText = ({ high, low }: Checksum): string =>
  String(high).padStart(8, "0") + String(low).padStart(10, "0");

/** Makes the checksum of a source row, the twin of rowChecksum in SQL. */
export function rowChecksummer(table: AnyTable): (row: FieldRow) => Checksum {
  const writers = cellForms(table).map(cellWriter);
  const out = new ByteWriter();
  return ({ bytes, ends }) => {
    out.pos = 0;
    for (let i = 0; i < writers.length; i += 1) {
      if (i > 0) out.ascii(SEPARATOR);
      const start = ends[i] as number;
      // Of all JSON values only null begins so.
      if (bytes[start] === N) out.ascii(NULL_TEXT);
      else (writers[i] as (typeof writers)[number])(out, bytes, start, ends[i + 1] as number);
    }
    return checksumOf(out.view());
  };
}
