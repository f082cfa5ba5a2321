/**
 * The pivot type system: MySQL type -> kind -> record text -> warehouse type (docs/TYPES.md). One closed union; a type
 * that is not here is refused at preflight, never treated as text.
 */
export type PlainType =
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

type Plain<K extends PlainType["kind"]> = Extract<PlainType, { readonly kind: K }>;

/**
 * What a keyed hash can stand for: values that identify. Of a few labels or bits the frequencies tell which is which,
 * and whether two floats, spans or documents are equal means nothing: such columns are dropped.
 */
export type Pseudonymisable = Plain<"int" | "decimal" | "string" | "bytes" | "date" | "datetime" | "timestamp">;

/** A column's type as it travels and as the warehouse has it: the source's own, or a pseudonym of it. */
export type ColumnType =
  | PlainType
  /** HMAC-SHA-256 over the value's canonical text, 64 lower-case hexadecimal digits (docs/PERSONAL-DATA.md). */
  | { readonly kind: "pseudonym"; readonly of: Pseudonymisable };

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

type Options = Partial<Pick<Column, "comment">>;

/** A column that does not leave the first hop: nothing after it can name it. */
export interface DroppedColumn extends Column {
  readonly pii: "drop";
}

interface DefineColumn {
  (source: string, type: ColumnType, options?: Options & { readonly pii?: never }): Column & { readonly pii?: never };
  (
    source: string,
    type: Pseudonymisable,
    options: Options & { readonly pii: "pseudonymise" },
  ): Column & { readonly pii: "pseudonymise" };
  (source: string, type: ColumnType, options: Options & { readonly pii: "drop" }): DroppedColumn;
}

const defineColumn =
  (isNullable: boolean) =>
  (source: string, type: ColumnType, options: Options & { readonly pii?: PersonalData } = {}): Column => ({
    source,
    type: options.pii === "pseudonymise" ? { kind: "pseudonym", of: type as Pseudonymisable } : type,
    nullable: isNullable,
    comment: "",
    ...options,
  });

/** A NOT NULL column. Personal data of a type that a keyed hash makes no sense of does not compile. */
export const column = defineColumn(false) as DefineColumn;

/** A column that may be NULL. NULL stays NULL in a pseudonymised column. */
export const nullable = defineColumn(true) as DefineColumn;

export const tinyint = (unsigned = false): Plain<"int"> => ({ kind: "int", bits: 8, unsigned });
export const smallint = (unsigned = false): Plain<"int"> => ({ kind: "int", bits: 16, unsigned });
export const mediumint = (unsigned = false): Plain<"int"> => ({ kind: "int", bits: 24, unsigned });
export const int = (unsigned = false): Plain<"int"> => ({ kind: "int", bits: 32, unsigned });
export const bigint = (unsigned = false): Plain<"int"> => ({ kind: "int", bits: 64, unsigned });
export const decimal = (precision: number, scale: number): Plain<"decimal"> => ({ kind: "decimal", precision, scale });
export const float = (): Plain<"float"> => ({ kind: "float", bits: 32 });
export const double = (): Plain<"float"> => ({ kind: "float", bits: 64 });
export const date = (): Plain<"date"> => ({ kind: "date" });
export const datetime = (fsp = 0): Plain<"datetime"> => ({ kind: "datetime", fsp });
export const timestamp = (fsp = 0): Plain<"timestamp"> => ({ kind: "timestamp", fsp });
export const time = (fsp = 0): Plain<"time"> => ({ kind: "time", fsp });
export const year = (): Plain<"year"> => ({ kind: "year" });
export const varchar = (length: number): Plain<"string"> => ({ kind: "string", length });
export const text = (): Plain<"string"> => ({ kind: "string", length: 65_535 });
export const mediumtext = (): Plain<"string"> => ({ kind: "string", length: 16_777_215 });
export const longtext = (): Plain<"string"> => varchar(4_294_967_295);
export const enumeration = (...labels: string[]): Plain<"enum"> => ({ kind: "enum", labels });
export const set = (...labels: string[]): Plain<"set"> => ({ kind: "set", labels });
export const bit = (length: number): Plain<"bit"> => ({ kind: "bit", length });
export const binary = (length: number): Plain<"bytes"> => ({ kind: "bytes", length, fixed: true });
export const varbinary = (length: number): Plain<"bytes"> => ({ kind: "bytes", length, fixed: false });
export const blob = (): Plain<"bytes"> => varbinary(65_535);
export const mediumblob = (): Plain<"bytes"> => varbinary(16_777_215);
export const longblob = (): Plain<"bytes"> => varbinary(4_294_967_295);
export const json = (): Plain<"json"> => ({ kind: "json" });
