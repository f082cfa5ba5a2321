import { mainJob } from "./local-cloud.ts";
import { compared } from "./result.ts";
import type { Bench } from "./result.ts";

/** About nine lines an order. */
const ORDERS = 112_000;

/** A million generated order lines go the whole way; no part's memory may grow with the amount. */
export const run: Bench = async ({ scale, log }) => {
  const { report, memory } = await mainJob(["--orders", String(Math.round(ORDERS * scale)), "--changes", "0"], log);
  const copy = report.stages.find((stage) => stage.name === "star") ?? report.stages.at(-1);
  const rows = report.stages.find((stage) => stage.name === "load")?.rows ?? 0;
  const growing = memory.filter((series) => series.growth > 1.1);
  return [
    compared({
      name: "whole way, a million order lines",
      rate: rows / (copy?.seconds ?? report.seconds),
      unit: "rows/s",
      against: null,
      asked: null,
      peakMb: Math.max(0, ...memory.map((series) => series.peakMb)),
      details: { rows, stages: report.stages, memory, growing: growing.map((series) => series.name) },
    }),
  ];
};
