import { once } from "node:events";
import { createConnection } from "mysql2";
import pg from "pg";
import { to as copyTo } from "pg-copy-streams";
import type { AnyTable } from "../../../schemas/model/table.ts";
import { historyName, mirrorName } from "../../../schemas/naming.ts";
import { appliedFloors } from "../../../schemas/sql/floors.ts";
import type { SourceAccess } from "../source/connection.ts";
import type { CanonicalColumn } from "./canonical.ts";
import { canonicalColumn, sourceTable } from "./canonical.ts";

/** A row's values as text, in the order of the definition's columns. */
export type TextRow = readonly (string | null)[];

/** Canonical columns of a table, and which of them are its key: none for a table without one, whose rows have no order. */
export interface CanonicalTable {
  readonly table: AnyTable;
  readonly names: readonly string[];
  readonly columns: readonly CanonicalColumn[];
  readonly keyIndexes: readonly number[];
}

export function canonicalTable(table: AnyTable): CanonicalTable {
  const names = Object.keys(table.columns);
  return {
    table,
    names,
    columns: Object.entries(table.columns).map(([name, column]) => canonicalColumn(name, column)),
    keyIndexes: table.key === "none" ? [] : table.key.map((name) => names.indexOf(name)),
  };
}

function orderBy(of: CanonicalTable, side: "sourceOrder" | "warehouseOrder"): string {
  const columns = of.keyIndexes.flatMap((index) => of.columns[index]?.[side] ?? []);
  return columns.length === 0 ? "" : ` ORDER BY ${columns.join(", ")}`;
}

/** The rows that should be those of the source; without a key, all that were ever inserted. */
function liveRows(table: AnyTable): string {
  return table.key === "none"
    ? `${historyName(table)} WHERE _op IN ('r', 'c') AND ${aboveFloors(table)}`
    : `${mirrorName(table)} WHERE NOT _deleted`;
}

/** Rows of history since the last TRUNCATE. */
export const aboveFloors = (table: AnyTable): string =>
  `_version >= COALESCE((SELECT MAX(f.version)\n${appliedFloors(table)}), '')`;

/** Streams the source's rows in key order; reading slowly pauses the server. */
export async function* sourceRows(access: SourceAccess, of: CanonicalTable): AsyncGenerator<TextRow> {
  const { host, port, username: user, password } = access;
  const connection = createConnection({ host, port, user, password, charset: "utf8mb4", rowsAsArray: true });
  try {
    await connection.promise().query("SET SESSION time_zone = '+00:00'");
    const list = of.columns.map((column) => column.source).join(", ");
    const sql = `SELECT ${list} FROM ${sourceTable(of.table)}${orderBy(of, "sourceOrder")}`;
    for await (const row of connection.query(sql).stream({ highWaterMark: 512 })) yield row as TextRow;
  } finally {
    connection.destroy();
  }
}

/** Streams the mirror's live rows in key order, out of the storage under the Redshift stand-in. */
export async function* warehouseRows(url: string, of: CanonicalTable): AsyncGenerator<TextRow> {
  const client = new pg.Client({ connectionString: url });
  // A connection that breaks fails the stream as well; without a listener it would end the process.
  client.on("error", () => undefined);
  await client.connect();
  try {
    const list = of.columns.map((column) => column.warehouse).join(", ");
    const select = `SELECT ${list} FROM ${liveRows(of.table)}${orderBy(of, "warehouseOrder")}`;
    const stream = client.query(copyTo(`COPY (${select}) TO STDOUT (ENCODING 'UTF8')`));
    let rest = "";
    const decoder = new TextDecoder();
    for await (const chunk of stream) {
      const lines = (rest + decoder.decode(chunk as Buffer, { stream: true })).split("\n");
      rest = lines.pop() ?? "";
      for (const line of lines) yield line.split("\t").map(copyValue);
    }
  } finally {
    const ended = once(client, "end");
    void client.end();
    await ended;
  }
}

const ESCAPES: Readonly<Record<string, string>> = { b: "\b", f: "\f", n: "\n", r: "\r", t: "\t", v: "\v" };

/** One value of PostgreSQL's COPY text format. */
export function copyValue(text: string): string | null {
  if (text === "\\N") return null;
  return text.includes("\\") ? text.replace(/\\(.)/gs, (_all, letter: string) => ESCAPES[letter] ?? letter) : text;
}
