import { openSession } from "../../lambdas/adapters/mysql/session.ts";
import type { MysqlTarget } from "../../lambdas/adapters/mysql/index.ts";
import { createConnection } from "mysql2/promise";
import { DATABASE, ORDERS_DDL, orderValues } from "./orders-table.ts";

const ROWS_A_STATEMENT = 2_000;
const CHANGES_A_TRANSACTION = 100;

/** An empty table. */
export async function makeTable(target: MysqlTarget): Promise<void> {
  const session = await openSession(target);
  await session.query(`DROP DATABASE IF EXISTS ${DATABASE}`);
  await session.query(`CREATE DATABASE ${DATABASE} CHARACTER SET utf8mb4`);
  await session.query(ORDERS_DDL);
  session.close();
}

/** Rows with ids from 1, in large statements. */
export async function fillRows(target: MysqlTarget, rows: number): Promise<void> {
  const session = await openSession(target);
  for (let id = 1; id <= rows; id += ROWS_A_STATEMENT) {
    const last = Math.min(rows, id + ROWS_A_STATEMENT - 1);
    const tuples: string[] = [];
    for (let i = id; i <= last; i += 1) tuples.push(`(${orderValues(i)})`);
    await session.query(`INSERT INTO ${DATABASE}.orders VALUES ${tuples.join(",")}`);
  }
  session.close();
}

/** Change `n`, counted from 0: four inserts, four updates of what was inserted, then two deletes, over and over. */
function changeStatement(n: number): string {
  const round = Math.floor(n / 10);
  const step = n % 10;
  const first = round * 4 + 1;
  if (step < 4) return `INSERT INTO ${DATABASE}.orders VALUES (${orderValues(first + step)})`;
  if (step < 8) {
    return `UPDATE ${DATABASE}.orders SET status='paid', amount=amount+1.5, updated_at='2024-12-31 00:00:00' WHERE id=${first + step - 4}`;
  }
  return `DELETE FROM ${DATABASE}.orders WHERE id=${first + step - 8}`;
}

/** Single-row changes in transactions of 100. */
export async function fillChanges(target: MysqlTarget, changes: number): Promise<void> {
  const { host, port, user, password } = target;
  const connection = await createConnection({ host, port, user, password, multipleStatements: true, timezone: "Z" });
  await connection.query("SET sql_mode='', time_zone='+00:00'");
  for (let n = 0; n < changes; n += CHANGES_A_TRANSACTION) {
    const statements = ["BEGIN"];
    for (let i = n; i < Math.min(changes, n + CHANGES_A_TRANSACTION); i += 1) statements.push(changeStatement(i));
    statements.push("COMMIT");
    await connection.query(statements.join(";"));
  }
  await connection.end();
}
