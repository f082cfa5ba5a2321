import { TEXTUAL } from "./csv-scan.ts";
import type { CopyOptions } from "./options.ts";
import type { ColumnKind, TargetColumn } from "./target.ts";

/** Why a value is refused, with Redshift's error code (Developer Guide, "Load error reference"). */
export class ValueError extends Error {
  override readonly name = "ValueError";
  readonly code: number;
  /** Where in the field, from 0. */
  readonly position: number;

  constructor(code: number, message: string, position = 0) {
    super(message);
    this.code = code;
    this.position = position;
  }
}

const DIGITS = { int2: ["Short", 2n ** 15n], int4: ["Integer", 2n ** 31n], int8: ["Long", 2n ** 63n] } as const;

/**
 * Reads one field as Redshift's COPY does.
 * @returns the value as PostgreSQL reads it, or null for NULL
 * @throws ValueError
 */
export function readValue(bytes: Buffer, column: TargetColumn, options: CopyOptions): string | null {
  const text = decode(bytes, column.kind, options);
  if (text === options.nullAs || isEmptyNull(text, column.kind, options)) {
    if (column.notNull) throw new ValueError(1213, "Missing data for not-null field");
    return null;
  }
  return CHECKS[column.kind](text, column, options);
}

function isEmptyNull(text: string, kind: ColumnKind, { emptyAsNull, blanksAsNull }: CopyOptions): boolean {
  if (text === "") return emptyAsNull || !TEXTUAL.has(kind);
  return text.trim() === "" && (blanksAsNull ? kind === "varchar" || kind === "bpchar" : !TEXTUAL.has(kind));
}

const UTF8 = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });

function decode(bytes: Buffer, kind: ColumnKind, { replaceInvalid }: CopyOptions): string {
  try {
    const text = UTF8.decode(bytes);
    if (text.includes("\0")) throw new ValueError(1214, "NUL byte: it ends the record", text.indexOf("\0"));
    return text;
  } catch (error) {
    if (error instanceof ValueError) throw error;
    if (replaceInvalid !== null && kind === "varchar") return replaceBytes(bytes, replaceInvalid);
    const at = firstInvalid(bytes);
    const hex = bytes.subarray(at, at + 4).toString("hex");
    throw new ValueError(
      1220,
      `String contains invalid or unsupported UTF8 codepoints. Bad UTF8 hex sequence: ${hex} (error 1)`,
      at,
    );
  }
}

/** Each byte that is no part of a valid character becomes the replacement. */
function replaceBytes(bytes: Buffer, replacement: string): string {
  let text = "";
  let rest = bytes;
  while (rest.length > 0) {
    const at = firstInvalid(rest);
    text += rest.toString("utf8", 0, at) + (at < rest.length ? replacement : "");
    rest = rest.subarray(at + 1);
  }
  return text;
}

/** @returns the offset of the first byte that no valid character holds, or the length */
function firstInvalid(bytes: Buffer): number {
  for (let at = 0; at < bytes.length;) {
    const lead = bytes[at] ?? 0;
    const length = lead < 0x80 ? 1 : lead < 0xe0 ? 2 : lead < 0xf0 ? 3 : 4;
    try {
      UTF8.decode(bytes.subarray(at, at + length));
    } catch {
      return at;
    }
    at += length;
  }
  return bytes.length;
}

type Check = (text: string, column: TargetColumn, options: CopyOptions) => string;

function integer(kind: keyof typeof DIGITS): Check {
  const [type, limit] = DIGITS[kind];
  return (text) => {
    const trimmed = text.trim();
    if (!/^[+-]?\d+$/.test(trimmed)) throw invalidDigit(trimmed, /^[+-]?\d*/, type);
    const value = BigInt(trimmed.replace("+", ""));
    if (value >= limit || value < -limit) throw new ValueError(1204, `Overflow, Value '${trimmed}', Type: ${type}`);
    return trimmed;
  };
}

function invalidDigit(text: string, valid: RegExp, type: string): ValueError {
  const position = valid.exec(text)?.[0].length ?? 0;
  return new ValueError(
    1207,
    `Invalid digit, Value '${text.charAt(position)}', Pos ${position}, Type: ${type}`,
    position,
  );
}

/** Decimals beyond the scale are cut off, or rounded with ROUNDEC. */
const numeric: Check = (text, { precision, scale }, { roundDecimals }) => {
  const trimmed = text.trim();
  const match = /^([+-]?)(\d*)(?:\.(\d*))?(?:[eE]([+-]?\d{1,3}))?$/.exec(trimmed);
  const [, sign = "", whole = "", fraction = "", exponent = "0"] = match ?? [];
  if (match === null || whole + fraction === "") throw invalidDigit(trimmed, /^[+-]?\d*\.?\d*/, "Decimal");
  const shifted = shift(whole, fraction, Number(exponent));
  const digits = shifted.whole.replace(/^0+/, "");
  if (digits.length > precision - scale) throw new ValueError(1204, `Overflow for NUMERIC(${precision},${scale})`);
  const kept = roundDecimals ? shifted.fraction : shifted.fraction.slice(0, scale);
  return `${sign}${digits === "" ? "0" : digits}${kept === "" ? "" : `.${kept}`}`;
};

function shift(whole: string, fraction: string, exponent: number): { whole: string; fraction: string } {
  if (exponent >= 0) {
    const padded = fraction.padEnd(exponent, "0");
    return { whole: whole + padded.slice(0, exponent), fraction: padded.slice(exponent) };
  }
  const padded = whole.padStart(-exponent, "0");
  return {
    whole: padded.slice(0, padded.length + exponent),
    fraction: padded.slice(padded.length + exponent) + fraction,
  };
}

/** Numbers beyond the type, and such as only 0 is left of, are refused as PostgreSQL refuses them, but one by one. */
function float(type: "REAL" | "DOUBLE PRECISION"): Check {
  const held = type === "REAL" ? Math.fround : (value: number): number => value;
  return (text) => {
    const trimmed = text.trim();
    if (/^[+-]?(?:nan|inf|infinity)$/i.test(trimmed)) return trimmed;
    if (!/^[+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?$/.test(trimmed))
      throw new ValueError(1208, `Invalid float format: '${trimmed}'`);
    const value = held(Number(trimmed));
    const isZero = !/[1-9]/.test(trimmed.replace(/[eE].*/, ""));
    if (Number.isFinite(value) && (value !== 0 || isZero)) return trimmed;
    throw new ValueError(1204, `Overflow, Value '${trimmed}', Type: ${type}`);
  };
}

const TRUE = new Set(["1", "t", "true", "y", "yes"]);
const FALSE = new Set(["0", "f", "false", "n", "no"]);
const bool: Check = (text) => {
  const word = text.trim().toLowerCase();
  if (TRUE.has(word)) return "t";
  if (FALSE.has(word)) return "f";
  throw new ValueError(1210, `Unknown boolean format: '${word}'`);
};

const DATE = /^(\d{4})-(\d{2})-(\d{2})/;
const TIME = /^\d{2}:\d{2}(?::\d{2}(?:\.\d{1,9})?)?$/;
/** A zone stands after a time only: the day of a bare date is none. */
const ZONED = /^(.*:.*?) ?(?:Z|UTC|GMT|[+-]\d{2}(?::?\d{2})?)$/;
const withoutZone = (text: string): string => ZONED.exec(text)?.[1] ?? text;

function isDate(text: string): boolean {
  const [, year, month, day] = DATE.exec(text) ?? [];
  const date = new Date(Date.UTC(Number(year), Number(month) - 1, Number(day)));
  return Number(year) > 0 && date.getUTCMonth() === Number(month) - 1 && date.getUTCDate() === Number(day);
}

function isTime(text: string): boolean {
  const [hour = "", minute = "", second = "0"] = text.split(":");
  return TIME.test(text) && Number(hour) < 24 && Number(minute) < 60 && Number(second) < 60;
}

const date: Check = (text) => {
  const trimmed = text.trim();
  if (trimmed.length < 10) throw new ValueError(1205, "Invalid Date Format - length must be 10 or more");
  if (!isDate(trimmed) || (trimmed.length > 10 && !isTime(trimmed.slice(11))))
    throw new ValueError(1205, `Invalid Date Format: '${trimmed}'`);
  return trimmed.slice(0, 10);
};

const timestamp: Check = (text) => {
  const trimmed = text.trim();
  const bare = withoutZone(trimmed);
  const time = bare.slice(11);
  const whole = isDate(bare) && (bare.length === 10 || ((bare[10] === " " || bare[10] === "T") && isTime(time)));
  if (!whole) throw new ValueError(1206, "Invalid timestamp format or value [YYYY-MM-DD HH24:MI:SS]");
  return trimmed;
};

const time: Check = (text) => {
  const trimmed = text.trim();
  if (!isTime(withoutZone(trimmed))) throw new ValueError(1206, `Invalid time format or value: '${trimmed}'`);
  return trimmed;
};

function characters(reason: string): Check {
  return (text, { bytes }, { truncateColumns }) => {
    if (bytes === null || Buffer.byteLength(text) <= bytes) return text;
    if (!truncateColumns) throw new ValueError(1204, reason);
    const cut = Buffer.from(text).subarray(0, bytes);
    return cut.toString("utf8", 0, firstInvalid(cut));
  };
}

const json: Check = (text) => {
  try {
    JSON.parse(text);
    return text;
  } catch {
    throw new ValueError(1224, "Invalid JSON for a SUPER column");
  }
};

const varbyte: Check = (text, { bytes }) => {
  const at = text.search(/[^0-9a-f]/i);
  if (at >= 0) throw new ValueError(1219, `Invalid hexadecimal digit '${text.charAt(at)}' for a VARBYTE column`, at);
  if (text.length % 2 === 1)
    throw new ValueError(1219, "Odd number of hexadecimal digits for a VARBYTE column", text.length);
  if (bytes !== null && text.length / 2 > bytes) throw new ValueError(1204, "Varbyte length exceeds DDL length");
  return `\\x${text}`;
};

const CHECKS: Readonly<Record<ColumnKind, Check>> = {
  int2: integer("int2"),
  int4: integer("int4"),
  int8: integer("int8"),
  numeric,
  float4: float("REAL"),
  float8: float("DOUBLE PRECISION"),
  bool,
  date,
  timestamp,
  timestamptz: timestamp,
  time,
  timetz: time,
  varchar: characters("String length exceeds DDL length"),
  bpchar: characters("Char length exceeds DDL length"),
  super: json,
  varbyte,
};
