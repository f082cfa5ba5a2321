import Table from "cli-table3";
import type { ReconciledTable, ReconcileReport } from "../lambdas/core/events.ts";

/** A run for people: one line a table, the first rows that differ, what to do. */
export function reconcileText(report: ReconcileReport): string {
  const table = new Table({
    head: ["table", "verdict", "rows", "ranges looked into", "changed", "missing", "surplus", "repaired"],
    colAligns: ["left", "left", "right", "right", "right", "right", "right", "right"],
    style: { head: [], border: [], compact: true },
  });
  for (const t of report.tables) {
    table.push([t.table, t.verdict ?? t.phase, t.rows, t.ranges, t.changed, t.missing, t.surplus, t.repaired]);
  }
  const examples = report.tables.flatMap(({ table: name, examples: rows }) =>
    rows.map(({ kind, row }) => `${kind.padEnd(8)} ${name} ${row}`),
  );
  const messages = report.tables.flatMap(({ table: name, message }) =>
    message === null ? [] : [`${name}: ${message}.`],
  );
  const skipped = report.skipped.map(({ table: name, reason }) => `${name} is left out: ${reason}.`);
  const remaining = differencesIn(report);
  const advice =
    remaining === 0
      ? []
      : [`${remaining} ${remaining === 1 ? "row differs" : "rows differ"}: \`millrace repair\` repairs.`];
  return [table.toString(), ...examples, ...messages, ...skipped, ...advice].join("\n");
}

/** Rows that differ for certain, over all tables. */
export const differencesIn = ({ tables }: ReconcileReport): number =>
  tables.reduce((sum, { changed, missing, surplus }) => sum + changed + missing + surplus, 0);

/** Where a run is, in one line. */
export function progressLine({ tables }: ReconcileReport): string {
  const finished = tables.filter(({ phase }) => phase === "done").length;
  const current = tables.find(({ phase }) => phase !== "done");
  const where = current === undefined ? "" : `, ${current.table}: ${phaseText(current)}`;
  return `${finished} of ${tables.length} tables${where}`;
}

function phaseText({ phase, rows, expected, ranges }: ReconciledTable): string {
  switch (phase) {
    case "compare":
      return `${rows} of about ${Math.max(rows, expected)} rows compared`;
    case "narrow":
      return `looking into ranges that differ, ${ranges} done`;
    case "confirm":
      return "waiting for the mirror to pass the place at which the source was read";
    case "publish":
      return "publishing the rows to repair";
    case "settle":
      return "waiting for the repair to be loaded";
    case "done":
      return "done";
  }
}
