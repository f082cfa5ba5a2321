import { hash } from "node:crypto";
import type { AnyTable } from "../../schemas/model/table.ts";
import { cellForms, NULL_TEXT, SEPARATOR } from "../../schemas/sql/reconcile/cells.ts";
import type { FieldRow } from "../core/capture-ports.ts";
import { cellWriter } from "./cells.ts";
import { ByteWriter } from "../core/byte-writer.ts";

const N = 0x6e;

/** A checksum of 60 bits in two whole numbers: the first 28 bits, and the last 32. */
export interface Checksum {
  readonly high: number;
  readonly low: number;
}

/** What `high` counts. */
export const LOW = 2 ** 32;

/** The checksum of a text: the first 15 hex digits of its MD5 (schemas/sql/reconcile/checksums.ts). */
export function checksumOf(text: Buffer | string): Checksum {
  // As text of one character a byte: a Buffer for each digest costs more than the digest.
  const digest = hash("md5", text, "binary");
  const fourth = digest.charCodeAt(3);
  const high =
    (digest.charCodeAt(0) << 20) | (digest.charCodeAt(1) << 12) | (digest.charCodeAt(2) << 4) | (fourth >> 4);
  const middle = (digest.charCodeAt(4) << 20) | (digest.charCodeAt(5) << 12);
  const low = ((fourth & 15) << 28) | middle | (digest.charCodeAt(6) << 4) | (digest.charCodeAt(7) >> 4);
  return { high, low: low >>> 0 };
}

/** As SQL returns it: the digits of the whole number. */
export const checksumText = ({ high, low }: Checksum): string => String(BigInt(high) * BigInt(LOW) + BigInt(low));

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
