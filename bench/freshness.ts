import { setTimeout as delay } from "node:timers/promises";
import { starTables } from "../schemas/warehouse/star.ts";
import { measureFreshness } from "../localstack/demo/run/facts.ts";
import { deployedPipeline } from "../localstack/demo/run/pipeline.ts";
import { connectTo, parseSourceUrl, rowsOf } from "../localstack/demo/source/connection.ts";
import { keptCloud, mainJob, takeDown } from "./local-cloud.ts";
import { watchMemory } from "./memory.ts";
import { compared } from "./result.ts";
import type { Bench } from "./result.ts";

const ROWS_PER_SECOND = 500;
const ROWS_PER_TRANSACTION = 10;
const SECONDS = 120;

/** Freshness of the whole way while 500 rows a second change, and the memory of every Lambda meanwhile. */
export const run: Bench = async ({ scale, log }) => {
  await mainJob(["--orders", "3000", "--changes", "0", "--keep"], log);
  try {
    const state = keptCloud();
    const memory = watchMemory([]);
    const rows = await changeSteadily(state.endpoints.source, SECONDS * scale, log);
    const series = memory.stop();
    const pipeline = await deployedPipeline(state.endpoints.aws);
    let status = await pipeline.status();
    const { mark } = status;
    while (!status.caughtUp) {
      await delay(500);
      status = await pipeline.status(mark);
    }
    const freshness = await measureFreshness(pipeline.ask, starTables());
    return [
      compared({
        name: "freshness, 500 row changes a second",
        rate: rows / (SECONDS * scale),
        unit: "rows/s",
        against: null,
        asked: null,
        peakMb: Math.max(0, ...series.map(({ peakMb }) => peakMb)),
        details: { rows, seconds: SECONDS * scale, freshness, askedP95Seconds: 20, memory: series },
      }),
    ];
  } finally {
    await takeDown();
  }
};

/** Updates lines of random orders, ten rows a transaction, evenly over time. @returns rows changed */
async function changeSteadily(source: string, seconds: number, log: (line: string) => void): Promise<number> {
  const connection = await connectTo(parseSourceUrl(source), { database: "classicmodels" });
  try {
    const lines = await rowsOf<{ orderNumber: string; productCode: string }>(
      connection,
      "SELECT orderNumber, productCode FROM orderdetails",
    );
    const began = Date.now();
    let rows = 0;
    while (Date.now() - began < seconds * 1_000) {
      const due = ((Date.now() - began) / 1_000) * ROWS_PER_SECOND;
      if (rows > due) {
        await delay(5);
        continue;
      }
      await connection.beginTransaction();
      for (let i = 0; i < ROWS_PER_TRANSACTION; i++) {
        const line = lines[(rows + i) % lines.length];
        await connection.query(
          "UPDATE orderdetails SET quantityOrdered = quantityOrdered % 90 + 1 WHERE orderNumber = ? AND productCode = ?",
          [line?.orderNumber, line?.productCode],
        );
      }
      await connection.commit();
      rows += ROWS_PER_TRANSACTION;
      if (rows % 5_000 === 0) log(`${rows} rows changed`);
    }
    return rows;
  } finally {
    await connection.end();
  }
}
