import { createHash } from "node:crypto";
import type { TableSpec, ViewSpec } from "./ddl.ts";
import { createTable, createView, tableComments, viewComments } from "./ddl.ts";
import { identifiers, literal, qualified } from "./quote.ts";

/** What was made, and how: tells what changed in ways that the catalogue does not show (keys, comments, queries). */
export const migrationTable: TableSpec = {
  name: "ops.migrations",
  comment: "How each table and view was last made.",
  columns: [
    { name: "object", type: { name: "VARCHAR", bytes: 127 }, notNull: true, comment: "`schema.name`." },
    { name: "layout", type: { name: "VARCHAR", bytes: 2000 }, notNull: true, comment: "Keys and distribution." },
    { name: "content", type: { name: "VARCHAR", bytes: 64 }, notNull: true, comment: "Hash of the whole definition." },
    { name: "migrated_at", type: { name: "TIMESTAMP" }, notNull: true, comment: "When, UTC." },
  ],
  primaryKey: ["object"],
  distribution: { style: "EVEN" },
  sortKey: [],
};

/** A row of `ops.migrations`. */
export interface Migrated {
  readonly object: string;
  readonly layout: string;
  readonly content: string;
}

export const readMigrations = (): string => `SELECT object, layout, content FROM ${qualified(migrationTable.name)}`;

/** Replaces an object's row. */
export function recordMigration({ object, layout, content }: Migrated): readonly string[] {
  const table = qualified(migrationTable.name);
  const names = identifiers(migrationTable.columns.map(({ name }) => name));
  return [
    `DELETE FROM ${table} WHERE object = ${literal(object)}`,
    `INSERT INTO ${table} (${names})\nVALUES (${[object, layout, content].map(literal).join(", ")}, SYSDATE)`,
  ];
}

/** How a table should be recorded. What `layout` says cannot be changed by adding. */
export function tableRecord(spec: TableSpec): Migrated {
  const { primaryKey, distribution, sortKey } = spec;
  const spread = "key" in distribution ? `distkey ${distribution.key}` : `diststyle ${distribution.style}`;
  const layout = `primary key (${primaryKey.join(", ")}), ${spread}, sortkey (${sortKey.join(", ")})`;
  return { object: spec.name, layout, content: hash([createTable(spec), ...tableComments(spec)]) };
}

export function viewRecord(spec: ViewSpec): Migrated {
  return { object: spec.name, layout: "view", content: hash([createView(spec), ...viewComments(spec)]) };
}

const hash = (texts: readonly string[]): string => createHash("sha256").update(texts.join(";")).digest("hex");
