import type { Cursor } from "../cursor.ts";
import { RefusedByRedshiftError, UnsupportedSqlError } from "../errors.ts";
import { expression } from "../expression.ts";
import { quoteIdentifier } from "../identifiers.ts";
import { columnNames } from "../query.ts";
import { parseType, type SqlType } from "../types.ts";
import { readEncoding, type TableAttributes } from "./table-attributes.ts";

export interface ColumnDefinition {
  readonly name: string;
  readonly type: SqlType;
  readonly notNull: boolean;
  /** Translated, or null. */
  readonly defaultValue: string | null;
  readonly identity: { readonly seed: number; readonly step: number; readonly always: boolean } | null;
}

/** Reads one column with its attributes and constraints; keys and encodings go to `attributes`. */
export function columnDefinition(c: Cursor, attributes: TableAttributes): ColumnDefinition {
  const name = c.identifier();
  const type = parseType(c);
  let notNull = false;
  let defaultValue: string | null = null;
  let identity: ColumnDefinition["identity"] = null;
  for (;;) {
    if (c.accept("not", "null")) notNull = true;
    else if (c.accept("default")) defaultValue = expression(c);
    else if (c.accept("identity")) identity = { ...seedAndStep(c), always: true };
    else if (c.accept("generated", "by", "default", "as", "identity")) identity = { ...seedAndStep(c), always: false };
    else if (c.accept("encode")) attributes.encodings[name] = readEncoding(c, name, type.name);
    else if (c.accept("distkey")) Object.assign(attributes, { distkey: name, diststyle: "KEY" });
    else if (c.accept("sortkey")) Object.assign(attributes, { sortkeys: [name], sortstyle: "COMPOUND" });
    else if (c.accept("primary", "key")) attributes.primaryKey = [name];
    else if (!unenforced(c)) break;
  }
  return { name, type, notNull: notNull || identity !== null, defaultValue, identity };
}

/** NULL, UNIQUE and REFERENCES: accepted and not enforced, as in Redshift. @returns whether one stood here */
function unenforced(c: Cursor): boolean {
  if (c.accept("null") || c.accept("unique")) return true;
  if (c.accept("references")) {
    c.objectName();
    if (c.atOperator("(")) columnNames(c);
    return true;
  }
  if (c.at("check")) throw new RefusedByRedshiftError("CHECK constraints are not supported by Redshift");
  if (c.at("collate")) throw new UnsupportedSqlError("COLLATE of a column");
  return false;
}

function seedAndStep(c: Cursor): { seed: number; step: number } {
  return c.parenthesised(() => {
    const seed = c.integer();
    c.expectOperator(",");
    return { seed, step: c.integer() };
  });
}

/** [CONSTRAINT name] PRIMARY KEY | UNIQUE | FOREIGN KEY. @returns whether a table constraint stood here */
export function tableConstraint(c: Cursor, attributes: TableAttributes): boolean {
  if (c.at("check")) throw new RefusedByRedshiftError("CHECK constraints are not supported by Redshift");
  if (c.accept("constraint")) c.identifier();
  if (c.accept("primary", "key")) attributes.primaryKey = columnNames(c);
  else if (c.accept("unique")) columnNames(c);
  else if (c.accept("foreign", "key")) {
    columnNames(c);
    if (!c.at("references")) throw c.unexpected("REFERENCES");
    unenforced(c);
  } else return false;
  return true;
}

/** The column for PostgreSQL, without the check of its bytes. Identities may leave gaps, so they are drawn in bulk. */
export function columnSql(column: ColumnDefinition, primaryKey: readonly string[]): string {
  const parts = [quoteIdentifier(column.name), column.type.postgres];
  if (column.identity !== null) {
    const { seed, step, always } = column.identity;
    parts.push(
      `GENERATED ${always ? "ALWAYS" : "BY DEFAULT"} AS IDENTITY (START WITH ${seed} MINVALUE ${seed} INCREMENT BY ${step} CACHE 1000)`,
    );
  }
  if (column.defaultValue !== null) parts.push(`DEFAULT ${column.defaultValue}`);
  if (column.notNull || primaryKey.includes(column.name)) parts.push("NOT NULL");
  return parts.join(" ");
}

/** Name of the check that holds a column to its bytes. */
export const bytesCheckName = (column: string): string => `bytes of ${column}`.slice(0, 63);

/** VARCHAR(n) counts bytes: PostgreSQL's own limit counts characters, so this check stands beside it. */
export function bytesCheck(column: string, type: SqlType): string | null {
  if (type.bytes === null) return null;
  return `CONSTRAINT ${quoteIdentifier(bytesCheckName(column))} CHECK (octet_length(${quoteIdentifier(column)}) <= ${type.bytes})`;
}
