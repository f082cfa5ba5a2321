import { Pump } from "../../lambdas/capture-changes/pump.ts";
import { binlogOf } from "../../lambdas/adapters/binlog/index.ts";
import { createPublisher } from "../../lambdas/adapters/kafka/index.ts";
import { connectSource } from "../../lambdas/adapters/mysql/index.ts";
import type { MysqlTarget } from "../../lambdas/adapters/mysql/index.ts";
import { recordWriter } from "../../lambdas/core/record-text.ts";
import type { LogPlace } from "../../lambdas/core/capture-ports.ts";
import { ordersTable } from "./orders-table.ts";

/** What a measured process is told, as JSON in its first argument. */
export interface WorkerOrder {
  readonly mode: "changes" | "snapshot";
  readonly target: MysqlTarget;
  readonly broker: string;
  readonly rows: number;
  readonly from: LogPlace;
}

/** What it answers, as JSON on standard output. */
export interface WorkerReport {
  readonly rows: number;
  /** From the first rows decoded to the acknowledgement of the last. */
  readonly seconds: number;
  readonly cpuSeconds: number;
  readonly peakMb: number;
}

const quiet = { info: () => undefined, warn: () => undefined, error: () => undefined, metric: () => undefined };

/** Nothing alters a table here. */
const noState = {
  get: async () => null,
  list: async function* () {},
  putIfAbsent: async () => ({ created: false, etag: null }),
  putIfMatch: async () => ({ etag: "" }),
};

async function changes(order: WorkerOrder): Promise<{ rows: number; began: number }> {
  const publisher = await createPublisher({ brokers: [order.broker], auth: "none", region: "local" });
  const start = {
    position: { epoch: 1, ...order.from },
    sent: null,
    gtid: null,
    server: "",
    turn: 0,
    owner: "",
    savedAt: "",
    committedAt: null,
  };
  const pump = new Pump({ sourceName: "bench", connector: "mariadb", tables: [ordersTable], start }, publisher, {
    telemetry: quiet,
    now: Date.now,
    state: noState,
  });
  const stop = new AbortController();
  const events = binlogOf(order.target)({
    from: order.from,
    gtid: null,
    serverId: 7_001,
    tables: [ordersTable],
    signal: stop.signal,
  });
  let began = 0;
  for await (const batch of events) {
    if (began === 0) began = performance.now();
    await pump.push(batch);
    if (pump.rows >= order.rows) break;
  }
  stop.abort();
  await publisher.flush();
  await publisher.close();
  return { rows: pump.rows, began };
}

async function snapshot(order: WorkerOrder): Promise<{ rows: number; began: number }> {
  const publisher = await createPublisher({ brokers: [order.broker], auth: "none", region: "local" });
  const source = await connectSource(order.target);
  const began = performance.now();
  const origin = {
    connector: "mariadb",
    name: "bench",
    epoch: 1,
    db: ordersTable.area.database,
    table: ordersTable.source,
    serverId: 1,
    gtid: null,
    ...order.from,
    committedAt: Date.now(),
    snapshot: true,
  } as const;
  let rows = 0;
  const signal = new AbortController().signal;
  for await (const batch of source.read({ table: ordersTable, above: null, upTo: null, after: null, signal })) {
    const writer = recordWriter(origin, Date.now());
    for (const row of batch.rows) {
      if (!publisher.send("bench_orders", row.key, writer.change("r", 0, null, row.after))) await publisher.drained();
    }
    rows += batch.rows.length;
  }
  await publisher.flush();
  await Promise.all([publisher.close(), source.close()]);
  return { rows, began };
}

const order = JSON.parse(process.argv[2] ?? "") as WorkerOrder;
const { rows, began } = await (order.mode === "changes" ? changes(order) : snapshot(order));
const { user, system } = process.cpuUsage();
const report: WorkerReport = {
  rows,
  seconds: (performance.now() - began) / 1000,
  cpuSeconds: (user + system) / 1e6,
  peakMb: process.resourceUsage().maxRSS / 1000,
};
process.stdout.write(`${JSON.stringify(report)}\n`);
process.exit(0);
