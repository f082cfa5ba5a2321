import { setTimeout as sleep } from "node:timers/promises";
import { afterAll, beforeAll, describe, expect, it, jest } from "@jest/globals";
import type { Connection } from "mysql2/promise";
import { createConnection } from "mysql2/promise";
import type { StatusAnswer } from "../../cli/status.ts";
import type { ReconcileReport } from "../../lambdas/core/events.ts";
import { millrace, npmRunLocal, reportIn } from "./main-job.ts";

jest.setTimeout(900_000);

/** Each look is a command of its own: they need not be many. */
const POLL_MS = 2_000;

/** Tables that change under a running pipeline, on the whole local cloud: what has to be done is done by schedule. */
describe("schema drift", () => {
  let source: Connection;

  const rows = async (sql: string): Promise<readonly Record<string, unknown>[]> =>
    JSON.parse((await millrace("sql", sql, "--json")).stdout) as Record<string, unknown>[];
  const statusOf = async (table: string) => {
    const { stdout } = await millrace("status", "--json");
    const found = (JSON.parse(stdout) as StatusAnswer).tables.find((known) => known.table === table);
    if (found === undefined) throw new Error(`${table} is not in the status`);
    return found;
  };
  const until = async <T>(look: () => Promise<T>, isThere: (seen: T) => boolean): Promise<T> => {
    for (;;) {
      const seen = await look();
      if (isThere(seen)) return seen;
      await sleep(POLL_MS);
    }
  };
  const expectEqual = async (table: string): Promise<void> => {
    const ended = await millrace("reconcile", table, "--json");
    const report = JSON.parse(ended.stdout.trim()) as ReconcileReport;
    expect(report.tables.map(({ verdict }) => verdict)).toEqual(["equal"]);
  };

  beforeAll(async () => {
    const ended = await npmRunLocal(["--json", "--keep", "--orders", "200", "--changes", "0"]);
    const report = reportIn(ended);
    if (!report.ok) throw new Error(`${report.error ?? ""}\n${ended.stderr}`);
    const status = JSON.parse((await millrace("status", "--json")).stdout) as StatusAnswer;
    source = await createConnection(status.endpoints.source ?? "");
    await source.query("USE classicmodels");
  });
  afterAll(async () => {
    await source.end();
    await npmRunLocal(["down"]);
  });

  it("an ALTER that fills stored rows is followed by a resync of that table, by itself", async () => {
    await source.query("ALTER TABLE offices ADD COLUMN region VARCHAR(20) NOT NULL DEFAULT 'somewhere'");
    await source.query("UPDATE offices SET city = 'Moved' ORDER BY officeCode LIMIT 1");
    const [filled] = await until(
      () =>
        rows("SELECT COUNT(*) AS n, COUNT(_unmapped) AS filled FROM mirror.classicmodels_offices WHERE NOT _deleted"),
      ([row]) => row?.["n"] === row?.["filled"],
    );
    expect(Number(filled?.["n"])).toBeGreaterThan(0);
    const kept = await rows("SELECT DISTINCT JSON_SERIALIZE(_unmapped) AS rest FROM mirror.classicmodels_offices");
    expect(kept).toEqual([{ rest: '{"region":"somewhere"}' }]);
    await until(
      () => statusOf("classicmodels_offices"),
      ({ resync }) => resync.length === 0,
    );
    await expectEqual("classicmodels_offices");
  });

  it("a table that cannot be followed stops alone, says what to do, and goes on once it is put right", async () => {
    await source.query("ALTER TABLE payments MODIFY amount VARCHAR(40) NOT NULL");
    await source.query("UPDATE payments SET amount = '7.00' ORDER BY checkNumber LIMIT 1");
    const stopped = await until(
      () => statusOf("classicmodels_payments"),
      ({ held }) => held !== null,
    );
    expect(stopped.held).toMatch(
      /by capture .*column amount is STRING now, .* Change schemas\/sources\/classicmodels\/payments\.ts/,
    );
    expect((await millrace("resume", "classicmodels_payments")).stdout).toContain("stands still");

    await source.query("UPDATE products SET quantityInStock = 4711 ORDER BY productCode LIMIT 1");
    const changed = "SELECT COUNT(*) AS n FROM mirror.classicmodels_products WHERE quantity_in_stock = 4711";
    await until(
      () => rows(changed),
      ([row]) => Number(row?.["n"]) === 1,
    );

    await source.query("ALTER TABLE payments MODIFY amount DECIMAL(10,2) NOT NULL");
    await source.query("DELETE FROM payments ORDER BY checkNumber DESC LIMIT 1");
    await until(
      () => statusOf("classicmodels_payments"),
      ({ held, resync }) => held === null && resync.length === 0,
    );
    await expectEqual("classicmodels_payments");
  });

  it("what a foreign key deletes in silence is gone after the scheduled run", async () => {
    await source.query("CREATE TABLE bosses (n INT PRIMARY KEY)");
    await source.query("INSERT INTO bosses SELECT DISTINCT customerNumber FROM payments");
    await source.query(
      "ALTER TABLE payments ADD CONSTRAINT of_boss FOREIGN KEY (customerNumber) REFERENCES bosses (n) ON DELETE CASCADE",
    );
    await source.query("DELETE FROM bosses ORDER BY n LIMIT 2");
    const [left] = (await source.query("SELECT COUNT(*) AS n FROM payments"))[0] as { n: number }[];
    const counted = "SELECT COUNT(*) AS n FROM mirror.classicmodels_payments WHERE NOT _deleted";
    await until(
      () => rows(counted),
      ([row]) => Number(row?.["n"]) === left?.n,
    );
    await expectEqual("classicmodels_payments");
  });
});
