import { RedshiftDataClient } from "@aws-sdk/client-redshift-data";
import { createConnection } from "mysql2";
import { connectSource } from "../../lambdas/adapters/mysql/index.ts";
import type { MysqlTarget } from "../../lambdas/adapters/mysql/index.ts";
import { createWarehouse } from "../../lambdas/adapters/redshift-data/index.ts";
import type { ReconcileReport } from "../../lambdas/core/events.ts";
import { checkpointKey } from "../../lambdas/core/state-keys.ts";
import { planRun } from "../../lambdas/reconcile-table/plan-run.ts";
import { continueRun } from "../../lambdas/reconcile-table/reconcile-table.ts";
import { memoryStore } from "../../test/support/memory-store.ts";
import { DATABASE, ordersTable } from "../capture/orders-table.ts";

/** What a measured process is told, as JSON in its first argument. */
export interface ReconcileOrder {
  readonly mode: "bare" | "reconcile";
  readonly target: MysqlTarget;
  readonly dataApi: { readonly endpoint: string; readonly database: string };
}

export interface ReconcileMeasure {
  readonly rows: number;
  readonly seconds: number;
  readonly cpuSeconds: number;
  readonly peakMb: number;
  readonly report: ReconcileReport | null;
}

/** The table streamed by the usual driver, and nothing done with it. */
async function bare({ target }: ReconcileOrder): Promise<number> {
  const { host, port, user, password } = target;
  const settings = { supportBigNumbers: true, bigNumberStrings: true, dateStrings: true, rowsAsArray: true };
  const connection = createConnection({ host, port, user, password, ...settings });
  const names = Object.values(ordersTable.columns).map(({ source }) => source);
  let rows = 0;
  await new Promise<void>((resolve, reject) => {
    connection
      .query(`SELECT ${names.join(", ")} FROM ${DATABASE}.orders`)
      .on("result", () => (rows += 1))
      .on("error", reject)
      .on("end", () => resolve());
  });
  connection.destroy();
  return rows;
}

/** A source at rest and a mirror that has all of it: nothing to wait for. */
async function reconcile({ target, dataApi }: ReconcileOrder): Promise<ReconcileReport> {
  const source = await connectSource(target);
  const credentials = { accessKeyId: "test", secretAccessKey: "test" };
  const client = new RedshiftDataClient({ endpoint: dataApi.endpoint, region: "us-east-1", credentials });
  const where = { workgroup: "local", database: dataApi.database };
  const warehouse = createWarehouse({ ...where, secretArn: "arn:aws:secretsmanager:us-east-1:0:secret:x" }, client);
  const state = memoryStore();
  const { file, pos } = await source.currentPlace();
  const checkpoint = { position: { epoch: 1, file, pos }, sent: null, gtid: null, server: "", turn: 0, owner: "" };
  const saved = { ...checkpoint, savedAt: "", committedAt: null };
  await state.put(checkpointKey("bench"), Buffer.from(JSON.stringify(saved)));
  const settings = { sourceName: "bench", definitions: [ordersTable], chunkRows: 2_000_000, rangeRows: 1_000 };
  const quiet = { info: () => undefined, warn: () => undefined, error: () => undefined, metric: () => undefined };
  const ports = {
    ...{ state, source, warehouse, telemetry: quiet, now: Date.now, newId: () => crypto.randomUUID() },
    endOffsets: async () => new Map(),
    publisher: () => Promise.reject(new Error("nothing is repaired here")),
    sleep: async () => undefined,
    remaining: () => 900_000,
  };
  const plan = await planRun(null, { ...settings, patienceSeconds: 60 }, ports);
  const report = await continueRun(plan.id, { ...settings, patienceSeconds: 60 }, ports);
  await source.close();
  client.destroy();
  return report;
}

const order = JSON.parse(process.argv[2] ?? "") as ReconcileOrder;
const began = performance.now();
const outcome = await (order.mode === "bare" ? bare(order) : reconcile(order));
const seconds = (performance.now() - began) / 1000;
const { user, system } = process.cpuUsage();
const measure: ReconcileMeasure = {
  rows: typeof outcome === "number" ? outcome : (outcome.tables[0]?.rows ?? 0),
  seconds,
  cpuSeconds: (user + system) / 1e6,
  peakMb: process.resourceUsage().maxRSS / 1000,
  report: typeof outcome === "number" ? null : outcome,
};
process.stdout.write(`${JSON.stringify(measure)}\n`);
process.exit(0);
