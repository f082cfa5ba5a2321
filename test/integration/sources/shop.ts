import { connectSource } from "../../../lambdas/adapters/mysql/index.ts";
import type { LogPlace } from "../../../lambdas/core/capture-ports.ts";
import * as c from "../../../schemas/model/column.ts";
import { defineTable } from "../../../schemas/model/table.ts";
import type { AnyTable } from "../../../schemas/model/table.ts";
import type { Server } from "./pairs.ts";

export const DATABASE = "millrace_sources";
const area = { name: "lab", database: DATABASE };
const common = { area, comment: "", partitions: 1 };

export const items = defineTable({
  ...common,
  name: "items",
  columns: { id: c.column("id", c.int()), name: c.nullable("name", c.varchar(40)) },
  key: ["id"],
});
const tags = defineTable({
  ...common,
  name: "tags",
  columns: { tag: c.column("tag", c.varchar(20)), n: c.nullable("n", c.int()) },
  key: ["tag"],
});
export const TABLES: readonly AnyTable[] = [items, tags];

export const run = async (server: Server, ...statements: readonly string[]): Promise<void> => {
  for (const statement of statements) await server.admin.query(statement);
};

export const insert = (from: number, count: number, name: string): string =>
  `INSERT INTO ${DATABASE}.items VALUES ${Array.from({ length: count }, (_, i) => `(${from + i}, '${name}')`).join(",")}`;

/** 300 items and two tags. */
export const fill = (server: Server): Promise<void> =>
  run(
    server,
    `CREATE DATABASE ${DATABASE} CHARACTER SET utf8mb4`,
    `CREATE TABLE ${DATABASE}.items (id INT PRIMARY KEY, name VARCHAR(40))`,
    `CREATE TABLE ${DATABASE}.tags (tag VARCHAR(20) PRIMARY KEY, n INT)`,
    insert(1, 300, "copied"),
    `INSERT INTO ${DATABASE}.tags VALUES ('a', 1), ('b', 2)`,
  );

/** Where the server's log ends now. */
export async function endOf(server: Server): Promise<LogPlace> {
  const source = await connectSource(server.target);
  try {
    return await source.currentPlace();
  } finally {
    await source.close();
  }
}

/** Rows as the server shows them, in the form of Pipeline.mirror. */
export async function sourceRows(server: Server, table: AnyTable): Promise<readonly string[]> {
  const names = Object.values(table.columns).map(({ source }) => source);
  const rows = await server.admin.query(`SELECT ${names.join(", ")} FROM ${DATABASE}.${table.source}`);
  return rows.map((row) => JSON.stringify(names.map((name) => row[name] ?? null))).sort();
}
