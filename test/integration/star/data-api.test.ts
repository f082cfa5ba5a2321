import { afterAll, beforeAll, describe, expect, it } from "@jest/globals";
import { Client } from "pg";
import { createWarehouse } from "../../../lambdas/adapters/redshift-data/index.ts";
import { buildStar } from "../../../lambdas/build-star/build-star.ts";
import type { BuildStarPorts } from "../../../lambdas/build-star/build-star.ts";
import type { Warehouse as WarehousePort, WarehouseRow } from "../../../lambdas/core/ports.ts";
import { products } from "../../../schemas/sources/classicmodels/products.ts";
import { recordingTelemetry } from "../../support/recording.ts";
import { change, snapshotOf } from "../../support/star/classicmodels.ts";
import { dumpNote, hasDump, readDump } from "../../support/star/dump.ts";
import type { DumpRow } from "../../support/star/dump.ts";
import {
  amount,
  cents,
  daysBetween,
  groupBy,
  isCancelled,
  linesOf,
  monthOf,
  percentile,
  salesFigures,
} from "../../support/star/figures.ts";
import { TestWarehouse } from "../../support/star/warehouse.ts";
import { startDataApi, startWarehouse } from "../services/redshift/support.ts";
import type { DataApi, Warehouse } from "../services/redshift/support.ts";

const suite = hasDump ? describe : describe.skip;

suite(`build-star and the views through the Data API, against figures from the rows${dumpNote}`, () => {
  let postgres: Warehouse;
  let api: DataApi;
  let client: Client;
  let warehouse: TestWarehouse;
  let port: WarehousePort;
  const dump = hasDump ? readDump() : new Map<string, readonly DumpRow[]>();
  const lines = linesOf(dump);
  const orders = dump.get("orders") ?? [];
  const telemetry = recordingTelemetry();
  let tokens = 0;
  const ports = (): BuildStarPorts => ({
    warehouse: port,
    telemetry,
    now: () => Date.parse("2026-01-01T00:01:00Z"),
    sleep: async () => undefined,
    newId: () => `token-${String(++tokens)}`,
    random: () => 0,
  });

  beforeAll(async () => {
    postgres = await startWarehouse();
    api = await startDataApi(postgres);
    client = new Client({ connectionString: postgres.url });
    await client.connect();
    port = createWarehouse(
      {
        workgroup: "local",
        database: postgres.database,
        secretArn: "arn:aws:secretsmanager:us-east-1:000000000000:secret:w",
      },
      api.client,
    );
    warehouse = new TestWarehouse(client);
    await warehouse.create((statements) => port.transaction(statements, `token-${String(++tokens)}`));
    await warehouse.load(snapshotOf(dump));
    await buildStar(ports());
  }, 120_000);
  afterAll(async () => {
    await client.end();
    await api.close();
    await postgres.stop();
  });

  const rowsOf = (view: string): Promise<readonly WarehouseRow[]> => port.query(`SELECT * FROM mart.${view}`);
  const by = async (view: string, ...keys: string[]): Promise<ReadonlyMap<string, WarehouseRow>> =>
    new Map((await rowsOf(view)).map((row) => [keys.map((key) => String(row[key]).padStart(2, "0")).join("-"), row]));

  const expectSales = (row: WarehouseRow | undefined, of: typeof lines): void => {
    const figures = salesFigures(of);
    expect({
      orders: Number(row?.["orders"]),
      units: Number(row?.["units"]),
      gross: row?.["gross_revenue"],
      cancelled: Number(row?.["cancelled_revenue"]),
      net: Number(row?.["net_revenue"]),
      margin: Number(row?.["gross_margin"]),
      rate: row?.["gross_margin_rate"] === null ? null : Number(row?.["gross_margin_rate"]),
      aov: Number(row?.["average_order_value"]),
      unitsPerOrder: Number(row?.["units_per_order"]),
    }).toEqual({
      orders: figures.orders,
      units: figures.units,
      gross: amount(figures.gross),
      cancelled: figures.cancelled / 100,
      net: figures.net / 100,
      margin: figures.margin / 100,
      rate: figures.net === 0 ? null : rounded(figures.margin / figures.net, 4),
      aov: rounded(figures.net / 100 / figures.orders, 2),
      unitsPerOrder: rounded(figures.units / figures.orders, 2),
    });
  };

  const expectGroups = (found: ReadonlyMap<string, WarehouseRow>, groups: ReadonlyMap<string, typeof lines>): void => {
    expect([...found.keys()].sort()).toEqual([...groups.keys()].sort());
    for (const [key, of] of groups) expectSales(found.get(key), of);
  };

  it("has nothing left to do the second time", async () => {
    expect(await buildStar(ports())).toEqual({ batches: 0, transactions: 0 });
  });

  it("kpi_sales", async () => {
    expectSales((await rowsOf("kpi_sales"))[0], lines);
  });

  it("kpi_sales_by_month", async () => {
    expectGroups(
      await by("kpi_sales_by_month", "year", "month_number"),
      groupBy(lines, (line) => monthOf(line.order["order_date"])),
    );
  });

  it("kpi_sales_by_product_line, _by_country and _by_office", async () => {
    expectGroups(
      await by("kpi_sales_by_product_line", "product_line"),
      groupBy(lines, (line) => String(line.product["product_line"])),
    );
    expectGroups(
      await by("kpi_sales_by_country", "country"),
      groupBy(lines, (line) => String(line.customer["country"])),
    );
    const officeOf = new Map(
      (dump.get("employees") ?? []).map((row) => [row["employee_number"], String(row["office_code"]).padStart(2, "0")]),
    );
    expectGroups(
      await by("kpi_sales_by_office", "office_code"),
      groupBy(lines, (line) => officeOf.get(line.customer["sales_rep_employee_number"] ?? "") ?? "null"),
    );
  });

  it("kpi_orders_by_status", async () => {
    const found = await by("kpi_orders_by_status", "status");
    for (const [status, of] of groupBy(lines, (line) => String(line.order["status"]))) {
      expect(found.get(status)).toMatchObject({
        orders: salesFigures(of).orders,
        gross_revenue: amount(salesFigures(of).gross),
      });
    }
    expect(found.size).toBe(6);
  });

  it("kpi_fulfilment and kpi_fulfilment_by_month", async () => {
    const check = (row: WarehouseRow | undefined, of: readonly DumpRow[]): void => {
      const shipped = of.filter((order) => order["shipped_date"] != null);
      const lead = shipped.map((order) => daysBetween(String(order["order_date"]), String(order["shipped_date"])));
      const onTime = shipped.filter((order) => String(order["shipped_date"]) <= String(order["required_date"]));
      const off = of.filter(isCancelled).length;
      expect({
        ...row,
        cancellation_rate: Number(row?.["cancellation_rate"]),
        on_time_rate: Number(row?.["on_time_rate"]),
      }).toMatchObject({
        orders: of.length,
        cancelled_orders: off,
        cancellation_rate: rounded(off / of.length, 4),
        shipped_orders: shipped.length,
        lead_days_p50: percentile(lead, 0.5),
        lead_days_p95: expect.closeTo(percentile(lead, 0.95), 6),
        on_time_rate: rounded(onTime.length / shipped.length, 4),
      });
    };
    check((await rowsOf("kpi_fulfilment"))[0], orders);
    const found = await by("kpi_fulfilment_by_month", "year", "month_number");
    const months = groupBy(orders, (order) => monthOf(order["order_date"]));
    expect(found.size).toBe(months.size);
    for (const [month, of] of months) check(found.get(month), of);
  });

  it("kpi_customers_by_month and kpi_repeat_rate", async () => {
    const first = new Map<string, string>();
    for (const order of orders) {
      const who = String(order["customer_number"]);
      const month = monthOf(order["order_date"]);
      if (month < (first.get(who) ?? "9999")) first.set(who, month);
    }
    const found = await by("kpi_customers_by_month", "year", "month_number");
    const months = groupBy(orders, (order) => monthOf(order["order_date"]));
    expect(found.size).toBe(months.size);
    for (const [month, of] of months) {
      const who = [...new Set(of.map((order) => String(order["customer_number"])))];
      const fresh = who.filter((customer) => first.get(customer) === month).length;
      expect(found.get(month)).toMatchObject({
        customers: who.length,
        new_customers: fresh,
        returning_customers: who.length - fresh,
      });
    }
    const perCustomer = [...groupBy(orders, (order) => String(order["customer_number"])).values()];
    const repeating = perCustomer.filter((list) => list.length >= 2).length;
    const [rate] = await rowsOf("kpi_repeat_rate");
    expect(rate).toMatchObject({ customers: perCustomer.length, repeat_customers: repeating });
    expect(Number(rate?.["repeat_rate"])).toBeCloseTo(repeating / perCustomer.length, 4);
  });

  it("kpi_customer_value", async () => {
    const found = await by("kpi_customer_value", "customer_number");
    const sold = groupBy(lines, (line) => String(line.customer["customer_number"]));
    const paid = groupBy(dump.get("payments") ?? [], (row) => String(row["customer_number"]));
    expect(found.size).toBe(122);
    for (const customer of dump.get("customers") ?? []) {
      const number = String(customer["customer_number"]);
      const figures = salesFigures(sold.get(number) ?? []);
      const payments = (paid.get(number) ?? []).reduce((sum, row) => sum + cents(row["amount"]), 0);
      const row = found.get(number);
      expect([
        row?.["customer_name"],
        Number(row?.["orders"]),
        Number(row?.["lifetime_value"]),
        Number(row?.["payments"]),
      ]).toEqual([customer["customer_name"], figures.orders, figures.net / 100, payments / 100]);
    }
  });

  it("kpi_payments_by_month", async () => {
    const found = await by("kpi_payments_by_month", "year", "month_number");
    const months = groupBy(dump.get("payments") ?? [], (row) => monthOf(row["payment_date"]));
    expect(found.size).toBe(months.size);
    for (const [month, of] of months)
      expect(found.get(month)).toMatchObject({
        payments: of.length,
        amount: amount(of.reduce((sum, row) => sum + cents(row["amount"]), 0)),
      });
  });

  it("kpi_freshness, and the metric of the build", async () => {
    const row = dump.get("products")?.[0] ?? {};
    await warehouse.load([change(products, "u", 100, "2026-01-01 00:00:48.500", { ...row, msrp: "1.00" })]);
    await buildStar(ports());
    const found = (await by("kpi_freshness", "table_name")).get("classicmodels_products");
    expect(String(found?.["newest_commit_at"])).toContain("2026-01-01 00:00:48.5");
    expect(Number(found?.["age_seconds"])).toBeGreaterThan(0);
    expect(telemetry.metrics.get("FreshnessSeconds")).toBe(11.5);
  });
});

/** The warehouse rounds halves up, which binary fractions may miss by a hair. */
const rounded = (value: number, digits: number): unknown => expect.closeTo(value, digits - 0.01);
