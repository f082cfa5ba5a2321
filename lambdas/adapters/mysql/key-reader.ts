import type { KeyValue, SourceColumn } from "../../core/capture-ports.ts";
import { ByteWriter } from "../../core/byte-writer.ts";
import { stringWriter } from "./values/charsets.ts";
import { isMultiByte } from "./values/multi-byte-charsets.ts";

const BYTES = new Set(["binary", "varbinary", "tinyblob", "blob", "mediumblob", "longblob", "bit"]);
/** Sorted by index but compared with texts by label: a range cannot go on after such a value. */
const UNORDERED = new Set(["enum", "set"]);

/**
 * Remembers where the key's fields of the row read last are, so that a snapshot can go on after it. Kept apart from
 * the record's key, because what travels may be pseudonymised and a time stamp is printed in another form.
 */
export class KeyReader {
  private readonly slots: Int32Array;
  private readonly from: Int32Array;
  private readonly to: Int32Array;
  private readonly columns: readonly SourceColumn[];
  private readonly usable: boolean;
  private buf: Buffer = Buffer.alloc(0);

  constructor(columns: readonly SourceColumn[], key: readonly string[]) {
    this.columns = key.flatMap((name) => columns.find((c) => c.name === name) ?? []);
    this.slots = new Int32Array(columns.length).fill(-1);
    this.columns.forEach((column, slot) => (this.slots[columns.indexOf(column)] = slot));
    this.from = new Int32Array(this.columns.length);
    this.to = new Int32Array(this.columns.length);
    this.usable =
      key.length > 0 && this.columns.length === key.length && !this.columns.some((c) => UNORDERED.has(c.dataType));
  }

  begin(buf: Buffer): void {
    this.buf = buf;
  }

  field(column: number, start: number, end: number): void {
    const slot = this.slots[column] as number;
    if (slot < 0) return;
    this.from[slot] = start;
    this.to[slot] = end;
  }

  /** Null when reading cannot go on after a key of this table. */
  values(): readonly KeyValue[] | null {
    if (!this.usable) return null;
    return this.columns.map((column, slot) => {
      const bytes = this.buf.subarray(this.from[slot], this.to[slot]);
      if (column.dataType === "bit") return BigInt(`0x${bytes.toString("hex")}`).toString();
      if (BYTES.has(column.dataType)) return Buffer.from(bytes);
      return valueOf(bytes, column);
    });
  }
}

/**
 * A key in the column's character set; one that cannot be read fails before, with the column. As bytes where text does not
 * lead back to them: what is no character of the set, and sets in which two codes are one character.
 */
function valueOf(bytes: Buffer, column: SourceColumn): KeyValue {
  const charset = column.charset?.toLowerCase() ?? null;
  const writer = charset === null ? null : stringWriter(charset);
  if (charset === null || writer === null) return bytes.toString("utf8");
  if (isMultiByte(charset)) return Buffer.from(bytes);
  const out = new ByteWriter(bytes.length * 3 + 16);
  writer(out, bytes, 0, bytes.length);
  const text = JSON.parse(out.text()) as string;
  return text.isWellFormed() ? text : Buffer.from(bytes);
}
