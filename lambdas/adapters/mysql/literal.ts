import type { KeyValue } from "../../core/capture-ports.ts";
import type { SourceColumn } from "../../core/capture-ports.ts";

const NUMERIC = new Set([
  "tinyint",
  "smallint",
  "mediumint",
  "int",
  "bigint",
  "decimal",
  "float",
  "double",
  "year",
  "bit",
]);
const NUMBER = /^-?\d+(\.\d+)?([eE][+-]?\d+)?$/;

/** A name of the source as SQL, whatever characters it has. */
export const quoteName = (name: string): string => `\`${name.replaceAll("`", "``")}\``;

/** A text as SQL, for sessions with backslash escapes (sql_mode ''). */
export const quoteText = (text: string): string =>
  `'${text.replace(/[\\']/g, (c) => `\\${c}`).replaceAll("\0", "\\0")}'`;

/** A key's value as SQL that compares with the column by the column's own type and collation, so that indexes are used. */
export function literal(value: KeyValue, column: Pick<SourceColumn, "dataType" | "charset">): string {
  if (Buffer.isBuffer(value)) {
    if (value.length === 0) return "''";
    // Bytes of a text column are in its character set.
    return `${column.charset === null ? "" : `_${column.charset} `}x'${value.toString("hex")}'`;
  }
  const text = String(value);
  return NUMERIC.has(column.dataType) && NUMBER.test(text) ? text : quoteText(text);
}
