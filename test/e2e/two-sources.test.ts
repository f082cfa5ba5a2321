import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterAll, beforeAll, describe, expect, it, jest } from "@jest/globals";
import { CreateSecretCommand, SecretsManagerClient } from "@aws-sdk/client-secrets-manager";
import type { Connection } from "mysql2/promise";
import { createConnection } from "mysql2/promise";
import type { StatusAnswer } from "../../cli/status.ts";
import { localClients } from "../../cli/target.ts";
import type { ReconcileReport } from "../../lambdas/core/events.ts";
import { compareAll } from "../../localstack/demo/compare/compare.ts";
import { parseSourceUrl } from "../../localstack/demo/source/connection.ts";
import type { RunningSource } from "../../localstack/engines/mysql.ts";
import { startMysql } from "../../localstack/engines/mysql.ts";
import { choosePort } from "../../localstack/engines/ports.ts";
import type { AnyTable } from "../../schemas/model/table.ts";
import { copyOfCheckout } from "../support/checkout-copy.ts";
import type { Ended } from "./main-job.ts";
import { reportIn, runProgram } from "./main-job.ts";

jest.setTimeout(900_000);

/** The second server: a text key, and a table of the same name as one of the first server's. */
const DEPOT = `
CREATE DATABASE depot;
USE depot;
CREATE TABLE depot.bins (code VARCHAR(20) PRIMARY KEY, aisle INT UNSIGNED NOT NULL, note TEXT);
CREATE TABLE depot.orders (id BIGINT UNSIGNED PRIMARY KEY AUTO_INCREMENT, bin VARCHAR(20), amount DECIMAL(12,4), at DATETIME(6));
INSERT INTO depot.bins SELECT CONCAT('bin ', seq), seq * 1000003, NULL FROM seq_1_to_500;
INSERT INTO depot.orders (bin, amount, at) SELECT CONCAT('bin ', seq), seq / 7, '2026-01-01 10:00:00.000001' FROM seq_1_to_2000;
`;
const CHANGES = [
  "UPDATE depot.bins SET aisle = aisle + 1 WHERE aisle % 2 = 0",
  "DELETE FROM depot.bins WHERE code LIKE 'bin 9%'",
  "UPDATE depot.orders SET bin = 'moved', id = id + 1000000 WHERE id BETWEEN 10 AND 20",
  "INSERT INTO depot.orders (bin, amount) VALUES ('new', -0.0001)",
];

/** One deployment of a stage with two sources in its record: two servers, each with an area of its own. */
describe("two sources in one deployment", () => {
  const checkout = copyOfCheckout();
  const data = mkdtempSync(path.join(tmpdir(), "millrace-two-sources-"));
  let depot: RunningSource;
  let depotPort = 0;
  let first: Connection | undefined;
  let endpoints: StatusAnswer["endpoints"];

  const run = (command: string, ...args: string[]): Promise<Ended> =>
    runProgram(command, args, { cwd: checkout.folder });
  const succeeds = async (command: string, ...args: string[]): Promise<string> => {
    const ended = await run(command, ...args);
    if (ended.code !== 0) throw new Error(`${command} ${args.join(" ")}\n${ended.stdout}\n${ended.stderr}`);
    return ended.stdout;
  };
  const millrace = (...args: string[]): Promise<string> => succeeds("npx", "millrace", ...args);
  const status = async (): Promise<StatusAnswer> => JSON.parse(await millrace("status", "--json")) as StatusAnswer;
  const sql = async (statement: string): Promise<Record<string, unknown>[]> =>
    JSON.parse(await millrace("sql", statement, "--json")) as Record<string, unknown>[];
  const inDepot = async (statements: string): Promise<void> => {
    const connection = await createConnection({ uri: depot.endpoint, multipleStatements: true });
    await connection.query(statements);
    await connection.end();
  };
  const startDepot = async (): Promise<void> => {
    depot = await startMysql({ dataDir: data, port: depotPort });
  };

  beforeAll(async () => {
    depotPort = await choosePort("source");
    await startDepot();
    await inDepot(DEPOT);
    await millrace("import", `${depot.endpoint}/depot`);
    const file = path.join(checkout.folder, "lib/config.ts");
    const written = readFileSync(file, "utf8");
    const own = '{ name: "source", host: "127.0.0.1", port: 3306, secretName: "millrace/local/source", tls: "off" }';
    const second = `{ name: "depot", host: "127.0.0.1", port: ${depotPort}, secretName: "millrace/local/depot", tls: "off", areas: ["depot"] }`;
    expect(written).toContain(own);
    writeFileSync(file, written.replace(own, `${own}, ${second}`));
  });
  afterAll(async () => {
    await first?.end();
    await run("npx", "millrace", "down");
    await depot.stop();
    checkout.remove();
    rmSync(data, { recursive: true, force: true });
  });

  it("deploys both; the first is copied by the main job, the second by its own state machine", async () => {
    const ended = await run("npm", "run", "local", "--", "--keep", "--orders", "40", "--changes", "0", "--json");
    const report = reportIn(ended);
    if (!report.ok) throw new Error(`${report.error ?? ""}\n${ended.stderr}`);
    ({ endpoints } = await status());
    const { username, password } = parseSourceUrl(depot.captureEndpoint);
    const secrets = new SecretsManagerClient(localClients(endpoints.aws ?? ""));
    const SecretString = JSON.stringify({ username, password });
    await secrets.send(new CreateSecretCommand({ Name: "millrace/local/depot", SecretString }));
    secrets.destroy();
    const copied = await millrace("resync", "depot_bins", "depot_orders");
    expect(copied).toContain("Started the resync of depot_bins, depot_orders");
    await expectSame("depot");
  });

  it("arrive exact while both change, and status names both", async () => {
    first = await createConnection({ uri: endpoints.source ?? "", multipleStatements: true });
    await first.query("USE classicmodels; UPDATE customers SET city = 'Two Sources' WHERE customerNumber % 3 = 0");
    await inDepot(CHANGES.join(";"));
    const text = await millrace("status", "--wait", "--timeout", "300");
    expect(text).toMatch(/^source source \(classicmodels\): change capture at /m);
    expect(text).toMatch(/^source depot \(depot\): change capture at /m);
    await expectSame("depot");
    await expectSame("classicmodels");
  });

  it("are reconciled by one command, each against its own server", async () => {
    const report = JSON.parse(await millrace("reconcile", "--json")) as ReconcileReport;
    const verdicts = new Map(report.tables.map(({ table, verdict }) => [table, verdict]));
    expect(verdicts.get("depot_bins")).toBe("equal");
    expect(verdicts.get("classicmodels_orders")).toBe("equal");
    expect(new Set(verdicts.values())).toEqual(new Set(["equal"]));
  });

  it("one that is gone stops no other; it is named, and goes on when it is back", async () => {
    await depot.stop();
    await first?.query("UPDATE classicmodels.customers SET city = 'Alone' WHERE customerNumber % 5 = 0");
    for (;;) {
      const [row] = await sql("SELECT COUNT(*) AS n FROM source.classicmodels_customers WHERE city = 'Alone'");
      if (Number(row?.["n"]) > 0) break;
    }
    const alone = await status();
    expect(alone.caughtUp).toBe(false);
    expect(alone.sources).toMatchObject([
      { name: "source", error: null },
      { name: "depot", error: expect.stringContaining(String(depotPort)) as unknown },
    ]);
    expect(alone.sources[0]?.capture).not.toBeNull();
    const waited = await run("npx", "millrace", "status", "--wait", "--timeout", "120");
    expect(waited).toMatchObject({ code: 1, stderr: expect.stringContaining("Source depot: ") as unknown });
    await expectSame("classicmodels");

    await startDepot();
    await inDepot("INSERT INTO depot.bins VALUES ('after', 1, 'the stop')");
    await millrace("status", "--wait", "--timeout", "300");
    await expectSame("depot");
  });

  /** Every cell of an area's tables, read from its own server and from the warehouse. */
  async function expectSame(area: "depot" | "classicmodels"): Promise<void> {
    const { tables } = (await import(path.join(checkout.folder, "schemas/sources/index.ts"))) as {
      readonly tables: readonly AnyTable[];
    };
    const own = tables.filter((table) => table.area.name === area);
    const outcome = await compareAll({
      source: parseSourceUrl(area === "depot" ? depot.endpoint : (endpoints.source ?? "")),
      ask: sql,
      warehouseUrl: endpoints.warehouse ?? "",
      tables: own,
      say: () => undefined,
      signal: new AbortController().signal,
    });
    expect(outcome.differences).toEqual([]);
    expect(outcome.comparisons.filter(({ equal }) => !equal)).toEqual([]);
    expect(outcome.comparisons.length).toBeGreaterThanOrEqual(2 * own.length);
  }
});
