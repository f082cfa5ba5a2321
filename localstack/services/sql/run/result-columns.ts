import type { FieldDef } from "pg";

/** A column of a result, in Redshift's terms. */
export interface ResultColumn {
  readonly name: string;
  readonly typeName: string;
  /** Precision of numbers, length of other types. */
  readonly precision: number;
  readonly scale: number;
  readonly length: number;
  readonly isSigned: boolean;
  readonly isCaseSensitive: boolean;
  /** How the Data API carries the values. */
  readonly carrier: "long" | "double" | "boolean" | "string";
  readonly convert: (text: string) => string;
}

interface TypeInfo {
  readonly name: string;
  readonly carrier: ResultColumn["carrier"];
  readonly precision: number;
  readonly convert?: (text: string) => string;
}

const same = (text: string): string => text;
const TYPES: ReadonlyMap<number, TypeInfo> = new Map<number, TypeInfo>([
  [16, { name: "bool", carrier: "boolean", precision: 1 }],
  [21, { name: "int2", carrier: "long", precision: 5 }],
  [23, { name: "int4", carrier: "long", precision: 10 }],
  [20, { name: "int8", carrier: "long", precision: 19 }],
  [26, { name: "oid", carrier: "long", precision: 10 }],
  [700, { name: "float4", carrier: "double", precision: 8 }],
  [701, { name: "float8", carrier: "double", precision: 17 }],
  [1700, { name: "numeric", carrier: "string", precision: 38 }],
  [25, { name: "varchar", carrier: "string", precision: 65_535 }],
  [1043, { name: "varchar", carrier: "string", precision: 65_535 }],
  [1042, { name: "bpchar", carrier: "string", precision: 1 }],
  [19, { name: "name", carrier: "string", precision: 128 }],
  [705, { name: "varchar", carrier: "string", precision: 65_535 }],
  [1082, { name: "date", carrier: "string", precision: 13 }],
  [1114, { name: "timestamp", carrier: "string", precision: 29 }],
  [1184, { name: "timestamptz", carrier: "string", precision: 35 }],
  [1083, { name: "time", carrier: "string", precision: 15 }],
  [1266, { name: "timetz", carrier: "string", precision: 21 }],
  [1186, { name: "interval", carrier: "string", precision: 49 }],
  [114, { name: "super", carrier: "string", precision: 16_777_216, convert: compactJson }],
  [17, { name: "varbyte", carrier: "string", precision: 64_000, convert: (text) => text.slice(2) }],
  [2278, { name: "void", carrier: "string", precision: 0 }],
]);

const NUMERIC = 1700;
const SIGNED = new Set(["int2", "int4", "int8", "float4", "float8", "numeric"]);

/** What the Data API says of a column of this PostgreSQL type. A type without a Redshift name is a string by its own name. */
export function resultColumn({ name, dataTypeID, dataTypeModifier }: FieldDef): ResultColumn {
  const known = TYPES.get(dataTypeID);
  const typeName = known?.name ?? "varchar";
  const modifier = dataTypeModifier - 4;
  const sized = modifier >= 0 && (typeName === "varchar" || typeName === "bpchar");
  const numeric = dataTypeID === NUMERIC && modifier >= 0;
  const precision = numeric ? (modifier >> 16) & 0xffff : sized ? modifier : (known?.precision ?? 0);
  return {
    name,
    typeName,
    precision,
    scale: numeric ? modifier & 0x7ff : 0,
    length: sized ? modifier : 0,
    isSigned: SIGNED.has(typeName),
    isCaseSensitive: known?.carrier === "string" && !SIGNED.has(typeName),
    carrier: known?.carrier ?? "string",
    convert: known?.convert ?? same,
  };
}

/** SUPER shows without blanks between its tokens; numbers keep their text. */
function compactJson(text: string): string {
  return /[ \t\r\n]/.test(text)
    ? text.replace(/("(?:[^"\\]|\\.)*")|[ \t\r\n]+/g, (_, quoted: string | undefined) => quoted ?? "")
    : text;
}
