import path from "node:path";
import { connectSource } from "../lambdas/adapters/mysql/index.ts";
import { installDebezium, runDebezium } from "./capture/debezium.ts";
import { startEngines } from "./capture/engines.ts";
import { fillRows, makeTable } from "./capture/fill.ts";
import { runWorker } from "./capture/measure.ts";
import { compared } from "./result.ts";
import type { Bench } from "./result.ts";

const ROWS = 500_000;
const ASKED = 1.5;

/** Rows of a table, twelve columns, from MySQL to acknowledged in Kafka by one worker, against Debezium's snapshot. */
export const run: Bench = async ({ dir, scale, log }) => {
  const rows = Math.max(100, Math.round(ROWS * scale));
  await installDebezium();
  const engines = await startEngines(dir);
  try {
    const { target, broker } = engines;
    await makeTable(target);
    await Promise.all([engines.topic("bench_orders"), engines.topic("peer")]);
    log(`writing ${rows} rows`);
    await fillRows(target, rows);
    const source = await connectSource(target);
    const from = await source.currentPlace();
    await source.close();

    log("measuring ours");
    const ours = await runWorker({ mode: "snapshot", target, broker, rows, from });
    log("measuring the peer");
    const peer = { engines, dir: path.join(dir, "peer"), topic: "peer", snapshotMode: "initial_only" } as const;
    const theirs = await runDebezium({ ...peer, records: rows });
    return [
      compared({
        name: "capture-snapshot",
        rate: ours.rows / ours.seconds,
        unit: "rows/s",
        against: { name: "Debezium engine 3.5.0", rate: theirs.rate },
        asked: ASKED,
        peakMb: ours.peakMb,
        details: { rows, seconds: ours.seconds, cpuSeconds: ours.cpuSeconds, peerPeakMb: theirs.peakMb },
      }),
    ];
  } finally {
    await engines.stop();
  }
};
