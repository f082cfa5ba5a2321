import { mainJob } from "./local-cloud.ts";
import type { MemorySeries } from "./memory.ts";
import { compared } from "./result.ts";
import type { Bench } from "./result.ts";

/** About nine lines an order. */
const ORDERS = 112_000;
/** The same run with so many times less shows what follows the amount; time of day and start-up are in both. */
const LESS = 4;
const ASKED = 1.1;

/** A million generated order lines go the whole way; no part's memory may grow with the amount. */
export const run: Bench = async ({ scale, log }) => {
  const job = (orders: number) => mainJob(["--orders", String(Math.round(orders)), "--changes", "0"], log);
  const less = await job((ORDERS * scale) / LESS);
  const { report, memory } = await job(ORDERS * scale);
  const copy = report.stages.find((stage) => stage.name === "star") ?? report.stages.at(-1);
  const rows = report.stages.find((stage) => stage.name === "load")?.rows ?? 0;
  const peaks = peaksOf(less.memory, memory);
  return [
    compared({
      name: "whole way, a million order lines",
      rate: rows / (copy?.seconds ?? report.seconds),
      unit: "rows/s",
      against: null,
      asked: null,
      peakMb: Math.max(0, ...memory.map((series) => series.peakMb)),
      details: {
        rows,
        stages: report.stages,
        peaks,
        growing: peaks.filter(({ growth }) => growth > ASKED).map(({ name }) => name),
      },
    }),
  ];
};

interface Peaks {
  readonly name: string;
  readonly lessMb: number;
  readonly peakMb: number;
  /** Peak with all rows over that with a quarter of them. */
  readonly growth: number;
}

function peaksOf(less: readonly MemorySeries[], all: readonly MemorySeries[]): readonly Peaks[] {
  const before = new Map(less.map(({ name, peakMb }) => [withoutHash(name), peakMb]));
  return all.flatMap(({ name, peakMb }) => {
    const lessMb = before.get(withoutHash(name));
    return lessMb === undefined ? [] : [{ name: withoutHash(name), lessMb, peakMb, growth: peakMb / lessMb }];
  });
}

/** Each deployment ends a function's name with another hash. */
const withoutHash = (name: string): string => name.replace(/-[0-9a-f]+$/, "");
