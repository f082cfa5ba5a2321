import type { Column, ColumnType } from "../../../schemas/model/column.ts";
import type { AnyTable } from "../../../schemas/model/table.ts";

/**
 * How a value of a column is read on both sides so that equal values are equal text. Shares nothing with the pipeline's
 * own decoding: the servers render, these few functions take the differences of form away.
 */
export interface CanonicalColumn {
  /** SQL at the source, giving text. */
  readonly source: string;
  /** SQL at the warehouse's storage, giving text; a value that its column cannot hold is in `_raw`. */
  readonly warehouse: string;
  /** What rows are ordered by, on each side; both orders are that of `compare`. */
  readonly sourceOrder: string;
  readonly warehouseOrder: string;
  /** Takes differences of form away, on both sides. */
  readonly normalise: (text: string) => string;
  readonly compare: (a: string, b: string) => number;
}

/** A name of the source as SQL, whatever characters it has. */
export const sourceName = (name: string): string => `\`${name.replaceAll("`", "``")}\``;

/** `database.table` at the source, as SQL. */
export const sourceTable = ({ area, source }: AnyTable): string => `${sourceName(area.database)}.${sourceName(source)}`;

/** @param name the warehouse's column name */
export function canonicalColumn(name: string, column: Column): CanonicalColumn {
  const { type } = column;
  const at = sourceName(column.source);
  const rendered = warehouseText(`"${name}"`, type);
  const isNumber = NUMBERS.has(type.kind);
  const isText = type.kind === "string" || type.kind === "enum" || type.kind === "set" || type.kind === "json";
  return {
    source: sourceText(at, type),
    warehouse: `COALESCE(${rendered}, ${keptText(name)})`,
    sourceOrder: isText ? `CAST(CONVERT(${at} USING utf8mb4) AS BINARY)` : at,
    warehouseOrder: isText ? `"${name}" COLLATE "C"` : `"${name}"`,
    normalise: normaliser(type),
    compare: isNumber ? compareNumbers : compareBytes,
  };
}

/** The text that `_raw` keeps for a value that its column cannot hold; very long ones are kept in pieces. */
function keptText(name: string): string {
  const at = `("_raw" -> '${name}')`;
  const joined = `(SELECT string_agg(piece, '' ORDER BY place) FROM json_array_elements_text(${at}) WITH ORDINALITY AS kept (piece, place))`;
  return `CASE json_typeof(${at}) WHEN 'array' THEN ${joined} ELSE "_raw" ->> '${name}' END`;
}

const NUMBERS: ReadonlySet<ColumnType["kind"]> = new Set(["int", "decimal", "float", "year", "bit", "time"]);

/** Stands for every pseudonym on both sides: without the key they are compared by their form and by where they are. */
const PSEUDONYM = "pseudonym";

function sourceText(at: string, type: ColumnType): string {
  switch (type.kind) {
    case "float":
      // The text protocol prints FLOAT to six digits; as a double every digit comes.
      return `CAST(${at} + 0.0e0 AS CHAR)`;
    case "bit":
      return `CAST(CAST(${at} AS UNSIGNED) AS CHAR)`;
    case "year":
      return `CAST(${at} + 0 AS CHAR)`;
    case "bytes":
      return `HEX(${at})`;
    case "pseudonym":
      return `CASE WHEN ${at} IS NOT NULL THEN '${PSEUDONYM}' END`;
    case "string":
    case "enum":
    case "set":
    case "json":
      return `CONVERT(${at} USING utf8mb4)`;
    default:
      return `CAST(${at} AS CHAR)`;
  }
}

function warehouseText(at: string, type: ColumnType): string {
  switch (type.kind) {
    case "float":
      return `${at}::float8::text`;
    case "bit":
      return type.length === 1 ? `${at}::int::text` : `${at}::text`;
    case "date":
      return `to_char(${at}, 'YYYY-MM-DD')`;
    case "datetime":
      return `to_char(${at}, 'YYYY-MM-DD HH24:MI:SS.US')`;
    case "timestamp":
      return `to_char(${at} AT TIME ZONE 'UTC', 'YYYY-MM-DD HH24:MI:SS.US')`;
    case "bytes":
      return `encode(${at}, 'hex')`;
    case "pseudonym":
      return `CASE WHEN ${at} ~ '^[0-9a-f]{64}$' THEN '${PSEUDONYM}' ELSE ${at} END`;
    default:
      return `${at}::text`;
  }
}

function normaliser(type: ColumnType): (text: string) => string {
  switch (type.kind) {
    case "int":
      // ZEROFILL pads.
      return (text) => text.replace(/^(-?)0+(?=\d)/, "$1");
    case "float":
      return type.bits === 32 ? (text) => String(Math.fround(Number(text))) : (text) => String(Number(text));
    case "datetime":
    case "timestamp":
      return (text) => (text.includes(".") ? text.replace(/\.?0+$/, "") : text);
    case "time":
      return microseconds;
    case "string":
    case "enum":
    case "set":
      // PostgreSQL and Redshift end text at NUL; docs/TYPES.md says what stands for it.
      return (text) => (text.includes("\0") ? text.replaceAll("\0", "\u2400") : text);
    case "json":
      return canonicalJson;
    case "bytes":
      return (text) => text.toUpperCase();
    default:
      return (text) => text;
  }
}

/** `-838:59:59.5` as the warehouse holds it; a number of microseconds stays one. */
function microseconds(text: string): string {
  const match = /^(-?)(\d+):(\d\d):(\d\d)(?:\.(\d{1,6}))?$/.exec(text);
  if (match === null) return text;
  const [, sign = "", hours = "0", minutes = "0", seconds = "0", fraction = ""] = match;
  const whole = (BigInt(hours) * 60n + BigInt(minutes)) * 60n + BigInt(seconds);
  const total = whole * 1_000_000n + BigInt(fraction.padEnd(6, "0"));
  return total === 0n ? "0" : `${sign}${total}`;
}

/** Members sorted, no blanks; numbers by value, or by their text where a double cannot hold them. */
function canonicalJson(text: string): string {
  const reviver = (_key: string, value: unknown, context?: { source?: string }): unknown => {
    if (typeof value === "number" && !Number.isSafeInteger(value)) return `number ${context?.source ?? String(value)}`;
    if (typeof value !== "object" || value === null || Array.isArray(value)) return value;
    return Object.fromEntries(Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1)));
  };
  try {
    return JSON.stringify(JSON.parse(text, reviver));
  } catch {
    return text;
  }
}

function compareNumbers(a: string, b: string): number {
  const [whole, other] = [Number(a), Number(b)];
  if (whole !== other) return whole - other;
  return a === b ? 0 : compareDecimals(a, b);
}

/** Beyond what doubles tell apart. */
function compareDecimals(a: string, b: string): number {
  const places = Math.max(fractionOf(a).length, fractionOf(b).length);
  const scaled = (text: string) => BigInt((text.split(".")[0] ?? "0") + fractionOf(text).padEnd(places, "0"));
  const [x, y] = [scaled(a), scaled(b)];
  return x < y ? -1 : x > y ? 1 : 0;
}
const fractionOf = (text: string): string => text.split(".")[1] ?? "";

/** By UTF-8 bytes, as both servers are asked to order: UTF-16 order differs beyond the basic plane. */
function compareBytes(a: string, b: string): number {
  return a === b ? 0 : Buffer.compare(Buffer.from(a), Buffer.from(b));
}
