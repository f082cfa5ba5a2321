import Table from "cli-table3";
import type { StatusAnswer } from "./status.ts";

/** The status for people: capture, one line a table, what to connect to. */
export function statusText(answer: StatusAnswer): string {
  const table = new Table({
    head: ["table", "published", "landed", "loaded", "in mart", "behind", "last error"],
    colAligns: ["left", "right", "right", "right", "right", "right", "left"],
    style: { head: [], border: [], compact: true },
  });
  for (const { table: name, published, landed, loaded, starred, lag, lastError } of answer.tables) {
    table.push([name, published, landed, loaded, starred, lag.land + lag.load + lag.star, lastError ?? ""]);
  }
  const endpoints = Object.entries(answer.endpoints).filter(([, url]) => url !== null);
  return [
    `stage ${answer.stage}: ${answer.caughtUp ? "caught up" : "catching up"}`,
    captureLine(answer.capture),
    table.toString(),
    ...endpoints.map(([name, url]) => `${name.padEnd(9)} ${String(url)}`),
  ].join("\n");
}

function captureLine(capture: StatusAnswer["capture"]): string {
  if (capture === null) return "change capture has not started: run `millrace snapshot`";
  const lag = capture.lagSeconds === null ? "lag not known" : `${capture.lagSeconds.toFixed(1)} s behind`;
  const { anchor } = capture;
  const start = anchor === null ? "" : `\nnewest snapshot at ${anchor.file}:${anchor.pos}, by ${anchor.facility}`;
  return `change capture at ${capture.file}:${capture.pos}, ${lag} (saved ${capture.savedAt})${start}`;
}
