import { afterAll, beforeAll, describe, expect, it } from "@jest/globals";
import { classicmodelsTables } from "../../../schemas/sources/classicmodels/index.ts";
import { dumpNote, hasDump, readDump } from "../../support/star/dump.ts";
import { startPostgres } from "../../support/star/postgres.ts";
import type { TestPostgres } from "../../support/star/postgres.ts";
import { TestWarehouse } from "../../support/star/warehouse.ts";

const suite = hasDump ? describe : describe.skip;

suite(`Classic Models, initial copy${dumpNote}`, () => {
  let postgres: TestPostgres;
  let warehouse: TestWarehouse;
  beforeAll(async () => {
    postgres = await startPostgres();
    warehouse = new TestWarehouse(postgres.client);
    await warehouse.create();
    const dump = readDump();
    await warehouse.load(
      classicmodelsTables.flatMap((table) =>
        (dump.get(table.name) ?? []).map((row) => ({
          table,
          op: "r" as const,
          version: "00001.0000000001.0000000000000004.00000000.0",
          commitAt: "2026-01-01 00:00:00",
          capturedAt: "2026-01-01 00:00:05",
          row,
        })),
      ),
    );
    await warehouse.build();
  }, 120_000);
  afterAll(async () => postgres.stop());

  it("has every line", async () => {
    const rows = await warehouse.rows(
      "SELECT COUNT(*) AS n, SUM(gross_amount) AS revenue, SUM(gross_amount - cost_amount) AS margin FROM mart.fact_sales",
    );
    expect(rows).toEqual([{ n: "2996", revenue: "9604190.61", margin: "3825880.25" }]);
  });
});
