import { readFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "@jest/globals";
import { snapshotOf } from "../../support/star/classicmodels.ts";
import { DATA, dumpNote, hasDump } from "../../support/star/dump.ts";
import { startPostgres } from "../../support/star/postgres.ts";
import type { TestPostgres } from "../../support/star/postgres.ts";
import { TestWarehouse } from "../../support/star/warehouse.ts";

const suite = hasDump ? describe : describe.skip;

interface Oracle {
  readonly orderStatus: Readonly<Record<string, number>>;
  readonly sales: {
    lines: number;
    quantity: number;
    revenue: string;
    marginVsBuyPrice: string;
    aov: string;
    linesPerOrder: [number, number];
  };
  readonly payments: { count: number; amount: string };
  readonly revenueByYear: Readonly<Record<string, [number, string]>>;
  readonly revenueByProductLine: Readonly<Record<string, string>>;
  readonly revenueByCountryTop5: Readonly<Record<string, string>>;
  readonly revenueByOffice: Readonly<Record<string, string>>;
  readonly rows: Readonly<Record<string, number>>;
  readonly orderDate: readonly [string, string];
  readonly distinctOrderDates: number;
  readonly quirks: {
    distinctCustomerLocations: number;
    customersWithoutSalesRep: number;
    ordersWithNullShippedDate: number;
    ordersShippedLate: number;
    productsNeverSold: string[];
  };
}

suite(`Classic Models, initial copy: the figures of oracle.json${dumpNote}`, () => {
  let postgres: TestPostgres;
  let warehouse: TestWarehouse;
  let oracle: Oracle;
  beforeAll(async () => {
    oracle = JSON.parse(readFileSync(join(DATA, "oracle.json"), "utf8")) as Oracle;
    postgres = await startPostgres();
    warehouse = new TestWarehouse(postgres.client);
    await warehouse.create();
    await warehouse.load(snapshotOf());
    await warehouse.build();
  }, 120_000);
  afterAll(async () => postgres.stop());

  /** First column -> second, as an object. */
  const pairs = async (sql: string): Promise<Record<string, unknown>> => {
    const rows = await warehouse.rows<Record<string, unknown>>(sql);
    return Object.fromEntries(rows.map((row) => Object.values(row) as [string, unknown]));
  };
  const one = async (sql: string): Promise<unknown> => Object.values((await warehouse.rows<object>(sql))[0] ?? {})[0];

  it("has every line, unit and cent", async () => {
    const { sales } = oracle;
    const [row] = await warehouse.rows(
      `SELECT COUNT(*)::int AS lines, SUM(quantity)::int AS quantity, SUM(gross_amount) AS revenue,
         SUM(gross_amount - cost_amount) AS margin, ROUND(SUM(gross_amount) / COUNT(DISTINCT order_number), 2) AS aov
       FROM mart.fact_sales`,
    );
    expect(row).toEqual({
      lines: sales.lines,
      quantity: sales.quantity,
      revenue: sales.revenue,
      margin: sales.marginVsBuyPrice,
      aov: sales.aov,
    });
    expect(await one("SELECT SUM(quantity * unit_price) FROM mart.fact_sales")).toBe(sales.revenue);
    expect(await one("SELECT SUM(gross_amount) FROM mart.fact_order")).toBe(sales.revenue);
    expect(
      Object.values(
        (await warehouse.rows<object>("SELECT MIN(lines)::int AS a, MAX(lines)::int AS b FROM mart.fact_order"))[0] ??
          {},
      ),
    ).toEqual(sales.linesPerOrder);
  });

  it("has every payment", async () => {
    const [row] = await warehouse.rows("SELECT COUNT(*)::int AS count, SUM(amount) AS amount FROM mart.fact_payment");
    expect(row).toMatchObject({ count: oracle.payments.count, amount: oracle.payments.amount });
  });

  it("has every order with its status", async () => {
    expect(await pairs("SELECT status, COUNT(*)::int FROM mart.fact_order GROUP BY status")).toEqual(
      oracle.orderStatus,
    );
    expect(await pairs("SELECT status, orders::int FROM mart.kpi_orders_by_status")).toEqual(oracle.orderStatus);
    expect(await one("SELECT COUNT(*)::int FROM mart.fact_order WHERE shipped_date_key = -1")).toBe(
      oracle.quirks.ordersWithNullShippedDate,
    );
    expect(await one("SELECT COUNT(*)::int FROM mart.fact_order WHERE late_days > 0")).toBe(
      oracle.quirks.ordersShippedLate,
    );
  });

  it("has revenue by year", async () => {
    const rows = await warehouse.rows<{ year: string; orders: number; revenue: string }>(
      `SELECT d.year::text AS year, COUNT(DISTINCT f.order_number)::int AS orders, SUM(f.gross_amount) AS revenue
       FROM mart.fact_sales f JOIN mart.dim_date d ON d.date_key = f.order_date_key GROUP BY d.year`,
    );
    expect(Object.fromEntries(rows.map((row) => [row.year, [row.orders, row.revenue]]))).toEqual(oracle.revenueByYear);
    expect(await pairs("SELECT year::text, SUM(gross_revenue) FROM mart.kpi_sales_by_month GROUP BY year")).toEqual(
      Object.fromEntries(Object.entries(oracle.revenueByYear).map(([year, [, revenue]]) => [year, revenue])),
    );
  });

  it("has revenue by product line, office and country", async () => {
    expect(await pairs("SELECT product_line, gross_revenue FROM mart.kpi_sales_by_product_line")).toEqual(
      oracle.revenueByProductLine,
    );
    expect(
      await pairs("SELECT office_code || ' ' || office_city, gross_revenue FROM mart.kpi_sales_by_office"),
    ).toEqual(oracle.revenueByOffice);
    expect(
      await pairs("SELECT country, gross_revenue FROM mart.kpi_sales_by_country ORDER BY gross_revenue DESC LIMIT 5"),
    ).toEqual(oracle.revenueByCountryTop5);
  });

  it("has every member once, and one that is unknown", async () => {
    const count = async (name: string): Promise<unknown> => one(`SELECT COUNT(*)::int - 1 FROM mart.dim_${name}`);
    expect(await count("product")).toBe(oracle.rows["products"]);
    expect(await count("customer")).toBe(oracle.rows["customers"]);
    expect(await count("employee")).toBe(oracle.rows["employees"]);
    expect(await count("location")).toBe(oracle.quirks.distinctCustomerLocations);
    expect(
      await one(
        "SELECT COUNT(*)::int FROM mart.dim_customer WHERE sales_rep_employee_number IS NULL AND customer_key > 0",
      ),
    ).toBe(oracle.quirks.customersWithoutSalesRep);
    expect(
      await warehouse.rows(
        "SELECT product_code FROM mart.dim_product WHERE product_key > 0 AND product_key NOT IN (SELECT product_key FROM mart.fact_sales)",
      ),
    ).toEqual(oracle.quirks.productsNeverSold.map((product_code) => ({ product_code })));
  });

  it("names the days of orders", async () => {
    const [row] = await warehouse.rows(
      `SELECT MIN(d.date)::text AS first, MAX(d.date)::text AS last, COUNT(DISTINCT d.date)::int AS days
       FROM mart.fact_order f JOIN mart.dim_date d ON d.date_key = f.order_date_key`,
    );
    expect(row).toEqual({ first: oracle.orderDate[0], last: oracle.orderDate[1], days: oracle.distinctOrderDates });
  });

  it("gives the same when everything is built again, with the same keys", async () => {
    const all = async (): Promise<unknown[]> => [
      await warehouse.rows("SELECT * FROM mart.fact_sales ORDER BY order_number, product_code"),
      await warehouse.rows("SELECT * FROM mart.dim_location ORDER BY location_key"),
      await warehouse.rows("SELECT * FROM mart.dim_product ORDER BY product_key"),
    ];
    const before = await all();
    await warehouse.build(true);
    expect(await all()).toEqual(before);
  });
});
