import { columnType, encodeOf } from "./columns.ts";
import type { ColumnSpec } from "./columns.ts";
import { identifier, identifiers, literal, qualified } from "./quote.ts";

/** A warehouse table as the migrator makes it. */
export interface TableSpec {
  /** `schema.table`. */
  readonly name: string;
  readonly comment: string;
  readonly columns: readonly ColumnSpec[];
  /** Told to the planner and to MERGE; Redshift does not enforce it. Empty: none. */
  readonly primaryKey: readonly string[];
  readonly distribution: { readonly style: "ALL" | "EVEN" } | { readonly key: string };
  readonly sortKey: readonly string[];
}

/** A view as the migrator makes it; it is made again whenever its columns or its query change. */
export interface ViewSpec {
  readonly name: string;
  readonly comment: string;
  readonly query: string;
  readonly columns: readonly Pick<ColumnSpec, "name" | "comment">[];
}

/** `name TYPE ENCODE x NOT NULL`. The first sort column stays RAW: compressed, its blocks are skipped less precisely. */
export function columnDefinition(spec: ColumnSpec, sortKey: readonly string[] = []): string {
  const encode = spec.name === sortKey[0] ? "RAW" : encodeOf(spec);
  const standard = spec.default === undefined ? "" : ` DEFAULT ${spec.default}`;
  return `${identifier(spec.name)} ${columnType(spec)}${standard} ENCODE ${encode}${spec.notNull ? " NOT NULL" : ""}`;
}

/** CREATE TABLE IF NOT EXISTS with keys and encodings. */
export function createTable(spec: TableSpec): string {
  const lines = spec.columns.map((column) => columnDefinition(column, spec.sortKey));
  if (spec.primaryKey.length > 0) lines.push(`PRIMARY KEY (${identifiers(spec.primaryKey)})`);
  const { distribution, sortKey } = spec;
  const where =
    "key" in distribution
      ? `DISTSTYLE KEY DISTKEY (${identifier(distribution.key)})`
      : `DISTSTYLE ${distribution.style}`;
  const sort = sortKey.length === 0 ? "" : `\nCOMPOUND SORTKEY (${identifiers(sortKey)})`;
  return `CREATE TABLE IF NOT EXISTS ${qualified(spec.name)} (\n  ${lines.join(",\n  ")}\n)\n${where}${sort}`;
}

/** ALTER TABLE ADD COLUMN; one column a statement is all that Redshift takes. Never NOT NULL: older rows have none. */
export function addColumn(table: string, spec: ColumnSpec): string {
  return `ALTER TABLE ${qualified(table)} ADD COLUMN ${columnDefinition({ ...spec, notNull: false })}`;
}

/** ALTER COLUMN TYPE; cannot run inside a transaction. */
export function widenColumn(table: string, column: string, bytes: number): string {
  return `ALTER TABLE ${qualified(table)} ALTER COLUMN ${identifier(column)} TYPE VARCHAR(${bytes})`;
}

export const createView = (view: ViewSpec): string => `CREATE VIEW ${qualified(view.name)} AS\n${view.query}`;
export const dropView = (view: Pick<ViewSpec, "name">): string => `DROP VIEW IF EXISTS ${qualified(view.name)}`;
export const createSchema = (name: string): string => `CREATE SCHEMA IF NOT EXISTS ${identifier(name)}`;

/** COMMENT ON the table and on each column that has one. */
export function tableComments(spec: TableSpec): readonly string[] {
  return comments("TABLE", spec);
}

/** COMMENT ON the view and on each column that has one. */
export function viewComments(spec: ViewSpec): readonly string[] {
  return comments("VIEW", spec);
}

export function columnComment(table: string, column: Pick<ColumnSpec, "name" | "comment">): string {
  return `COMMENT ON COLUMN ${qualified(table)}.${identifier(column.name)} IS ${literal(column.comment)}`;
}

function comments(kind: "TABLE" | "VIEW", spec: TableSpec | ViewSpec): readonly string[] {
  const described = spec.columns.filter((column) => column.comment !== "");
  return [
    `COMMENT ON ${kind} ${qualified(spec.name)} IS ${literal(spec.comment)}`,
    ...described.map((column) => columnComment(spec.name, column)),
  ];
}
