import type { ColumnType } from "../model/column.ts";

/** Largest VARCHAR of Redshift, in bytes. */
export const MAX_VARCHAR = 65_535;
/** Largest VARBYTE of Redshift, in bytes. */
export const MAX_VARBYTE = 16_777_216;

/** Hexadecimal digits of a pseudonym: SHA-256. */
export const PSEUDONYM_LENGTH = 64;

/** A warehouse type that a captured column can have; `bytes` is the width of VARCHAR and VARBYTE. */
export type WarehouseType =
  | { readonly name: "SMALLINT" | "INTEGER" | "BIGINT" | "REAL" | "DOUBLE PRECISION" | "BOOLEAN" | "SUPER" }
  | { readonly name: "DATE" | "TIMESTAMP" | "TIMESTAMPTZ" }
  | { readonly name: "NUMERIC"; readonly precision: number; readonly scale: number }
  | { readonly name: "VARCHAR" | "VARBYTE"; readonly bytes: number };

/** Where a column of this type is held, exactly (docs/TYPES.md, third column). */
export function warehouseType(type: ColumnType): WarehouseType {
  switch (type.kind) {
    case "int":
      return integerType(type.bits, type.unsigned);
    case "decimal":
      // 38 digits is what NUMERIC holds; MySQL has up to 65. Sign and point are added to the text.
      return type.precision <= 38
        ? { name: "NUMERIC", precision: type.precision, scale: type.scale }
        : varchar(type.precision + 2);
    case "float":
      return { name: type.bits === 32 ? "REAL" : "DOUBLE PRECISION" };
    case "date":
      return { name: "DATE" };
    case "datetime":
      return { name: "TIMESTAMP" };
    case "timestamp":
      return { name: "TIMESTAMPTZ" };
    case "time":
      return { name: "BIGINT" };
    case "year":
      return { name: "SMALLINT" };
    case "string":
      return varchar(type.length * 4);
    case "enum":
      return varchar(Math.max(0, ...type.labels.map(utf8Length)));
    case "set":
      return varchar(type.labels.reduce((sum, label) => sum + utf8Length(label) + 1, -1));
    case "bit":
      return type.length === 1 ? { name: "BOOLEAN" } : { name: "NUMERIC", precision: 20, scale: 0 };
    case "bytes":
      return { name: "VARBYTE", bytes: clamp(type.length, MAX_VARBYTE) };
    case "json":
      return { name: "SUPER" };
    case "pseudonym":
      return varchar(PSEUDONYM_LENGTH);
  }
}

/** The type as DDL writes it, e.g. `NUMERIC(10,2)`. */
export function typeSql(type: WarehouseType): string {
  switch (type.name) {
    case "NUMERIC":
      return `NUMERIC(${type.precision},${type.scale})`;
    case "VARCHAR":
    case "VARBYTE":
      return `${type.name}(${type.bytes})`;
    default:
      return type.name;
  }
}

/** Column encoding: AZ64 for what it takes, ZSTD for text, bytes and SUPER, RAW where neither pays. */
export function encoding(type: WarehouseType): "AZ64" | "ZSTD" | "RAW" {
  switch (type.name) {
    case "SMALLINT":
    case "INTEGER":
    case "BIGINT":
    case "NUMERIC":
    case "DATE":
    case "TIMESTAMP":
    case "TIMESTAMPTZ":
      return "AZ64";
    case "VARCHAR":
    case "VARBYTE":
    case "SUPER":
    case "REAL":
    case "DOUBLE PRECISION":
      return "ZSTD";
    case "BOOLEAN":
      return "RAW";
  }
}

function integerType(bits: 8 | 16 | 24 | 32 | 64, unsigned: boolean): WarehouseType {
  const needed = unsigned ? bits + 1 : bits;
  if (needed <= 16) return { name: "SMALLINT" };
  if (needed <= 32) return { name: "INTEGER" };
  if (needed <= 64) return { name: "BIGINT" };
  return { name: "NUMERIC", precision: 20, scale: 0 };
}

function varchar(bytes: number): WarehouseType {
  return { name: "VARCHAR", bytes: clamp(bytes, MAX_VARCHAR) };
}

/** Redshift has no zero width; MySQL has `VARCHAR(0)`. */
const clamp = (bytes: number, most: number): number => Math.min(Math.max(bytes, 1), most);

const utf8Length = (text: string): number => Buffer.byteLength(text, "utf8");
