import { afterAll, beforeAll, describe, expect, it, jest } from "@jest/globals";
import type { Connection } from "mysql2/promise";
import { createConnection } from "mysql2/promise";
import type { StatusAnswer } from "../../cli/status.ts";
import type { ReconcileReport } from "../../lambdas/core/events.ts";
import type { Ended } from "./main-job.ts";
import { millrace, npmRunLocal, reportIn } from "./main-job.ts";

jest.setTimeout(900_000);

const reportOf = ({ stdout }: Ended): ReconcileReport => JSON.parse(stdout.trim()) as ReconcileReport;
const differing = ({ tables }: ReconcileReport) =>
  tables
    .filter(({ changed, missing, surplus }) => changed + missing + surplus > 0)
    .map(({ table, changed, missing, surplus }) => ({ table, changed, missing, surplus }));

/** Writes to several tables until it is told to stop. */
async function hammer(source: Connection, stop: { now: boolean }): Promise<number> {
  let writes = 0;
  while (!stop.now) {
    writes += 1;
    await source.query(
      "UPDATE classicmodels.products SET quantityInStock = quantityInStock + 1 ORDER BY RAND() LIMIT 5",
    );
    await source.query(`UPDATE classicmodels.orders SET comments = 'write ${writes}' ORDER BY RAND() LIMIT 20`);
    await source.query(
      `INSERT INTO classicmodels.payments SELECT MIN(customerNumber), 'HAMMER ${writes}', '2005-06-30', ${writes} FROM classicmodels.customers ON DUPLICATE KEY UPDATE amount = amount + 1`,
    );
    if (writes % 3 === 0)
      await source.query(`DELETE FROM classicmodels.payments WHERE checkNumber = 'HAMMER ${writes - 1}'`);
  }
  return writes;
}

/** Source and mirror compared by the command line on the whole local cloud. */
describe("millrace reconcile and repair", () => {
  let source: Connection;

  beforeAll(async () => {
    const ended = await npmRunLocal(["--json", "--keep", "--orders", "300", "--changes", "0"]);
    const report = reportIn(ended);
    if (!report.ok) throw new Error(`${report.error ?? ""}\n${ended.stderr}`);
    const status = JSON.parse((await millrace("status", "--json")).stdout) as StatusAnswer;
    source = await createConnection(status.endpoints.source ?? "");
  });
  afterAll(async () => {
    await source.end();
    await npmRunLocal(["down"]);
  });

  it("raises no false alarm while writes go on", async () => {
    const stop = { now: false };
    const hammering = hammer(source, stop);
    const ended: Ended[] = [await millrace("reconcile", "--json"), await millrace("reconcile", "--json")];
    stop.now = true;
    expect(await hammering).toBeGreaterThan(3);
    for (const run of ended) {
      expect({ code: run.code, found: differing(reportOf(run)) }).toEqual({ code: 0, found: [] });
      expect(reportOf(run).tables.every(({ verdict }) => verdict === "equal")).toBe(true);
    }
    const ranges = ended.flatMap((run) => reportOf(run).tables.map((table) => table.ranges));
    expect(Math.max(...ranges)).toBeGreaterThan(0);
    expect(await millrace("status", "--wait", "--timeout", "300")).toMatchObject({ code: 0 });
  });

  it("finds a bent cell, a missing and a surplus row, and repairs them through the topics while writes go on", async () => {
    const bend = [
      "UPDATE mirror.classicmodels_orders SET status = 'Bent' WHERE order_number = (SELECT MIN(order_number) FROM mirror.classicmodels_orders)",
      "DELETE FROM mirror.classicmodels_orderdetails WHERE _key = (SELECT MAX(_key) FROM mirror.classicmodels_orderdetails)",
      "INSERT INTO mirror.classicmodels_customers (customer_number, customer_name, _version, _deleted, _batch) SELECT 999999, 'nobody', MIN(_version), FALSE, 'test' FROM mirror.classicmodels_customers",
    ];
    for (const sql of bend) expect(await millrace("sql", sql)).toMatchObject({ code: 0 });

    const found = await millrace("reconcile", "--json");
    expect(found.code).toBe(1);
    expect(found.stderr).toContain("differ in 3 rows");
    expect(differing(reportOf(found))).toEqual([
      { table: "classicmodels_customers", changed: 0, missing: 0, surplus: 1 },
      { table: "classicmodels_orders", changed: 1, missing: 0, surplus: 0 },
      { table: "classicmodels_orderdetails", changed: 0, missing: 1, surplus: 0 },
    ]);

    const stop = { now: false };
    const hammering = hammer(source, stop);
    const repaired = await millrace("repair", "--json");
    stop.now = true;
    await hammering;
    expect(repaired).toMatchObject({ code: 0 });
    expect(reportOf(repaired).tables.reduce((sum, table) => sum + table.repaired, 0)).toBe(3);

    const again = await millrace("reconcile", "--json");
    expect({ code: again.code, found: differing(reportOf(again)) }).toEqual({ code: 0, found: [] });
    const kept = "SELECT table_name FROM ops.reconciliation WHERE repaired_rows = 1 ORDER BY table_name";
    expect(JSON.parse((await millrace("sql", kept, "--json")).stdout)).toHaveLength(3);
    const history = "SELECT _op FROM history.classicmodels_customers WHERE customer_number = 999999";
    expect(JSON.parse((await millrace("sql", history, "--json")).stdout)).toEqual([{ _op: "d" }]);
  });

  it("refuses a table that is not defined, with a sentence", async () => {
    const refused = await millrace("reconcile", "classicmodels_nothing");
    expect(refused).toMatchObject({ code: 1, stdout: "" });
    expect(refused.stderr).toContain("No such table: classicmodels_nothing");
  });
});
