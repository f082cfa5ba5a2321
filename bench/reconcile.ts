import { parseMysqlUrl } from "../lambdas/adapters/mysql/index.ts";
import type { DifferenceKind } from "../lambdas/core/events.ts";
import { startMysql } from "../localstack/engines/mysql.ts";
import { node } from "../localstack/engines/paths.ts";
import { mirrorName } from "../schemas/naming.ts";
import { startReconciling } from "../test/support/reconciling.ts";
import { fillRows, makeTable } from "./capture/fill.ts";
import { measure } from "./capture/measure.ts";
import { ordersTable } from "./capture/orders-table.ts";
import type { ReconcileMeasure, ReconcileOrder } from "./reconcile/worker.ts";
import { compared } from "./result.ts";
import type { Bench } from "./result.ts";

const ROWS = 1_000_000;
/** Twice the time of a bare read. */
const ASKED = 0.5;
const REPAIR_SECONDS = 10;

/** A million rows of twelve columns, source against mirror, beside a bare streamed read of them; then one row repaired. */
export const run: Bench = async ({ dir, scale, log }) => {
  const rows = Math.max(1_000, Math.round(ROWS * scale));
  const engine = await startMysql({ dataDir: dir });
  const target = parseMysqlUrl(engine.endpoint);
  try {
    await makeTable(target);
    log(`writing ${rows} rows`);
    await fillRows(target, rows);
    const world = await startReconciling(target, [ordersTable], { chunkRows: 2_000_000, rangeRows: 1_000 });
    try {
      log("copying them into the mirror");
      await world.copy();
      const order = { target, dataApi: world.loading.dataApi };
      log("measuring a bare read");
      const bare = await runWorker({ mode: "bare", ...order });
      log("measuring ours");
      const ours = await runWorker({ mode: "reconcile", ...order });
      expectDifferences(ours, {});

      const bend = [
        `UPDATE ${mirrorName(ordersTable)} SET amount = amount + 1 WHERE id = ${Math.floor(rows / 2)}`,
        `DELETE FROM ${mirrorName(ordersTable)} WHERE id = ${Math.floor(rows / 3)}`,
        `UPDATE ${mirrorName(ordersTable)} SET id = -5 WHERE id = ${Math.floor(rows / 4)}`,
      ];
      await world.loading.warehouse.transaction(bend, crypto.randomUUID());
      log("measuring ours with a changed cell, a missing and a surplus row");
      const bent = await runWorker({ mode: "reconcile", ...order });
      expectDifferences(bent, { changed: 1, missing: 2, surplus: 1 });
      await world.reconcile();
      const began = performance.now();
      const repaired = await world.repair();
      const repairSeconds = (performance.now() - began) / 1000;
      if (repaired.tables[0]?.repaired !== 4) throw new Error(`not repaired: ${JSON.stringify(repaired)}`);
      return [
        compared({
          name: "reconcile",
          rate: rows / ours.seconds,
          unit: "rows/s",
          against: { name: "bare streamed read (mysql2)", rate: rows / bare.seconds },
          asked: ASKED,
          peakMb: ours.peakMb,
          details: {
            ...{ rows, seconds: ours.seconds, cpuSeconds: ours.cpuSeconds, bareCpuSeconds: bare.cpuSeconds },
            ...{ secondsWithDifferences: bent.seconds, repairSeconds, repairAsked: REPAIR_SECONDS },
          },
        }),
      ];
    } finally {
      await world.stop();
    }
  } finally {
    await engine.stop();
  }
};

async function runWorker(order: ReconcileOrder): Promise<ReconcileMeasure> {
  const { output } = await measure(node, ["--import", "tsx", "bench/reconcile/worker.ts", JSON.stringify(order)]);
  return JSON.parse(output) as ReconcileMeasure;
}

/** A reconciliation that finds nothing would be quick. */
function expectDifferences({ report }: ReconcileMeasure, wanted: Partial<Record<DifferenceKind, number>>): void {
  const found = report?.tables[0];
  for (const kind of ["changed", "missing", "surplus"] as const) {
    if (found?.[kind] !== (wanted[kind] ?? 0)) throw new Error(`${kind} rows are wrong: ${JSON.stringify(report)}`);
  }
}
