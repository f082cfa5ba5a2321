import { afterAll, beforeAll, describe, expect, it } from "@jest/globals";
import { eraseEverywhere } from "../../../cli/forget/erase.ts";
import type { ErasePorts } from "../../../cli/forget/erase.ts";
import { soughtRows } from "../../../cli/forget/request.ts";
import { buildStar } from "../../../lambdas/build-star/build-star.ts";
import type { Row } from "../../../lambdas/core/record.ts";
import { migrateWarehouse } from "../../../lambdas/migrate-warehouse/migrate-warehouse.ts";
import type { AnyTable } from "../../../schemas/model/table.ts";
import { customers } from "../../../schemas/sources/classicmodels/customers.ts";
import { classicmodelsTables } from "../../../schemas/sources/classicmodels/index.ts";
import { orderdetails } from "../../../schemas/sources/classicmodels/orderdetails.ts";
import { orders } from "../../../schemas/sources/classicmodels/orders.ts";
import { payments } from "../../../schemas/sources/classicmodels/payments.ts";
import { starRows, starTables } from "../../../schemas/sql/star-ddl.ts";
import { starTables as starred } from "../../../schemas/warehouse/star.ts";
import { startLoading } from "../../support/loading/loading.ts";
import type { Loading } from "../../support/loading/loading.ts";
import { recordingTelemetry } from "../../support/recording.ts";

const CANARY = "Kanarie";

const customer = (customerNumber: number, city: string, name: string): Row => ({
  customerNumber,
  customerName: `${name} AG`,
  contactLastName: name,
  contactFirstName: name,
  phone: name,
  addressLine1: name,
  addressLine2: null,
  city,
  state: null,
  postalCode: "1",
  country: "CH",
  salesRepEmployeeNumber: null,
  creditLimit: "100.00",
});

describe("millrace forget on the star", () => {
  let loading: Loading;
  let ports: ErasePorts;
  let ids = 0;
  const newId = (): string => `00000000-0000-4000-8000-${String(++ids).padStart(12, "0")}`;
  const build = async () =>
    buildStar({
      warehouse: loading.warehouse,
      telemetry: recordingTelemetry(),
      now: Date.now,
      sleep: async () => undefined,
      newId,
      random: () => 0,
    });
  const forget = async (key: string, also: readonly string[] = []): Promise<void> => {
    for (const rows of soughtRows(customers, [key], also, undefined))
      await eraseEverywhere(rows, starred().includes(rows.table), ports);
  };
  const figures = async () =>
    loading.rows(
      "SELECT COUNT(*) AS n, SUM(quantity * unit_price) AS revenue, SUM(CASE WHEN customer_key = -1 THEN 1 ELSE 0 END) AS nobody FROM mart.fact_sales",
    );

  beforeAll(async () => {
    loading = await startLoading();
    const { warehouse, landing, telemetry } = loading;
    await migrateWarehouse(
      { tables: classicmodelsTables, starTables: starTables(), starRows: starRows(), starViews: [] },
      {
        warehouse,
        landing,
        telemetry,
        newId,
        retry: { attempts: 1, sleep: async () => undefined, random: () => 0 },
      },
    );
    ports = {
      warehouse,
      landing,
      quarantine: loading.quarantine,
      cluster: "test-0",
      wakeStar: async () => {
        await build();
      },
      sleep: async () => undefined,
      now: Date.now,
      newId,
      random: () => 0,
    };
    const fill = async (table: AnyTable, rows: readonly Row[]): Promise<void> => {
      await loading.land(
        table,
        rows.map((row, i) => ({ op: "c" as const, at: 100 + i, row })),
      );
      await loading.load(table);
    };
    await fill(customers, [
      customer(1, `${CANARY}stadt`, CANARY),
      customer(2, "Bern", "Other"),
      { ...customer(1, "Bern", `${CANARY} 2`) },
    ]);
    const order = {
      orderDate: "2024-02-01",
      requiredDate: "2024-02-09",
      shippedDate: null,
      status: "New",
      comments: null,
    };
    await fill(orders, [
      { ...order, orderNumber: 10, customerNumber: 1 },
      { ...order, orderNumber: 20, customerNumber: 2 },
    ]);
    const line = { productCode: "P", quantityOrdered: 2, priceEach: "5.00", orderLineNumber: 1 };
    await fill(orderdetails, [
      { ...line, orderNumber: 10 },
      { ...line, orderNumber: 20 },
    ]);
    await fill(payments, [
      { customerNumber: 1, checkNumber: `${CANARY} check`, paymentDate: "2024-02-02", amount: "10.00" },
    ]);
    await build();
  }, 120_000);
  afterAll(async () => loading.stop());

  const mart = async (): Promise<string> => {
    const names = [...starTables()].map(({ name }) => name).filter((name) => !name.endsWith("dim_date"));
    const rows = await Promise.all(
      names.map(async (name) => JSON.stringify(await loading.rows(`SELECT * FROM ${name}`))),
    );
    return rows.join("\n");
  };

  it("takes the person out of dimensions; facts keep their measures and point at nobody", async () => {
    expect(await mart()).toContain(CANARY);
    expect(await figures()).toEqual([{ n: 2, revenue: "20.00", nobody: 0 }]);
    await forget("1");
    expect(await figures()).toEqual([{ n: 2, revenue: "20.00", nobody: 1 }]);
    expect(await loading.rows("SELECT customer_number FROM mart.dim_customer WHERE customer_key > 0")).toEqual([
      { customer_number: 2 },
    ]);
    const places = await loading.rows("SELECT city FROM mart.dim_location WHERE location_key > 0");
    expect(places).toEqual([{ city: "Bern" }]);
    expect((await mart()).replaceAll(`${CANARY} check`, "")).not.toContain(CANARY);
    expect(await loading.rows("SELECT COUNT(*) AS n FROM ops.touched_classicmodels_customers")).toEqual([{ n: 0 }]);
  }, 60_000);

  it("takes rows of other tables along when asked to, by the column that holds the key", async () => {
    expect(await mart()).toContain(`${CANARY} check`);
    await forget("1", ["classicmodels_payments.customer_number"]);
    expect(await mart()).not.toContain(CANARY);
    expect(await loading.rows("SELECT COUNT(*) AS n FROM mart.fact_payment")).toEqual([{ n: 0 }]);
    expect(await figures()).toEqual([{ n: 2, revenue: "20.00", nobody: 1 }]);
  }, 60_000);
});
