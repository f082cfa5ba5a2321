import type { Product } from "./catalogue.ts";
import type { Random } from "./random.ts";
import type { GeneratedRow } from "./rows.ts";
import { dateText, money } from "./rows.ts";
import { remarks } from "./words.ts";

/** Days between the first and the last order. */
const DAYS = 877;
const FIRST_ORDER = 10_100;
const MAX_LINES = 18;
const STATUSES = ["Cancelled", "On Hold", "Disputed", "Resolved"] as const;

/** Orders with their lines and payments, one after another: memory does not grow with their number. */
export function* generateOrders(
  random: Random,
  orders: number,
  buyers: readonly number[],
  products: readonly Product[],
): Generator<GeneratedRow> {
  for (let i = 0; i < orders; i++) {
    const number = FIRST_ORDER + i;
    const customer = random.pick(buyers);
    // One in fifty is entered late, so order numbers are not in the order of dates.
    const day = Math.max(0, Math.floor((i * DAYS) / orders) - (random.chance(0.02) ? random.int(1, 9) : 0));
    yield orderRow(random, number, customer, day, i >= orders * 0.98);
    let total = 0;
    for (const line of lines(random, number, products)) {
      total += line.cents;
      yield line.row;
    }
    if (random.chance(0.85)) yield payment(random, number, customer, day, total);
  }
}

function orderRow(random: Random, number: number, customer: number, day: number, recent: boolean): GeneratedRow {
  const status = recent ? "In Process" : random.chance(0.06) ? random.pick(STATUSES) : "Shipped";
  const unshipped = status === "In Process" || status === "On Hold" || (status === "Cancelled" && random.chance(0.5));
  const comments = random.chance(0.25) ? random.pick(remarks) : null;
  return {
    table: "orders",
    cells: [
      number,
      dateText(day),
      dateText(day + random.int(6, 12)),
      unshipped ? null : dateText(day + random.int(1, 7)),
      status,
      comments,
      customer,
    ],
  };
}

function lines(random: Random, order: number, products: readonly Product[]): { row: GeneratedRow; cents: number }[] {
  const count = random.int(1, MAX_LINES);
  const chosen = new Set<Product>();
  while (chosen.size < count) chosen.add(random.pick(products));
  return [...chosen].map((product, index) => {
    const quantity = random.int(6, 70);
    const price = Math.round((product.listPrice * random.int(80, 100)) / 100);
    return {
      row: { table: "orderdetails", cells: [order, product.code, quantity, money(price), index + 1] },
      cents: quantity * price,
    };
  });
}

/** Most payments are an order's total; some customers pay another amount, as in life. */
function payment(random: Random, order: number, customer: number, day: number, total: number): GeneratedRow {
  const letters = String.fromCharCode(random.int(65, 90), random.int(65, 90));
  const amount = random.chance(0.05) ? Math.max(1, total - random.int(1, 5_000)) : total;
  return {
    table: "payments",
    cells: [customer, `${letters}${order}`, dateText(day + random.int(1, 30)), money(amount)],
  };
}
