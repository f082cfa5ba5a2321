import * as fc from "fast-check";
import type { AnyTable } from "../../../schemas/model/table.ts";
import { customers } from "../../../schemas/sources/classicmodels/customers.ts";
import { employees } from "../../../schemas/sources/classicmodels/employees.ts";
import { offices } from "../../../schemas/sources/classicmodels/offices.ts";
import { orderdetails } from "../../../schemas/sources/classicmodels/orderdetails.ts";
import { orders } from "../../../schemas/sources/classicmodels/orders.ts";
import { payments } from "../../../schemas/sources/classicmodels/payments.ts";
import { productlines } from "../../../schemas/sources/classicmodels/productlines.ts";
import { products } from "../../../schemas/sources/classicmodels/products.ts";
import type { HistoryRow } from "./warehouse.ts";

type Row = HistoryRow["row"];

/** Small domains, so that random rows meet: keys that differ by a trailing blank only, NULLs, dangling references. */
const codes = fc.constantFrom("S1", "S1 ", "S2");
const lines = fc.constantFrom("Cars", "Cars ", "Planes");
const numbers = fc.integer({ min: 1, max: 3 });
const word = fc.constantFrom("a", "a ", "b");
const perhaps = <T>(values: fc.Arbitrary<T>): fc.Arbitrary<T | null> => fc.option(values, { freq: 4 });
const day = fc.integer({ min: 1, max: 6 }).map((n) => `2026-03-0${n}`);
const money = fc.constantFrom("1.00", "2.50", "99.99");

const rowsOf: readonly (readonly [AnyTable, fc.Arbitrary<Row>])[] = [
  [productlines, fc.record({ product_line: lines, text_description: perhaps(word) })],
  [
    products,
    fc.record({
      product_code: codes,
      product_name: word,
      product_line: lines,
      quantity_in_stock: numbers,
      buy_price: money,
    }),
  ],
  [offices, fc.record({ office_code: fc.constantFrom("1", "2"), city: word, country: word })],
  [
    employees,
    fc.record({
      employee_number: numbers,
      last_name: word,
      office_code: fc.constantFrom("1", "2"),
      reports_to: perhaps(numbers),
    }),
  ],
  [
    customers,
    fc.record({
      customer_number: numbers,
      customer_name: word,
      city: word,
      postal_code: perhaps(word),
      country: word,
      sales_rep_employee_number: perhaps(numbers),
    }),
  ],
  [
    orders,
    fc.record({
      order_number: numbers,
      order_date: perhaps(day),
      shipped_date: perhaps(day),
      status: word,
      customer_number: numbers,
    }),
  ],
  [
    orderdetails,
    fc.record({ order_number: numbers, product_code: codes, quantity_ordered: numbers, price_each: money }),
  ],
  [
    payments,
    fc.record({ customer_number: numbers, check_number: fc.constantFrom("X", "X "), payment_date: day, amount: money }),
  ],
];

const second = fc
  .record({ day: fc.integer({ min: 1, max: 6 }), second: fc.integer({ min: 0, max: 3 }) })
  .map((at) => `2026-03-0${at.day} 00:00:0${at.second}`);

/** Two anchors among the changes, so that snapshot rows come below, between and above them. */
const ANCHORS = [0, 20];

const versionText = (place: number, side: number): string =>
  `00001.0000000001.${String(place).padStart(16, "0")}.00000000.${side}`;

/** A row's history entry; its place among all is its version, its time is not in the order of versions. */
const entry: fc.Arbitrary<HistoryRow> = fc
  .record({
    source: fc.oneof(...rowsOf.map(([table, row]) => row.map((values) => ({ table, row: values })))),
    op: fc.constantFrom<HistoryRow["op"]>("r", "r", "c", "u", "u", "u", "d"),
    place: fc.integer({ min: 1, max: 40 }),
    anchor: fc.constantFrom(...ANCHORS),
    commitAt: second,
    capturedAt: second,
  })
  .map(({ source, op, place, anchor, commitAt, capturedAt }) => ({
    ...source,
    op,
    version: op === "r" ? versionText(anchor, 0) : versionText(place, op === "d" ? 0 : 1),
    commitAt,
    capturedAt,
  }));

/** What makes two entries the same: a table's key and the version. */
export function identityOf(item: HistoryRow): string {
  const key = item.table.key === "none" ? [] : item.table.key.map((name) => item.row[name]);
  return JSON.stringify([item.table.name, ...key, item.version]);
}

export const history = fc.uniqueArray(entry, { minLength: 5, maxLength: 60, selector: identityOf });

/** A history in any order, cut into loads, with a build after some of them. */
export const deliveries = history.chain((items) =>
  fc.record({
    items: fc.shuffledSubarray([...items], { minLength: items.length }),
    cuts: fc.array(fc.record({ size: fc.integer({ min: 1, max: 20 }), build: fc.boolean() }), { maxLength: 8 }),
  }),
);
