import path from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { connectSource } from "../lambdas/adapters/mysql/index.ts";
import type { MysqlTarget } from "../lambdas/adapters/mysql/index.ts";
import { openSession } from "../lambdas/adapters/mysql/session.ts";
import { installDebezium, runDebezium } from "./capture/debezium.ts";
import { startEngines } from "./capture/engines.ts";
import { fillChanges, makeTable } from "./capture/fill.ts";
import { runWorker } from "./capture/measure.ts";
import { DATABASE, orderValues } from "./capture/orders-table.ts";
import { compared } from "./result.ts";
import type { Bench } from "./result.ts";

const CHANGES = 500_000;
const ASKED = 1;
/** Ids that the measured changes do not use. */
const MARKS_FROM = 1_000_000_000;

/**
 * Single-row changes in transactions of 100, twelve columns, from the binlog to acknowledged in Kafka: our capture and
 * the Debezium engine over the same log, one after the other, each from its first record to its last acknowledgement.
 */
export const run: Bench = async ({ dir, scale, log }) => {
  const changes = Math.max(100, Math.round(CHANGES * scale));
  await installDebezium();
  const engines = await startEngines(dir);
  try {
    const { target, broker } = engines;
    await makeTable(target);
    await Promise.all([engines.topic("bench_orders"), engines.topic("peer")]);
    const peer = { engines, dir: path.join(dir, "peer"), topic: "peer", snapshotMode: "no_data" } as const;

    // An idle engine keeps no offset until it has seen a change: one at a time, until it has.
    log("teaching the peer the table");
    const taught = new AbortController();
    await runDebezium({ ...peer, records: 1 }, () => mark(target, taught.signal)).finally(() => taught.abort());
    const source = await connectSource(target);
    const from = await source.currentPlace();
    await source.close();
    log(`writing ${changes} changes`);
    await fillChanges(target, changes);

    log("measuring ours");
    const ours = await runWorker({ mode: "changes", target, broker, rows: changes, from });
    log("measuring the peer");
    const theirs = await runDebezium({ ...peer, records: changes });
    return [
      compared({
        name: "capture-changes",
        rate: ours.rows / ours.seconds,
        unit: "changes/s",
        against: { name: "Debezium engine 3.5.0", rate: theirs.rate },
        asked: ASKED,
        peakMb: ours.peakMb,
        details: {
          changes,
          seconds: ours.seconds,
          cpuSeconds: ours.cpuSeconds,
          peerPeakMb: theirs.peakMb,
          askedMb: 300,
        },
      }),
    ];
  } finally {
    await engines.stop();
  }
};

/** Single changes, a little apart, until the signal. */
async function mark(target: MysqlTarget, signal: AbortSignal): Promise<void> {
  const session = await openSession(target);
  for (let id = MARKS_FROM; !signal.aborted; id += 1) {
    await session.query(`INSERT INTO ${DATABASE}.orders VALUES (${orderValues(id)})`);
    await sleep(100, undefined, { signal }).catch(() => undefined);
  }
  session.close();
}
