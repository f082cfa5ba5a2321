import { createHash } from "node:crypto";
import { describe, expect, it } from "@jest/globals";
import { columnNames } from "../../../localstack/demo/generator/ddl.ts";
import type { Cell, GeneratedRow, TableName } from "../../../localstack/demo/generator/rows.ts";
import { TABLES } from "../../../localstack/demo/generator/rows.ts";
import { generateShop } from "../../../localstack/demo/generator/shop.ts";
import { tables as definitions } from "../../../schemas/sources/index.ts";

const SMALL = { orders: 400, seed: 7 };

function shop(options = SMALL): Record<TableName, Record<string, Cell>[]> {
  const rows = Object.fromEntries(TABLES.map((table) => [table, []])) as unknown as ReturnType<typeof shop>;
  for (const { table, cells } of generateShop(options)) {
    rows[table].push(Object.fromEntries(columnNames(table).map((name, index) => [name, cells[index] ?? null])));
  }
  return rows;
}

const digest = (rows: Iterable<GeneratedRow>): string => {
  const hash = createHash("sha256");
  for (const row of rows) hash.update(JSON.stringify(row));
  return hash.digest("hex");
};

const keyOf: Record<TableName, readonly string[]> = {
  productlines: ["productLine"],
  products: ["productCode"],
  offices: ["officeCode"],
  employees: ["employeeNumber"],
  customers: ["customerNumber"],
  orders: ["orderNumber"],
  orderdetails: ["orderNumber", "productCode"],
  payments: ["customerNumber", "checkNumber"],
};

describe("generateShop", () => {
  const rows = shop();
  const texts = Object.values(rows).flatMap((list) => list.flatMap((row) => Object.values(row)));

  it("gives the same rows for the same seed and others for another", () => {
    expect(digest(generateShop(SMALL))).toBe(digest(generateShop(SMALL)));
    expect(digest(generateShop({ ...SMALL, seed: 8 }))).not.toBe(digest(generateShop(SMALL)));
  });

  it("has the columns that the definitions capture, in their order", () => {
    const classicmodels = definitions.filter((table) => table.area.name === "classicmodels");
    expect(classicmodels.map((table) => table.name).sort()).toEqual([...TABLES].sort());
    for (const table of classicmodels) {
      expect(columnNames(table.source as TableName)).toEqual(
        Object.values(table.columns).map((column) => column.source),
      );
    }
  });

  it("makes as many orders as asked, with lines and payments in proportion", () => {
    expect(rows.orders).toHaveLength(SMALL.orders);
    expect(rows.orderdetails.length / SMALL.orders).toBeGreaterThan(8);
    expect(rows.orderdetails.length / SMALL.orders).toBeLessThan(11);
    expect(rows.payments.length).toBeGreaterThan(SMALL.orders * 0.7);
  });

  it.each(TABLES)("repeats no key in %s", (table) => {
    // Keys compare without case and trailing blanks under MySQL's usual collations.
    const keys = rows[table].map((row) =>
      keyOf[table].map((name) => String(row[name]).trimEnd().toLowerCase()).join("|"),
    );
    expect(new Set(keys).size).toBe(keys.length);
  });

  it("refers only to rows that come earlier", () => {
    const seen = new Set<string>();
    const remember = (table: string, key: Cell | undefined) => seen.add(`${table} ${String(key)}`);
    const must = (table: string, key: Cell | undefined) => {
      if (key !== null) expect(seen).toContain(`${table} ${String(key)}`);
    };
    for (const { table, cells } of generateShop({ orders: 50, seed: 3 })) {
      if (table === "products") must("productlines", cells[2]);
      if (table === "employees") {
        must("offices", cells[5]);
        must("employees", cells[6]);
      }
      if (table === "customers") must("employees", cells[11]);
      if (table === "orders") must("customers", cells[6]);
      if (table === "orderdetails") {
        must("orders", cells[0]);
        must("products", cells[1]);
      }
      if (table === "payments") must("customers", cells[0]);
      remember(table, cells[0]);
    }
  });

  it("has the oddities of the real data", () => {
    const { customers, orders, orderdetails, products } = rows;
    const placesOf = new Map<Cell, Set<Cell>>();
    for (const { postalCode, city } of customers) {
      placesOf.set(postalCode ?? null, (placesOf.get(postalCode ?? null) ?? new Set()).add(city ?? null));
    }
    expect([...placesOf].filter(([code, cities]) => code !== null && cities.size > 1).length).toBeGreaterThanOrEqual(2);
    expect(customers.some(({ postalCode }) => postalCode === null)).toBe(true);
    expect(customers.some(({ state }) => state === null)).toBe(true);
    expect(customers.some(({ salesRepEmployeeNumber }) => salesRepEmployeeNumber === null)).toBe(true);
    const buyers = new Set(orders.map(({ customerNumber }) => customerNumber));
    expect(customers.filter(({ customerNumber }) => !buyers.has(customerNumber)).length).toBeGreaterThan(10);
    const sold = new Set(orderdetails.map(({ productCode }) => productCode));
    expect(products.filter(({ productCode }) => !sold.has(productCode)).length).toBeGreaterThan(0);
    const dates = orders.map(({ orderDate }) => String(orderDate));
    expect(dates.some((date, index) => index > 0 && date < (dates[index - 1] ?? ""))).toBe(true);
    expect(orders.some(({ shippedDate }) => shippedDate === null)).toBe(true);
  });

  it.each([
    ["other scripts", /[Α-ω一-龥]/u],
    ["characters beyond the basic plane", /[\u{1F000}-\u{1FFFF}]/u],
    ["blanks at the end", / $/],
    ["blanks at the start", /^ /],
    ["line ends", /\r\n/],
    ["quotes", /"/],
    ["apostrophes", /'/],
    ["backslashes", /\\/],
    ["what looks like NULL", /^\\N$/],
    ["nothing", /^$/],
  ])("has text with %s", (_what, pattern) => {
    expect(texts.some((text) => typeof text === "string" && pattern.test(text))).toBe(true);
  });

  it("has binary with zero bytes at its end", () => {
    expect(texts.some((value) => Buffer.isBuffer(value) && value.at(-1) === 0)).toBe(true);
  });
});
