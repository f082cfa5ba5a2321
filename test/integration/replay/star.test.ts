import { randomUUID } from "node:crypto";
import { afterAll, beforeAll, describe, expect, it } from "@jest/globals";
import { buildStar } from "../../../lambdas/build-star/build-star.ts";
import { migrateWarehouse } from "../../../lambdas/migrate-warehouse/migrate-warehouse.ts";
import { historyName, mirrorName, parseLandingKey } from "../../../schemas/naming.ts";
import { classicmodelsTables } from "../../../schemas/sources/classicmodels/index.ts";
import { payments } from "../../../schemas/sources/classicmodels/payments.ts";
import { starRows, starTables } from "../../../schemas/sql/star-ddl.ts";
import { pendingKeys } from "../../../schemas/sql/status.ts";
import { startLoading } from "../../support/loading/loading.ts";
import type { Loading } from "../../support/loading/loading.ts";

const retry = { attempts: 1, sleep: async () => undefined, random: () => 0 };
const newId = randomUUID;

describe("a replay of the same objects", () => {
  let loading: Loading;
  const build = async () => {
    const { warehouse, telemetry } = loading;
    return buildStar({ warehouse, telemetry, newId, now: Date.now, ...retry });
  };
  const shown = async () => loading.rows("SELECT COUNT(*) AS n, SUM(amount) AS paid FROM mart.fact_payment");

  beforeAll(async () => {
    loading = await startLoading();
    const { warehouse, landing, telemetry } = loading;
    await migrateWarehouse(
      { tables: classicmodelsTables, starTables: starTables(), starRows: starRows(), starViews: [] },
      { warehouse, landing, telemetry, newId, retry },
    );
    const payment = (checkNumber: string) => ({
      ...{ customerNumber: 1, checkNumber, paymentDate: "2024-02-02", amount: "10.00" },
    });
    await loading.land(payments, [
      { op: "c", at: 100, row: payment("A1") },
      { op: "c", at: 110, row: payment("B2") },
    ]);
    await loading.load(payments);
    await build();
  }, 120_000);
  afterAll(async () => loading.stop());

  it("reaches the star as often as it brings something back", async () => {
    expect(await shown()).toEqual([{ n: 2, paid: "20.00" }]);
    const keys = [...loading.landing.objects.keys()].filter((key) => parseLandingKey(key) !== null);
    for (let i = 0; i < 3; i++) {
      for (const name of [historyName(payments), mirrorName(payments), "mart.fact_payment"])
        await loading.rows(`DELETE FROM ${name} WHERE check_number = 'B2'`);
      expect(await shown()).toEqual([{ n: 1, paid: "10.00" }]);
      await loading.replay(payments, keys);
      await build();
      expect(await shown()).toEqual([{ n: 2, paid: "20.00" }]);
      expect(await loading.rows(pendingKeys([payments]))).toMatchObject([{ touched: 0 }]);
    }
  });

  it("is nothing to the star when nothing was wrong", async () => {
    const keys = [...loading.landing.objects.keys()].filter((key) => parseLandingKey(key) !== null);
    for (let i = 0; i < 2; i++) {
      await loading.replay(payments, keys);
      expect(await loading.rows(pendingKeys([payments]))).toMatchObject([{ touched: 0 }]);
      await build();
      expect(await build()).toEqual({ batches: 0, transactions: 0 });
      expect(await shown()).toEqual([{ n: 2, paid: "20.00" }]);
    }
  });
});
