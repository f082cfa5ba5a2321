import type { ColumnType } from "../../schemas/model/column.ts";
import type { AnyTable } from "../../schemas/model/table.ts";
import { joinColumns, KEY_COLUMN, keyColumns, usesKeyColumn } from "../../schemas/sql/keys.ts";
import { steppedColumn } from "../../schemas/sql/reconcile/checksums.ts";
import type { FieldRow, KeyValue } from "../core/capture-ports.ts";
import { MalformedInputError } from "../core/errors.ts";
import { keyEncoder } from "../core/key-text.ts";
import type { FieldValue, Row } from "../core/record.ts";
import { cellForms, KEY_SEPARATOR } from "../../schemas/sql/reconcile/cells.ts";
import { cellWriter } from "./cells.ts";
import { ByteWriter } from "../core/byte-writer.ts";

/** Names rows as the mirror's rows are named in SQL (schemas/sql/reconcile/checksums.ts). */
export interface RowNames {
  /** The row's identity. */
  readonly identity: (row: FieldRow) => string;
  /** The text whose hash decides about the bucket. */
  readonly bucketText: (row: FieldRow) => string;
  /** The key's record values by SOURCE name. @throws MalformedInputError for an identity that no key can have */
  readonly keyRow: (identity: string) => Row;
  /** The key's values as the source takes them. */
  readonly keyValues: (identity: string) => readonly KeyValue[];
}

export function rowNames(table: AnyTable): RowNames {
  const names = Object.keys(table.columns);
  const keys = keyColumns(table).map((name) => ({ name, at: names.indexOf(name), column: columnOf(table, name) }));
  const joined = joinColumns(table);
  const encodeKey = keyEncoder(table);
  const writers = new Map(
    cellForms(table)
      .filter(({ name }) => joined.includes(name))
      .map((form) => [form.name, cellWriter({ ...form, digested: false })]),
  );
  const out = new ByteWriter();

  const field = ({ bytes, ends }: FieldRow, at: number): FieldValue =>
    JSON.parse(bytes.toString("utf8", ends[at], ends[at + 1])) as FieldValue;
  const keyOf = (row: FieldRow): Row =>
    Object.fromEntries(keys.map(({ at, column }) => [column.source, field(row, at)]));
  const part = (row: FieldRow, name: string): string => {
    const write = writers.get(name);
    if (write === undefined) return encodeKey(keyOf(row));
    const at = names.indexOf(name);
    out.pos = 0;
    write(out, row.bytes, row.ends[at] ?? 0, row.ends[at + 1] ?? 0);
    return out.view().toString("utf8");
  };
  const identity = (row: FieldRow): string => joined.map((name) => part(row, name)).join(KEY_SEPARATOR);

  const texts = (name: string): readonly string[] => {
    const parts = name.split(KEY_SEPARATOR);
    if (!usesKeyColumn(table)) return parts;
    const key = parts[joined.indexOf(KEY_COLUMN)] ?? "";
    return key.split("-").map((hex, i) => {
      if (hex.length % 2 !== 0 || !/^[0-9a-f]*$/.test(hex)) {
        throw new MalformedInputError(`the mirror's row '${name}' has a _key that no key of the source has`);
      }
      return keys[i]?.column.type.kind === "bytes" ? hex : Buffer.from(hex, "hex").toString("utf8");
    });
  };

  return {
    identity,
    bucketText: (row) => (usesKeyColumn(table) ? encodeKey(keyOf(row)) : identity(row)),
    keyRow: (name) => {
      const all = texts(name);
      return Object.fromEntries(
        keys.map(({ column }, i) => [column.source, recordValue(column.type, all[i] ?? "", usesKeyColumn(table))]),
      );
    },
    keyValues: (name) => {
      const all = texts(name);
      return keys.map(({ column }, i) => sourceValue(column.type, all[i] ?? "", usesKeyColumn(table)));
    },
  };
}

function columnOf(table: AnyTable, name: string) {
  const column = table.columns[name];
  if (column === undefined) throw new TypeError(`${table.name} has no column ${name}`);
  return column;
}

/** @param encoded the text comes from `_key`, which has the record's own texts */
function recordValue(type: ColumnType, text: string, encoded: boolean): FieldValue {
  switch (type.kind) {
    case "bytes":
      return Buffer.from(text, "hex").toString("base64");
    case "int":
    case "year":
    case "bit":
      return Number.isSafeInteger(Number(text)) ? Number(text) : text;
    case "float":
      return Number(encoded ? text : floatValue(text));
    case "time":
      return encoded ? text : clockText(text, type.fsp);
    case "timestamp":
      return /^\d{4}-\d\d-\d\d /.test(text) && !text.startsWith("0000") ? `${text.replace(" ", "T")}Z` : text;
    default:
      return text;
  }
}

/** What a literal of the source compares by. */
function sourceValue(type: ColumnType, text: string, encoded: boolean): KeyValue {
  if (type.kind === "bytes") return Buffer.from(text, "hex");
  return String(type.kind === "timestamp" ? text : (recordValue(type, text, encoded) ?? ""));
}

const MICROS = 1_000_000n;

/** Microseconds as `[-]hh:mm:ss[.f]`. */
function clockText(micros: string, fsp: number): string {
  const value = BigInt(micros);
  const size = value < 0n ? -value : value;
  const seconds = size / MICROS;
  const two = (n: bigint): string => String(n).padStart(2, "0");
  const fraction =
    fsp === 0
      ? ""
      : `.${String(size % MICROS)
          .padStart(6, "0")
          .slice(0, fsp)}`;
  const clock = `${two(seconds / 3600n)}:${two((seconds / 60n) % 60n)}:${two(seconds % 60n)}`;
  return `${value < 0n ? "-" : ""}${clock}${fraction}`;
}

/** Undoes float-text.ts. */
function floatValue(text: string): string {
  const parts = /^(-?)(\d+)\.(\d+)e(-?\d+)$/.exec(text);
  if (parts === null) return text;
  const [, sign = "", whole = "0", fraction = "0", k = "0"] = parts;
  const y = Number(whole) + Number(fraction) / 2 ** 53;
  const half = 2 ** (30 * Number(k));
  return String((sign === "-" ? -1 : 1) * y * half * half);
}

/** Reads the first key column of a row as a whole number; only for tables whose rows go into steps. */
export function steppedKey(table: AnyTable): (row: FieldRow) => number | bigint {
  const at = Object.keys(table.columns).indexOf(steppedColumn(table) ?? "");
  return ({ bytes, ends }) => {
    let i = ends[at] as number;
    const end = ends[at + 1] as number;
    if (bytes[i] === 0x22) return BigInt(bytes.toString("latin1", i + 1, end - 1));
    const negative = bytes[i] === 0x2d;
    if (negative) i += 1;
    let value = 0;
    for (; i < end; i += 1) value = value * 10 + ((bytes[i] as number) - 0x30);
    return negative ? -value : value;
  };
}
