import type { Connection } from "mysql2/promise";
import { columnNames, createTable } from "../generator/ddl.ts";
import type { Cell, GeneratedRow, TableName } from "../generator/rows.ts";
import { TABLES } from "../generator/rows.ts";

/** Rows of one INSERT, and inserts of one transaction: large enough that the round trips do not count. */
const ROWS_PER_INSERT = 500;
const ROWS_PER_TRANSACTION = 20_000;

export interface FillOptions {
  readonly database: string;
  readonly rows: Iterable<GeneratedRow>;
  /** Told now and then how many rows are in. */
  readonly onProgress: (rows: number) => void;
  readonly signal?: AbortSignal;
}

/** Creates the database and its tables and writes the rows as they are generated: memory stays flat. @returns rows written */
export async function fillSource(connection: Connection, options: FillOptions): Promise<number> {
  await connection.query(`CREATE DATABASE IF NOT EXISTS ${options.database} CHARACTER SET utf8mb4`);
  await connection.query(`USE ${options.database}`);
  for (const table of TABLES) await connection.query(createTable(table));

  let written = 0;
  let committed = 0;
  const waiting = new Map<TableName, (readonly Cell[])[]>(TABLES.map((table) => [table, []]));
  /** Parents first: TABLES is in the order of the foreign keys, and rows arrive parents before children. */
  const flush = async () => {
    for (const [table, cells] of waiting) {
      if (cells.length === 0) continue;
      await connection.query(`INSERT INTO ${table} (${columnNames(table).join(", ")}) VALUES ?`, [cells]);
      written += cells.length;
      waiting.set(table, []);
    }
    if (written - committed >= ROWS_PER_TRANSACTION) {
      await connection.query("COMMIT");
      await connection.query("START TRANSACTION");
      committed = written;
    }
    options.onProgress(written);
  };

  await connection.query("START TRANSACTION");
  for (const { table, cells } of options.rows) {
    const list = waiting.get(table) ?? [];
    list.push(cells);
    if (list.length >= ROWS_PER_INSERT) {
      options.signal?.throwIfAborted();
      await flush();
    }
  }
  await flush();
  await connection.query("COMMIT");
  return written;
}
