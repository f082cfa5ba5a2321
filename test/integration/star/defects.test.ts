import { readFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "@jest/globals";
import { customers } from "../../../schemas/sources/classicmodels/customers.ts";
import { orderdetails } from "../../../schemas/sources/classicmodels/orderdetails.ts";
import { orders } from "../../../schemas/sources/classicmodels/orders.ts";
import { products } from "../../../schemas/sources/classicmodels/products.ts";
import { change, snapshotOf, versionAt } from "../../support/star/classicmodels.ts";
import { DATA, dumpNote, hasDump, readDump } from "../../support/star/dump.ts";
import type { DumpRow } from "../../support/star/dump.ts";
import { startPostgres } from "../../support/star/postgres.ts";
import type { TestPostgres } from "../../support/star/postgres.ts";
import { TestWarehouse } from "../../support/star/warehouse.ts";

const suite = hasDump ? describe : describe.skip;

/** What an earlier pipeline over the same data got wrong; each test fails when its defect is put back. */
suite(`the classic defects of a star over this data${dumpNote}`, () => {
  let postgres: TestPostgres;
  let warehouse: TestWarehouse;
  const dump = hasDump ? readDump() : new Map<string, readonly DumpRow[]>();
  const rowOf = (table: string, key: string, value: string): DumpRow =>
    dump.get(table)?.find((row) => row[key] === value) ?? {};
  beforeAll(async () => {
    postgres = await startPostgres();
    warehouse = new TestWarehouse(postgres.client);
    await warehouse.create();
    await warehouse.load(snapshotOf(dump));
    await warehouse.build();
  }, 120_000);
  afterAll(async () => postgres.stop());

  const one = async (sql: string): Promise<unknown> => (await warehouse.rows<object>(sql))[0];
  const sales = (from: string): Promise<unknown> =>
    one(`SELECT COUNT(*)::int AS rows, SUM(f.gross_amount) AS revenue FROM mart.fact_sales f ${from}`);

  it("1: a place is more than its postal code", async () => {
    const { seed2WrongJoin, sales: right } = JSON.parse(readFileSync(join(DATA, "oracle.json"), "utf8")) as {
      seed2WrongJoin: { rows: number; revenue: string };
      sales: { lines: number; revenue: string };
    };
    const byKey = "JOIN mart.dim_location l ON l.location_key = f.location_key AND l.location_key <> -1";
    expect(await sales(byKey)).toEqual({ rows: right.lines, revenue: right.revenue });
    // The defect itself, over the same rows: this is what the test would see.
    const byPostalCode = `JOIN mart.dim_customer c USING (customer_key) JOIN mart.dim_location l ON l.postal_code = c.postal_code`;
    expect(await sales(byPostalCode)).toEqual({ rows: seed2WrongJoin.rows, revenue: seed2WrongJoin.revenue });
    const places =
      "SELECT COUNT(*)::int AS n, COUNT(DISTINCT (city, state, postal_code, country))::int AS places FROM mart.dim_location WHERE location_key > 0";
    expect(await one(places)).toEqual({ n: 105, places: 105 });
  });

  it("2: no column is lost on the way", async () => {
    expect(
      await one("SELECT COUNT(employee_number)::int AS a, COUNT(office_city)::int AS b FROM mart.dim_employee"),
    ).toEqual({ a: 23, b: 23 });
    expect(
      await one(
        "SELECT COUNT(product_line)::int AS a, COUNT(product_line_description)::int AS b FROM mart.dim_product",
      ),
    ).toEqual({ a: 110, b: 110 });
    expect(
      await sales(
        "JOIN mart.dim_date d ON d.date_key = f.order_date_key WHERE d.date IS NOT NULL AND f.employee_key > 0",
      ),
    ).toMatchObject({ rows: 2996 });
    // A column that is NULL in every row was never delivered.
    for (const name of ["product", "customer", "employee", "location"]) {
      const [row] = await warehouse.rows<Record<string, string>>(
        `SELECT ${(await warehouse.columns(`mart.dim_${name}`)).map((column) => `COUNT(${column}) AS ${column}`).join(", ")} FROM mart.dim_${name}`,
      );
      expect(Object.entries(row ?? {}).filter(([, count]) => count === "0")).toEqual([]);
    }
  });

  it("3: surrogate keys stay when places come and when everything is built again", async () => {
    const keys = (): Promise<unknown> =>
      warehouse.rows("SELECT order_number, product_code, location_key FROM mart.fact_sales ORDER BY 1, 2");
    const before = await keys();
    // Would be the first row in any order of names.
    const row = {
      ...rowOf("customers", "customer_number", "103"),
      customer_number: "1",
      city: "A",
      country: "A",
      postal_code: "0",
    };
    await warehouse.load([change(customers, "c", 100, "2026-02-01 00:00:00", row)]);
    await warehouse.build();
    expect(await one("SELECT location_key::int AS key FROM mart.dim_location WHERE city = 'A'")).toEqual({ key: 106 });
    await warehouse.build(true);
    expect(await keys()).toEqual(before);

    const opened = () => one("SELECT MIN(customer_key)::int AS key FROM mart.dim_customer WHERE customer_number = 1");
    const first = await opened();
    await warehouse.load([change(customers, "u", 150, "2026-02-02 00:00:00", { ...row, city: "B" })]);
    await warehouse.build();
    expect(await one("SELECT COUNT(*)::int AS rows FROM mart.dim_customer WHERE customer_number = 1")).toEqual({
      rows: 2,
    });
    expect(await opened()).toEqual(first);
  });

  it("4: reading all again neither doubles members nor loses their history", async () => {
    const bought = rowOf("products", "product_code", "S10_1678");
    await warehouse.load([change(products, "u", 110, "2026-02-02 00:00:00", { ...bought, buy_price: "50.00" })]);
    await warehouse.build();
    const counts = (): Promise<unknown> =>
      warehouse.rows(
        ["dim_product", "dim_customer", "dim_employee", "dim_location", "fact_sales", "fact_order", "fact_payment"]
          .map((name) => `SELECT '${name}' AS name, COUNT(*)::int AS n FROM mart.${name}`)
          .join(" UNION ALL "),
      );
    const before = await counts();
    // The same records once more, and a resync: a new anchor, and what is there by then.
    await warehouse.load(snapshotOf(dump));
    const reread = snapshotOf(dump).map((item) => ({
      ...item,
      version: versionAt(200, 0),
      commitAt: "2026-02-03 00:00:00",
      capturedAt: "2026-02-03 00:00:05",
      row:
        item.row["product_code"] === "S10_1678" && item.table === products
          ? { ...item.row, buy_price: "50.00" }
          : item.row,
    }));
    await warehouse.load(reread);
    await warehouse.build();
    expect(await counts()).toEqual(before);
    expect(
      await warehouse.rows(
        "SELECT buy_price, is_current FROM mart.dim_product WHERE product_code = 'S10_1678' ORDER BY valid_from",
      ),
    ).toEqual([
      { buy_price: "48.81", is_current: false },
      { buy_price: "50.00", is_current: true },
    ]);
  });

  it("5: changes below the greatest id arrive, without any new order", async () => {
    const order = rowOf("orders", "order_number", "10100");
    const lines = (dump.get("orderdetails") ?? []).filter((row) => row["order_number"] === "10100");
    const [first = {}, second = {}] = lines;
    const state = (): Promise<unknown> =>
      one("SELECT status, lines::int AS lines FROM mart.fact_order WHERE order_number = 10100");
    expect(await state()).toEqual({ status: "Shipped", lines: 4 });
    await warehouse.load([
      change(orders, "u", 300, "2026-02-04 00:00:00", { ...order, status: "Resolved" }),
      change(orderdetails, "c", 301, "2026-02-04 00:00:00", { ...first, product_code: "S10_1678" }),
      change(orderdetails, "d", 302, "2026-02-04 00:00:00", second),
      change(orderdetails, "d", 303, "2026-02-04 00:00:00", first),
    ]);
    await warehouse.build();
    expect(await state()).toEqual({ status: "Resolved", lines: 3 });
    expect(
      await one("SELECT COUNT(*)::int AS n, MIN(status) AS status FROM mart.fact_sales WHERE order_number = 10100"),
    ).toEqual({ n: 3, status: "Resolved" });
    const customer = rowOf("customers", "customer_number", "103");
    await warehouse.load([change(customers, "u", 304, "2026-02-05 00:00:00", { ...customer, city: "Brest" })]);
    await warehouse.build();
    expect(await one("SELECT city FROM mart.dim_customer WHERE customer_number = 103 AND is_current")).toEqual({
      city: "Brest",
    });
  });
});
