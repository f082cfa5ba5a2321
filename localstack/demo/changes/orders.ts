import { plainRemarks } from "../generator/words.ts";
import type { Change } from "./change.ts";
import { addLines, someCustomer, someOrder } from "./change.ts";

/** A new order with lines and, mostly, a payment. */
export const placeOrder: Change = async (context) => {
  const { random, rows, run } = context;
  const customer = await someCustomer(context);
  if (customer === null) return;
  const [next] = await rows<{ number: number; day: string }>(
    "SELECT COALESCE(MAX(orderNumber), 10000) + 1 AS number, COALESCE(MAX(orderDate), '2005-01-01') AS day FROM orders",
  );
  if (next === undefined) return;
  const { number, day } = next;
  const remark = random.chance(0.3) ? random.pick(plainRemarks) : null;
  await run("INSERT INTO orders VALUES (?, ?, DATE_ADD(?, INTERVAL 8 DAY), NULL, 'In Process', ?, ?)", [
    number,
    day,
    day,
    remark,
    customer,
  ]);
  await addLines(context, number, random.int(1, 5));
  if (random.chance(0.7)) {
    const sum =
      "SELECT ?, ?, ?, SUM(quantityOrdered * priceEach) FROM orderdetails WHERE orderNumber = ? HAVING COUNT(*) > 0";
    await run(`INSERT INTO payments ${sum}`, [customer, `LV${number}`, day, number]);
  }
};

/** Shipped, resolved or cancelled: the status moves, often with the day of shipping. */
export const moveStatus: Change = async (context) => {
  const order = await someOrder(context);
  if (order === null) return;
  const status = context.random.pick(["Shipped", "Resolved", "Cancelled", "On Hold", "Disputed"] as const);
  const shipped = status === "Shipped" ? "DATE_ADD(orderDate, INTERVAL 3 DAY)" : "shippedDate";
  await context.run(`UPDATE orders SET status = ?, shippedDate = ${shipped}, comments = ? WHERE orderNumber = ?`, [
    status,
    context.random.pick([...plainRemarks, null]),
    order.orderNumber,
  ]);
};

/** A line that is entered long after its order. */
export const addLateLine: Change = async (context) => {
  const order = await someOrder(context);
  if (order !== null) await addLines(context, order.orderNumber, 1);
};

/** Quantity and price of a line are put right. */
export const correctLine: Change = async (context) => {
  const order = await someOrder(context);
  if (order === null) return;
  await context.run(
    "UPDATE orderdetails SET quantityOrdered = quantityOrdered + ?, priceEach = priceEach + 0.01 WHERE orderNumber = ? ORDER BY productCode LIMIT 1",
    [context.random.int(1, 9), order.orderNumber],
  );
};

/** A line was booked on the wrong product: its key changes. */
export const exchangeProduct: Change = async (context) => {
  const order = await someOrder(context);
  if (order === null) return;
  const [line] = await context.rows<{ productCode: string }>(
    "SELECT productCode FROM orderdetails WHERE orderNumber = ? ORDER BY orderLineNumber LIMIT 1",
    [order.orderNumber],
  );
  const [other] = await context.rows<{ productCode: string }>(
    "SELECT productCode FROM products WHERE productCode NOT IN (SELECT productCode FROM orderdetails WHERE orderNumber = ?) LIMIT 1",
    [order.orderNumber],
  );
  if (line === undefined || other === undefined) return;
  await context.run("UPDATE orderdetails SET productCode = ? WHERE orderNumber = ? AND productCode = ?", [
    other.productCode,
    order.orderNumber,
    line.productCode,
  ]);
};

/** A line is taken off an order. */
export const removeLine: Change = async (context) => {
  const order = await someOrder(context);
  if (order === null) return;
  await context.run("DELETE FROM orderdetails WHERE orderNumber = ? ORDER BY orderLineNumber DESC LIMIT 1", [
    order.orderNumber,
  ]);
};

/** An order was a mistake: its lines go, then the order. */
export const removeOrder: Change = async (context) => {
  const order = await someOrder(context);
  if (order === null) return;
  await context.run("DELETE FROM orderdetails WHERE orderNumber = ?", [order.orderNumber]);
  await context.run("DELETE FROM orders WHERE orderNumber = ?", [order.orderNumber]);
};
