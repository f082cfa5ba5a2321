import { fromBase64 } from "../../../lambdas/core/base64.ts";
import type { ColumnKind } from "../../../schemas/model/column.ts";

/** Settings of a connector whose records load as ours do. */
export const CONNECTOR_SETTINGS = {
  "decimal.handling.mode": "string",
  "time.precision.mode": "isostring",
  "binary.handling.mode": "base64",
  "bigint.unsigned.handling.mode": "precise",
  "converter.decimal.format": "numeric",
  "skipped.operations": "none",
  "tombstones.on.delete": "true",
  "include.schema.changes": "false",
  "snapshot.mode": "initial",
  "converter.schemas.enable": "false",
} as const;

/** Fields that only Debezium writes, in the record and in its source. */
export const ONLY_THEIRS = {
  record: ["transaction", "ts_us", "ts_ns"],
  source: ["sequence", "ts_us", "ts_ns", "thread", "query"],
} as const;
/** Fields that only we write. */
export const ONLY_OURS = { record: ["floor"], source: ["epoch", "pass"] } as const;

export type Cell = string | number | boolean | null | undefined;

/** A cell that the two records write differently. Numbers that JavaScript cannot hold are their own text. */
export interface Differing {
  readonly column: string;
  readonly kind: ColumnKind;
  readonly snapshot: boolean;
  readonly ours: Cell;
  readonly theirs: Cell;
  /** Whether JSON's types are the same. */
  readonly sameType: boolean;
}

export interface Difference {
  readonly what: string;
  readonly ours: string;
  readonly theirs: string;
  readonly reason: string;
  /** form: the same value in the warehouse; value: another one, or none. */
  readonly effect: "form" | "value";
  /** @default both */
  readonly flavour?: "mysql" | "mariadb";
  readonly explains: (cell: Differing) => boolean;
}

const text = (cell: Cell): string => String(cell);
/** Without the zone that says nothing, `T`, and zeros at the end of a fraction. */
const plain = (cell: Cell): string =>
  text(cell)
    .replace("T", " ")
    .replace(/Z$/, "")
    .replace(/(\.\d*?)0+$/, "$1")
    .replace(/\.$/, "");
const littleEndian = (cell: Cell): bigint =>
  (fromBase64(cell) ?? Buffer.alloc(0)).reduceRight((sum, byte) => sum * 256n + BigInt(byte), 0n);
const sameMoment = ({ ours, theirs }: Differing): boolean => theirs !== null && plain(ours) === plain(theirs);
const isDate = (kind: ColumnKind): boolean => kind === "date" || kind === "datetime" || kind === "timestamp";
const sameFloat = (a: Cell, b: Cell): boolean => Math.fround(Number(a)) === Math.fround(Number(b));

/** Every way in which a Debezium record's cell may differ from ours; the first that explains one counts. */
export const DIFFERENCES: readonly Difference[] = [
  {
    what: "DATE",
    ours: "`2024-02-29`",
    theirs: "`2024-02-29Z`",
    reason: "its ISO texts always name a zone",
    effect: "form",
    explains: (cell) => cell.kind === "date" && sameMoment(cell),
  },
  {
    what: "DATETIME, TIMESTAMP",
    ours: "`2024-01-01 00:00:00.100000`; TIMESTAMP with `Z`",
    theirs: "`2024-01-01T00:00:00.1Z`",
    reason: "ISO texts with zone, and without the zeros at the end of a fraction",
    effect: "form",
    explains: (cell) => (cell.kind === "datetime" || cell.kind === "timestamp") && sameMoment(cell),
  },
  {
    what: "TIME within a day",
    ours: "`12:34:56.500000`",
    theirs: "`12:34:56.5Z`",
    reason: "it is a time of day there",
    effect: "form",
    explains: (cell) => cell.kind === "time" && sameMoment(cell),
  },
  {
    what: "BIGINT beyond 2^53",
    ours: '`"9007199254740993"`',
    theirs: "`9007199254740993`",
    reason: "a raw number of JSON, which readers in JavaScript would bend; ours is text from there on",
    effect: "form",
    explains: ({ kind, ours, theirs, sameType }) => kind === "int" && !sameType && ours === theirs,
  },
  {
    what: "BIT(1)",
    ours: "`1`",
    theirs: "`true`",
    reason: "a boolean there",
    effect: "form",
    explains: ({ kind, ours, theirs }) => kind === "bit" && typeof theirs === "boolean" && (ours === 1) === theirs,
  },
  {
    what: "BIT(n)",
    ours: '`257`, from 2^53 on `"9007199254740993"`',
    theirs: '`"AQE="`',
    reason: "its bytes as base64, the least significant first",
    effect: "form",
    explains: ({ kind, ours, theirs }) =>
      kind === "bit" && typeof theirs === "string" && ours !== null && littleEndian(theirs) === BigInt(text(ours)),
  },
  {
    what: "FLOAT and DOUBLE",
    ours: "`16777216`, `1e-45`",
    theirs: "`1.6777216E7`, `1.4E-45`",
    reason: "Java's text of the same number",
    effect: "form",
    explains: ({ kind, column, ours, theirs }) =>
      kind === "float" && (column === "f32" ? sameFloat(ours, theirs) : Number(ours) === Number(theirs)),
  },
  {
    what: "JSON",
    ours: '`{"a":1,"b":[]}`',
    theirs: '`{"b": 1, "a": []}`',
    reason: "the server's text as it is; ours is canonical, so that all ways of reading agree",
    effect: "form",
    flavour: "mysql",
    explains: ({ kind, ours, theirs }) => kind === "json" && sameJson(ours, theirs),
  },
  {
    what: "FLOAT in a snapshot",
    ours: "`340282340000000000000000000000000000000`",
    theirs: "`3.40282E38`",
    reason: "the text protocol prints six digits, which is what it reads",
    effect: "value",
    explains: ({ kind, column, snapshot, ours, theirs }) =>
      kind === "float" &&
      column === "f32" &&
      snapshot &&
      Number(Number(ours).toPrecision(6)) === Number(Number(theirs).toPrecision(6)),
  },
  {
    what: "TIME that is negative or of 24 hours and more",
    ours: "`-838:59:59`",
    theirs: "`null`",
    reason: "no time of day, and null is written without a word",
    effect: "value",
    explains: ({ kind, ours, theirs }) =>
      kind === "time" && theirs === null && (text(ours).startsWith("-") || Number(text(ours).split(":")[0]) >= 24),
  },
  {
    what: "Zero and partial dates",
    ours: "`0000-00-00`, kept in `_raw`",
    theirs: "`null`, or 1970",
    reason: "Java's calendar has no such days",
    effect: "value",
    explains: ({ kind, column }) => isDate(kind) && column.startsWith("zero_"),
  },
  {
    what: "YEAR 0000",
    ours: "`0`",
    theirs: "`1900`; MariaDB's connector ends in a snapshot that meets one",
    reason: "years count from 1900 in the log",
    effect: "value",
    explains: ({ column, ours, theirs }) => column === "zero_year" && ours === 0 && theirs === 1900,
  },
  {
    what: "Labels of ENUM with commas or quotes, in changes",
    ours: "`b,c`",
    theirs: "`b\\,c`",
    reason: "labels of the CREATE TABLE as it escapes them; in a snapshot they are right",
    effect: "value",
    explains: ({ kind, snapshot, ours, theirs }) =>
      kind === "enum" && !snapshot && text(theirs).replaceAll("\\", "") === ours,
  },
];

function sameJson(ours: Cell, theirs: Cell): boolean {
  if (typeof ours !== "string" || typeof theirs !== "string") return false;
  return sorted(ours) === sorted(theirs);
}

/** Texts of numbers kept: the same JSON whatever its spaces and the order of its members. */
function sorted(json: string): string {
  const parse = JSON.parse as (
    text: string,
    reviver: (key: string, value: unknown, context: { readonly source?: string }) => unknown,
  ) => unknown;
  return JSON.stringify(
    parse(json, (_, value, { source }) => {
      if (typeof value === "number")
        return `#${String(Number(source))}${Number.isSafeInteger(value) ? "" : (source ?? "")}`;
      if (typeof value !== "object" || value === null || Array.isArray(value)) return value;
      return Object.fromEntries(Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1)));
    }),
  );
}

/** The rule that explains a cell, if any does. */
export const explanationOf = (cell: Differing, flavour: "mysql" | "mariadb"): Difference | undefined =>
  DIFFERENCES.find((rule) => (rule.flavour ?? flavour) === flavour && rule.explains(cell));
