import type { Connection } from "mysql2/promise";
import type { Random } from "../generator/random.ts";
import { rowsOf } from "../source/connection.ts";

/** What a change works with: a connection inside a transaction, in the shop's database. */
export interface ChangeContext {
  readonly random: Random;
  /** Rows of a SELECT. */
  readonly rows: <T>(sql: string, values?: readonly unknown[]) => Promise<T[]>;
  /** Executes; adds to the count of changed rows. */
  readonly run: (sql: string, values?: readonly unknown[]) => Promise<void>;
}

/** One thing that happens in a shop: the statements of one transaction. */
export type Change = (context: ChangeContext) => Promise<void>;

/** @returns a context that counts the rows its statements change */
export function changeContext(connection: Connection, random: Random): ChangeContext & { changed(): number } {
  let changed = 0;
  return {
    random,
    rows: (sql, values) => rowsOf(connection, sql, values),
    run: async (sql, values = []) => {
      const [result] = await connection.query(sql, [...values]);
      if ("affectedRows" in result) changed += result.affectedRows;
    },
    changed: () => changed,
  };
}

export interface OrderRow {
  readonly orderNumber: number;
  readonly orderDate: string;
  readonly customerNumber: number;
}

/** An order somewhere in the table, found by key: ORDER BY RAND() would read all of it. */
export async function someOrder({ random, rows }: ChangeContext): Promise<OrderRow | null> {
  const [range] = await rows<{ low: number | null; high: number | null }>(
    "SELECT MIN(orderNumber) AS low, MAX(orderNumber) AS high FROM orders",
  );
  if (range?.low == null || range.high === null) return null;
  const [order] = await rows<OrderRow>(
    "SELECT orderNumber, orderDate, customerNumber FROM orders WHERE orderNumber >= ? ORDER BY orderNumber LIMIT 1",
    [random.int(range.low, range.high)],
  );
  return order ?? null;
}

export interface ProductRow {
  readonly productCode: string;
  readonly MSRP: string;
}

/** Products that an order has no line of yet. */
export async function productsNotIn(
  { random, rows }: ChangeContext,
  order: number,
  count: number,
): Promise<ProductRow[]> {
  const found = await rows<ProductRow>(
    "SELECT productCode, MSRP FROM products WHERE productCode NOT IN (SELECT productCode FROM orderdetails WHERE orderNumber = ?)",
    [order],
  );
  return random.shuffled(found).slice(0, count);
}

export async function someCustomer({ random, rows }: ChangeContext): Promise<number | null> {
  const [range] = await rows<{ low: number | null; high: number | null }>(
    "SELECT MIN(customerNumber) AS low, MAX(customerNumber) AS high FROM customers",
  );
  if (range?.low == null || range.high === null) return null;
  const [customer] = await rows<{ customerNumber: number }>(
    "SELECT customerNumber FROM customers WHERE customerNumber >= ? ORDER BY customerNumber LIMIT 1",
    [random.int(range.low, range.high)],
  );
  return customer?.customerNumber ?? null;
}

/** Adds lines at the end of an order, below list price. */
export async function addLines(context: ChangeContext, order: number, count: number): Promise<void> {
  const { random, rows, run } = context;
  const [last] = await rows<{ line: number | null }>(
    "SELECT MAX(orderLineNumber) AS line FROM orderdetails WHERE orderNumber = ?",
    [order],
  );
  let line = last?.line ?? 0;
  for (const { productCode, MSRP } of await productsNotIn(context, order, count)) {
    await run("INSERT INTO orderdetails VALUES (?, ?, ?, ROUND(? * ?, 2), ?)", [
      order,
      productCode,
      random.int(6, 70),
      MSRP,
      random.int(80, 100) / 100,
      ++line,
    ]);
  }
}
