import { existsSync } from "node:fs";
import path from "node:path";
import { gunzipSync } from "node:zlib";
import { CloudFormationClient, DescribeStacksCommand } from "@aws-sdk/client-cloudformation";
import { S3Client } from "@aws-sdk/client-s3";
import { afterAll, beforeAll, describe, expect, it, jest } from "@jest/globals";
import { createConnection } from "mysql2/promise";
import { runningLocally, STATE_FILE } from "../../cli/local-state.ts";
import type { ForgetAnswer } from "../../cli/forget/index.ts";
import { stackOutputs } from "../../cli/stack-outputs.ts";
import type { StatusAnswer } from "../../cli/status.ts";
import { findTarget, localClients } from "../../cli/target.ts";
import { createObjectStore } from "../../lambdas/adapters/s3/index.ts";
import type { Report } from "../../localstack/demo/report/report.ts";
import { cdkEnvironment } from "../../localstack/demo/run/deploy.ts";
import { runFolder } from "../../localstack/engines/paths.ts";
import { tables } from "../../schemas/sources/index.ts";
import type { Ended } from "./main-job.ts";
import { millrace, npmRunLocal, reportIn, runProgram } from "./main-job.ts";

jest.setTimeout(600_000);

/** The main job on generated rows with live changes, and what it leaves running: as a person meets it. */
describe("npm run local -- --json --keep", () => {
  let ended: Ended;
  let report: Report;

  beforeAll(async () => {
    ended = await npmRunLocal(["--json", "--keep", "--orders", "200", "--changes", "60"]);
    report = reportIn(ended);
  });
  afterAll(async () => {
    await npmRunLocal(["down"]);
  });

  it("finds everything equal and says so", () => {
    if (!report.ok) throw new Error(`${report.error ?? ""}\n${ended.stderr}`);
    expect(ended.code).toBe(0);
    expect(report.comparisons.filter(({ equal }) => !equal)).toEqual([]);
  });

  it("compares all that it should", () => {
    const names = report.comparisons.map(({ name }) => name);
    for (const { area, name } of tables.filter((table) => table.area.name === "classicmodels")) {
      expect(names).toContain(`rows.${area.name}.${name}`);
      expect(names).toContain(`cells.${area.name}.${name}`);
    }
    expect(names).toEqual(expect.arrayContaining(["orderLines", "revenue", "payments"]));
    expect(names.filter((name) => name.startsWith("revenue.productLine."))).toHaveLength(7);
    expect(names.filter((name) => name.startsWith("revenue.office.")).length).toBeGreaterThanOrEqual(7);
    expect(new Set(names).size).toBe(names.length);
  });

  it("has the documented shape", () => {
    expect(Object.keys(report).sort()).toEqual(["comparisons", "freshness", "ok", "seconds", "stages", "star"]);
    for (const stage of report.stages) {
      expect(stage).toEqual({ name: expect.any(String), rows: expect.any(Number), seconds: expect.any(Number) });
    }
    const { p50, p95, max } = report.freshness ?? { p50: -1, p95: -1, max: -1 };
    expect(p50).toBeGreaterThan(0);
    expect(p95).toBeGreaterThanOrEqual(p50);
    expect(max).toBeGreaterThanOrEqual(p95);
    expect(report.star?.orderLines).toBe(report.comparisons.find(({ name }) => name === "orderLines")?.warehouse);
    expect(report.star?.revenue).toMatch(/^\d+\.\d\d$/);
    expect(report.star?.payments).toMatch(/^\d+\.\d\d$/);
  });

  it("leaves everything running, and a change at the source is soon in the star", async () => {
    const before = JSON.parse((await millrace("status", "--json")).stdout) as StatusAnswer;
    expect(before).toMatchObject({ stage: "local", caughtUp: true });
    expect(before.tables.map(({ lastError }) => lastError)).toEqual(before.tables.map(() => null));

    const source = await createConnection(before.endpoints.source ?? "");
    await source.query(
      "INSERT INTO classicmodels.payments SELECT MIN(customerNumber), 'E2E 1 ', '2005-06-30', 12.34 FROM classicmodels.customers",
    );
    await source.end();
    expect(await millrace("status", "--wait", "--timeout", "300")).toMatchObject({ code: 0 });
    const sql = "SELECT check_number, amount, payment_date_key FROM mart.fact_payment WHERE check_number LIKE 'E2E%'";
    const answer = await millrace("sql", sql, "--json");
    expect(JSON.parse(answer.stdout)).toEqual([
      { check_number: "E2E 1 ", amount: "12.34", payment_date_key: 20050630 },
    ]);
  });

  it("forgets a person: mirror, history, star and landed objects, with a record that it was done", async () => {
    const { endpoints } = JSON.parse((await millrace("status", "--json")).stdout) as StatusAnswer;
    const source = await createConnection(endpoints.source ?? "");
    const [[person]] = (await source.query(
      "SELECT MIN(customerNumber) AS id FROM classicmodels.customers",
    )) as unknown as [[{ readonly id: number }]];
    const canary = "Forget Me 4711";
    await source.query("UPDATE classicmodels.customers SET customerName = ? WHERE customerNumber = ?", [
      canary,
      person.id,
    ]);
    const sql = async (text: string): Promise<unknown> => JSON.parse((await millrace("sql", text, "--json")).stdout);
    const sales = await sql("SELECT COUNT(*) AS n, SUM(quantity) AS quantity FROM mart.fact_sales");
    // Orders refer to the row, so it is blanked and stays.
    const blank = "customerName = '', contactLastName = '', contactFirstName = '', phone = '', addressLine1 = ''";
    await source.query(`UPDATE classicmodels.customers SET ${blank} WHERE customerNumber = ?`, [person.id]);
    await source.end();
    expect(await millrace("status", "--wait", "--timeout", "300")).toMatchObject({ code: 0 });

    const target = findTarget(undefined);
    const { LandingBucket } = await stackOutputs(target);
    const s3 = new S3Client({ ...target.aws, forcePathStyle: true });
    const landing = createObjectStore(LandingBucket, s3);
    const inObjects = async (): Promise<boolean> => {
      for await (const { key } of landing.list("landing/")) {
        const body = key.includes("customers") ? (await landing.get(key))?.body : undefined;
        if (body !== undefined && gunzipSync(body).toString("utf8").includes(canary)) return true;
      }
      return false;
    };
    expect(await inObjects()).toBe(true);

    const forget = async () =>
      JSON.parse(
        (await millrace("forget", "classicmodels_customers", String(person.id), "--json")).stdout,
      ) as ForgetAnswer;
    const answer = await forget();
    expect(answer.tables).toMatchObject([{ table: "classicmodels_customers", mirror: 1, live: 1 }]);
    expect(answer.tables[0]?.history).toBeGreaterThanOrEqual(3);
    expect(new Date(answer.kafkaUntil ?? 0).getTime()).toBeGreaterThan(Date.now());
    expect(await inObjects()).toBe(false);
    s3.destroy();
    for (const place of ["history.classicmodels_customers", "mirror.classicmodels_customers", "mart.dim_customer"]) {
      const rows = await sql(`SELECT COUNT(*) AS n FROM ${place} WHERE customer_number = ${person.id}`);
      expect([place, rows]).toEqual([place, [{ n: 0 }]]);
    }
    expect(await sql("SELECT COUNT(*) AS n, SUM(quantity) AS quantity FROM mart.fact_sales")).toEqual(sales);
    expect(
      await sql("SELECT table_name, mirror_rows, finished_at IS NOT NULL AS finished FROM ops.erasure"),
    ).toMatchObject([{ table_name: "classicmodels_customers", mirror_rows: 1, finished: true }]);
    expect((await forget()).tables).toMatchObject([{ mirror: 0, history: 0, landed: 0, quarantined: 0 }]);
  });

  it("answers SQL by the rules of its values", async () => {
    const sql =
      "SELECT 1 AS One, CAST(9007199254740993 AS BIGINT) AS big, CAST(1.5 AS NUMERIC(10,2)) AS dec, CAST(0.5 AS FLOAT8) AS dbl, CAST('2003-01-06' AS DATE) AS day, NULL AS nothing";
    const { stdout } = await millrace("sql", sql, "--json");
    expect(JSON.parse(stdout)).toEqual([
      { one: 1, big: "9007199254740993", dec: "1.50", dbl: 0.5, day: "2003-01-06", nothing: null },
    ]);
    expect((await millrace("sql", "SELECT 1 AS x WHERE 1 = 0", "--json")).stdout).toBe("[]\n");
    const refused = await millrace("sql", "SELECT * FROM mart.no_such_table", "--json");
    expect(refused).toMatchObject({ code: 1, stdout: "" });
    expect(refused.stderr).toContain("no_such_table");
  });

  it("can be destroyed by the plain CDK command line, and deployed and filled again", async () => {
    const assembly = path.join(runFolder, "cdk.out");
    const { aws } = runningLocally()?.endpoints ?? { aws: "" };
    const cdk = async (...args: string[]) =>
      expect(
        await runProgram("npx", ["cdk", ...args, "--all", "--app", assembly, "--no-notices"], {
          env: cdkEnvironment(aws),
        }),
      ).toMatchObject({ code: 0 });
    const client = new CloudFormationClient(localClients(aws));
    const stacks = async () => {
      const { Stacks = [] } = await client.send(new DescribeStacksCommand({}));
      // LocalStack lists deleted stacks as well.
      const live = Stacks.filter(({ StackStatus }) => StackStatus !== "DELETE_COMPLETE");
      return live.map(({ StackName = "" }) => StackName).filter((name) => name.startsWith("Millrace-"));
    };
    expect(await stacks()).toHaveLength(3);
    await cdk("destroy", "--force");
    expect(await stacks()).toEqual([]);
    await cdk("deploy", "--require-approval", "never");
    expect(await stacks()).toHaveLength(3);
    expect(await millrace("snapshot")).toMatchObject({ code: 0 });
    expect(await millrace("status", "--wait", "--timeout", "300")).toMatchObject({ code: 0 });
    const lines = await millrace("sql", "SELECT COUNT(*) AS n FROM mart.fact_sales", "--json");
    expect(JSON.parse(lines.stdout)).toEqual([{ n: report.star?.orderLines }]);
  });

  it("refuses a second run beside it", async () => {
    const second = await npmRunLocal(["--json"]);
    expect(second.code).toBe(1);
    expect(reportIn(second)).toMatchObject({ ok: false, error: expect.stringContaining("npm run local -- down") });
  });

  it("is left alone by the check, which does not start beside it", async () => {
    // Without a cloud to refuse, it would run these tests.
    expect(runningLocally()).not.toBeNull();
    const check = await runProgram(".ci/run", []);
    expect(check).toMatchObject({ code: 1, stdout: "0 passed, 1 failed\n" });
    expect(check.stderr).toMatch(
      /needs this checkout for itself: a local cloud is running since .*npm run local -- down/,
    );
    expect(await millrace("status")).toMatchObject({ code: 0 });
  });

  it("is stopped by down", async () => {
    const down = await millrace("down");
    expect(down).toMatchObject({ code: 0 });
    expect(existsSync(STATE_FILE)).toBe(false);
    expect((await millrace("status")).code).toBe(1);
  });
});
