import type { ColumnType, PlainType } from "../model/column.ts";

/** A column as information_schema describes it; a structural subset of what the source port delivers. */
export interface MysqlColumn {
  readonly dataType: string;
  readonly columnType: string;
  readonly length: number | null;
  readonly precision: number | null;
  readonly scale: number | null;
  readonly fsp: number | null;
}

const INTEGER_BITS = { tinyint: 8, smallint: 16, mediumint: 24, int: 32, bigint: 64 } as const;

const isInteger = (name: string): name is keyof typeof INTEGER_BITS => name in INTEGER_BITS;

const LABEL = /'((?:[^'\\]|''|\\.)*)'/gs;
const ESCAPED = /''|\\(.)/gs;
const CONTROLS: Readonly<Record<string, string>> = { n: "\n", r: "\r", "0": "\0" };

/** Labels of `enum('a','it''s')` as information_schema prints them: quotes doubled, backslashes and line ends escaped. */
function labelsOf(columnType: string): readonly string[] {
  return [...columnType.matchAll(LABEL)].map(([, label = ""]) =>
    label.replace(ESCAPED, (_, escaped?: string) => (escaped === undefined ? "'" : (CONTROLS[escaped] ?? escaped))),
  );
}

/** Ways of storing that the binlog does not describe, as MariaDB marks them, and what undoes each. */
const STORED_OTHERWISE: readonly (readonly [mark: RegExp, what: string, fix: string])[] = [
  [
    /\/\*M?!?\d* ?COMPRESSED\b/i,
    "which the binlog carries compressed",
    "or take the attribute off (ALTER TABLE ... MODIFY without COMPRESSED)",
  ],
  [
    /\/\* mariadb-5\.3 \*\//i,
    "which is stored in the form of MariaDB 5.3, and the binlog does not say so",
    "or rebuild the table (SET GLOBAL mysql56_temporal_format = ON; ALTER TABLE ... FORCE)",
  ],
];

const storedOtherwise = ({ columnType }: MysqlColumn) =>
  STORED_OTHERWISE.find(([mark]) => mark.test(columnType.replace(LABEL, "")));

/**
 * Why a column cannot be captured, and what to do; a part of a sentence.
 * @returns null when it can
 */
export function refusalOf(column: MysqlColumn): { readonly why: string; readonly fix: string } | null {
  if (columnTypeOf(column) !== null) return null;
  const [, what, fix] = storedOtherwise(column) ?? [];
  if (what !== undefined && fix !== undefined) return { why: `${column.columnType}, ${what}`, fix };
  return {
    why: `${column.columnType}, a type that cannot be captured`,
    fix: "or convert it at the source into text or binary",
  };
}

/**
 * The pivot type of a MySQL or MariaDB column (docs/TYPES.md).
 * @returns null for a type that cannot be held exactly: refused at preflight, never treated as text
 */
export function columnTypeOf(column: MysqlColumn): PlainType | null {
  const { dataType, length, precision, scale, fsp } = column;
  if (storedOtherwise(column) !== undefined) return null;
  if (isInteger(dataType)) {
    return { kind: "int", bits: INTEGER_BITS[dataType], unsigned: / unsigned/.test(column.columnType) };
  }
  switch (dataType) {
    case "decimal":
      return { kind: "decimal", precision: precision ?? 10, scale: scale ?? 0 };
    case "float":
      return { kind: "float", bits: 32 };
    case "double":
      return { kind: "float", bits: 64 };
    case "date":
    case "year":
    case "json":
      return { kind: dataType };
    case "datetime":
    case "timestamp":
    case "time":
      return { kind: dataType, fsp: fsp ?? 0 };
    case "char":
    case "varchar":
    case "tinytext":
    case "text":
    case "mediumtext":
    case "longtext":
      return { kind: "string", length: length ?? 0 };
    case "enum":
    case "set":
      return { kind: dataType, labels: labelsOf(column.columnType) };
    case "bit":
      return { kind: "bit", length: precision ?? 1 };
    case "binary":
    case "varbinary":
    case "tinyblob":
    case "blob":
    case "mediumblob":
    case "longblob":
      return { kind: "bytes", length: length ?? 0, fixed: dataType === "binary" };
    default:
      return null;
  }
}

/** @returns whether every value of `actual` can be held by a column defined as `defined`, with the same text. */
export function holds(defined: ColumnType, actual: PlainType): boolean {
  switch (defined.kind) {
    case "pseudonym":
      return holds(defined.of, actual);
    case "int":
      if (actual.kind !== "int") return false;
      if (actual.unsigned === defined.unsigned) return actual.bits <= defined.bits;
      return actual.unsigned && actual.bits < defined.bits;
    case "decimal":
      return actual.kind === "decimal" && actual.scale === defined.scale && actual.precision <= defined.precision;
    case "float":
      return actual.kind === "float" && actual.bits === defined.bits;
    case "datetime":
    case "timestamp":
    case "time":
      return actual.kind === defined.kind && actual.fsp <= defined.fsp;
    case "string":
      return actual.kind === "string" && actual.length <= defined.length;
    case "enum":
    case "set":
      return actual.kind === defined.kind && actual.labels.every((label) => defined.labels.includes(label));
    case "bit":
      return actual.kind === "bit" && actual.length === defined.length;
    case "bytes":
      return actual.kind === "bytes" && actual.length <= defined.length && actual.fixed === defined.fixed;
    case "json":
      // MariaDB keeps JSON as longtext with a check.
      return actual.kind === "json" || actual.kind === "string";
    case "date":
    case "year":
      return actual.kind === defined.kind;
  }
}
