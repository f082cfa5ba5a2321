/**
 * The pivot type system: MySQL type -> kind -> record text -> warehouse type (docs/TYPES.md). One closed union; a type
 * that is not here is refused at preflight, never treated as text.
 */
export type ColumnType =
  | { readonly kind: "int"; readonly bits: 8 | 16 | 24 | 32 | 64; readonly unsigned: boolean }
  | { readonly kind: "decimal"; readonly precision: number; readonly scale: number }
  | { readonly kind: "float"; readonly bits: 32 | 64 }
  | { readonly kind: "date" }
  | { readonly kind: "datetime"; readonly fsp: number }
  | { readonly kind: "timestamp"; readonly fsp: number }
  | { readonly kind: "time"; readonly fsp: number }
  | { readonly kind: "year" }
  /** CHAR, VARCHAR, TEXT; `length` in characters. */
  | { readonly kind: "string"; readonly length: number }
  | { readonly kind: "enum"; readonly labels: readonly string[] }
  | { readonly kind: "set"; readonly labels: readonly string[] }
  | { readonly kind: "bit"; readonly length: number }
  /** BINARY, VARBINARY, BLOB; `length` in bytes. */
  | { readonly kind: "bytes"; readonly length: number; readonly fixed: boolean }
  | { readonly kind: "json" };

export type ColumnKind = ColumnType["kind"];

/** How personal data leaves the first hop: keyed hash (joins still work) or not at all. */
export type PersonalData = "pseudonymise" | "drop";

/** What happens to a value longer than its warehouse column (docs/TYPES.md, last paragraph). */
export type TooLong = "widen" | "super" | "quarantine";

export interface Column {
  /** Name in the source database. */
  readonly source: string;
  readonly type: ColumnType;
  readonly nullable: boolean;
  /** One sentence for the data dictionary and COMMENT ON. */
  readonly comment: string;
  readonly pii?: PersonalData;
}

type Options = Partial<Pick<Column, "comment" | "pii">>;

/** A NOT NULL column. */
export function column(source: string, type: ColumnType, options: Options = {}): Column {
  return { source, type, nullable: false, comment: "", ...options };
}

/** A column that may be NULL. */
export function nullable(source: string, type: ColumnType, options: Options = {}): Column {
  return { ...column(source, type, options), nullable: true };
}

export const tinyint = (unsigned = false): ColumnType => ({ kind: "int", bits: 8, unsigned });
export const smallint = (unsigned = false): ColumnType => ({ kind: "int", bits: 16, unsigned });
export const mediumint = (unsigned = false): ColumnType => ({ kind: "int", bits: 24, unsigned });
export const int = (unsigned = false): ColumnType => ({ kind: "int", bits: 32, unsigned });
export const bigint = (unsigned = false): ColumnType => ({ kind: "int", bits: 64, unsigned });
export const decimal = (precision: number, scale: number): ColumnType => ({ kind: "decimal", precision, scale });
export const float = (): ColumnType => ({ kind: "float", bits: 32 });
export const double = (): ColumnType => ({ kind: "float", bits: 64 });
export const date = (): ColumnType => ({ kind: "date" });
export const datetime = (fsp = 0): ColumnType => ({ kind: "datetime", fsp });
export const timestamp = (fsp = 0): ColumnType => ({ kind: "timestamp", fsp });
export const time = (fsp = 0): ColumnType => ({ kind: "time", fsp });
export const year = (): ColumnType => ({ kind: "year" });
export const varchar = (length: number): ColumnType => ({ kind: "string", length });
export const text = (): ColumnType => ({ kind: "string", length: 65_535 });
export const mediumtext = (): ColumnType => ({ kind: "string", length: 16_777_215 });
export const longtext = (): ColumnType => varchar(4_294_967_295);
export const enumeration = (...labels: string[]): ColumnType => ({ kind: "enum", labels });
export const set = (...labels: string[]): ColumnType => ({ kind: "set", labels });
export const bit = (length: number): ColumnType => ({ kind: "bit", length });
export const binary = (length: number): ColumnType => ({ kind: "bytes", length, fixed: true });
export const varbinary = (length: number): ColumnType => ({ kind: "bytes", length, fixed: false });
export const blob = (): ColumnType => varbinary(65_535);
export const mediumblob = (): ColumnType => varbinary(16_777_215);
export const longblob = (): ColumnType => varbinary(4_294_967_295);
export const json = (): ColumnType => ({ kind: "json" });
