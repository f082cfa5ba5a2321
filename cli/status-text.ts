import Table from "cli-table3";
import type { SourceStatus } from "./source-status.ts";
import type { StatusAnswer } from "./status.ts";

/** The status for people: capture, one line a table, what to connect to. */
export function statusText(answer: StatusAnswer): string {
  const table = new Table({
    head: ["table", "published", "landed", "loaded", "in mart", "behind", "note"],
    colAligns: ["left", "right", "right", "right", "right", "right", "left"],
    style: { head: [], border: [], compact: true },
  });
  for (const { table: name, published, landed, loaded, starred, lag, ...state } of answer.tables) {
    table.push([name, published, landed, loaded, starred, lag.land + lag.load + lag.star, noteOf(state)]);
  }
  const endpoints = Object.entries(answer.endpoints).filter(([, url]) => url !== null);
  return [
    `stage ${answer.stage}: ${answer.caughtUp ? "caught up" : "catching up"}`,
    ...answer.sources.map((source) => sourceLines(source, answer.sources.length)),
    table.toString(),
    ...endpoints.map(([name, url]) => `${name.padEnd(9)} ${String(url)}`),
  ].join("\n");
}

/** What somebody should know of a table: that it is paused, waits for a resync, or has failed. */
function noteOf({
  held,
  resync,
  cascades,
  lastError,
}: Pick<StatusAnswer["tables"][number], "held" | "resync" | "cascades" | "lastError">): string {
  const paused = held === null ? [] : [`paused ${held}`];
  const silent =
    cascades.length === 0 ? [] : [`changed by ${cascades.join(", ")} without binlog events, repaired by schedule`];
  return [...paused, ...resync.map((reason) => `resync waits, ${reason}`), ...silent, lastError ?? ""]
    .filter(Boolean)
    .join("\n");
}

function sourceLines({ name, areas, capture, copyWaits, error }: SourceStatus, sources: number): string {
  const waits =
    copyWaits === null ? "" : `\nthe copy of ${copyWaits.table} waits since ${copyWaits.since}: ${copyWaits.reason}`;
  if (sources === 1) return `${captureLine(capture)}${waits}`;
  const found = error === null ? `${captureLine(capture)}${waits}` : `does not answer: ${error}`;
  return `source ${name} (${areas.join(", ")}): ${found}`;
}

function captureLine(capture: SourceStatus["capture"]): string {
  if (capture === null) return "change capture has not started: run `millrace snapshot`";
  const lag = capture.lagSeconds === null ? "lag not known" : `${capture.lagSeconds.toFixed(1)} s behind`;
  const { anchor } = capture;
  const start = anchor === null ? "" : `\nnewest snapshot at ${anchor.file}:${anchor.pos}, by ${anchor.facility}`;
  const source =
    capture.sourceLagSeconds === null ? "" : `; the source is a replica, itself ${capture.sourceLagSeconds} s behind`;
  const lost =
    capture.lost === null
      ? ""
      : `\nchange capture has lost its place: ${capture.lost}\nall tables are resynced (docs/RUNBOOK.md#the-binlog-was-purged)`;
  const stuck =
    capture.stuck === null ? "" : `\nchange capture stands still: ${capture.stuck}\nsee docs/RUNBOOK.md#capture-lag`;
  return `change capture at ${capture.file}:${capture.pos}, ${lag}${source} (saved ${capture.savedAt})${lost}${stuck}${start}`;
}
