import type { Cursor } from "./cursor.ts";
import { UnsupportedSqlError, SqlError } from "./errors.ts";

/** A Redshift type, and what stands in for it. */
export interface SqlType {
  /** Redshift's short name, as the Data API reports it. */
  readonly name: string;
  /** As written in PostgreSQL. */
  readonly postgres: string;
  /** Limit in bytes of character and VARBYTE types, else null. */
  readonly bytes: number | null;
}

const SIMPLE = new Map<string, readonly [name: string, postgres: string]>(
  Object.entries({
    smallint: ["int2", "smallint"],
    int2: ["int2", "smallint"],
    integer: ["int4", "integer"],
    int: ["int4", "integer"],
    int4: ["int4", "integer"],
    bigint: ["int8", "bigint"],
    int8: ["int8", "bigint"],
    real: ["float4", "real"],
    float4: ["float4", "real"],
    float8: ["float8", "double precision"],
    float: ["float8", "double precision"],
    boolean: ["bool", "boolean"],
    bool: ["bool", "boolean"],
    date: ["date", "date"],
    timestamptz: ["timestamptz", "timestamp with time zone"],
    timetz: ["timetz", "time with time zone"],
    super: ["super", "json"],
  }),
);
const CHARACTER = new Set(["varchar", "nvarchar", "char", "nchar", "character", "bpchar", "text"]);
const BYTES = new Set(["varbyte", "varbinary", "binary"]);
export const MAX_VARCHAR = 65_535;
const DEFAULT_VARCHAR = 256;
const MAX_CHAR = 4_096;
const MAX_VARBYTE = 16_777_216;
const DEFAULT_VARBYTE = 64_000;

const OTHERS = ["double", "decimal", "numeric", "time", "timestamp"];
const REFUSED = new Set(["geometry", "geography", "hllsketch", "interval", "json", "jsonb", "bytea", "uuid", "serial"]);

/** Tells whether a type name starts here, so that a `name(` may still be told from a function. */
export function atType(c: Cursor): boolean {
  const { kind, value } = c.peek();
  if (kind !== "word") return false;
  return SIMPLE.has(value) || CHARACTER.has(value) || BYTES.has(value) || OTHERS.includes(value);
}

/** Reads a type name with its length or precision. @throws SqlError naming a type that is not known */
export function parseType(c: Cursor): SqlType {
  const token = c.next();
  const word = token.value;
  if (CHARACTER.has(word)) return character(c, word);
  if (BYTES.has(word)) return binary(c, word);
  if (word === "double") {
    c.expect("precision");
    return { name: "float8", postgres: "double precision", bytes: null };
  }
  if (word === "decimal" || word === "numeric") return numeric(c);
  if (word === "time" || word === "timestamp") return temporal(c, word);
  const simple = SIMPLE.get(word);
  if (token.kind === "word" && simple !== undefined) {
    if (word === "float" && c.atOperator("(")) return float(c);
    return { name: simple[0], postgres: simple[1], bytes: null };
  }
  if (REFUSED.has(word)) throw new UnsupportedSqlError(`type ${word.toUpperCase()}`);
  throw new SqlError(`type "${token.raw}" does not exist`, { sqlstate: "42704" });
}

/** Lengths of characters are bytes in Redshift; PostgreSQL's count is of characters, so a check adds the bytes. */
function character(c: Cursor, word: string): SqlType {
  const fixed = word !== "varchar" && word !== "nvarchar" && word !== "text" && !c.accept("varying");
  if (fixed) {
    const bytes = c.atOperator("(") ? c.parenthesised(() => c.integer()) : word === "bpchar" ? DEFAULT_VARCHAR : 1;
    within(bytes, MAX_CHAR, "char");
    return { name: "bpchar", postgres: `character(${bytes})`, bytes };
  }
  const given = c.atOperator("(") ? c.parenthesised(() => (c.accept("max") ? MAX_VARCHAR : c.integer())) : null;
  const bytes = word === "text" ? DEFAULT_VARCHAR : (given ?? DEFAULT_VARCHAR);
  within(bytes, MAX_VARCHAR, "varchar");
  return { name: "varchar", postgres: `character varying(${bytes})`, bytes };
}

function binary(c: Cursor, word: string): SqlType {
  if (word === "binary") c.expect("varying");
  const bytes = c.atOperator("(") ? c.parenthesised(() => c.integer()) : DEFAULT_VARBYTE;
  within(bytes, MAX_VARBYTE, "varbyte");
  return { name: "varbyte", postgres: "bytea", bytes };
}

/** NUMERIC alone is NUMERIC(18,0) in Redshift, without limits in PostgreSQL. */
function numeric(c: Cursor): SqlType {
  const [precision, scale] = c.atOperator("(")
    ? c.parenthesised(() => [c.integer(), c.acceptOperator(",") ? c.integer() : 0] as const)
    : ([18, 0] as const);
  if (precision < 1 || precision > 38) throw new SqlError(`DECIMAL precision ${precision} must be between 1 and 38`);
  if (scale > precision) throw new SqlError(`DECIMAL scale ${scale} must be between 0 and precision ${precision}`);
  return { name: "numeric", postgres: `numeric(${precision},${scale})`, bytes: null };
}

function float(c: Cursor): SqlType {
  const bits = c.parenthesised(() => c.integer());
  return bits <= 24
    ? { name: "float4", postgres: "real", bytes: null }
    : { name: "float8", postgres: "double precision", bytes: null };
}

function temporal(c: Cursor, word: "time" | "timestamp"): SqlType {
  const zoned = c.accept("with", "time", "zone");
  if (!zoned) c.accept("without", "time", "zone");
  return { name: zoned ? `${word}tz` : word, postgres: `${word} ${zoned ? "with" : "without"} time zone`, bytes: null };
}

function within(bytes: number, limit: number, type: string): void {
  if (bytes < 1) throw new SqlError(`length for type ${type} must be at least 1`);
  if (bytes > limit) throw new SqlError(`length for type ${type} cannot exceed ${limit}`);
}
