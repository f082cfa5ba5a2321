import { qualifiedName } from "../../schemas/naming.ts";
import type { AnyTable } from "../../schemas/model/table.ts";
import { recordReconciliation } from "../../schemas/sql/reconcile/results.ts";
import { ConfigurationError, FencedError, MalformedInputError, messageOf } from "../core/errors.ts";
import type { DifferenceKind, ReconciledTable, ReconcileReport } from "../core/events.ts";
import { METRICS } from "../core/metrics.ts";
import { compareNext } from "./compare.ts";
import { confirmPending } from "./confirm.ts";
import { narrowNext, startedCheckpoint } from "./narrow.ts";
import { RESERVE_MS } from "./ports.ts";
import type { ReconcilePorts, ReconcileSettings } from "./ports.ts";
import { publishRepair, settleRepair } from "./repair.ts";
import { latestRun, readRun, TableProgress } from "./run-state.ts";
import type { PlannedTable, RunPlan, TableState } from "./run-state.ts";

const EXAMPLES = 20;

/**
 * Goes on with a run as long as there is time, table by table; progress is saved after each step, so that the next
 * invocation goes on where this one stopped. Safe to repeat because every step starts from what is saved, and of two
 * invocations at once the slower one gives up.
 */
export async function continueRun(
  runId: string,
  settings: ReconcileSettings,
  ports: ReconcilePorts,
): Promise<ReconcileReport> {
  const plan = await readRun(ports.state, runId);
  await startedCheckpoint(settings.sourceName, ports.state);
  for (const planned of plan.tables) {
    try {
      if (!(await finishTable(planned, plan, settings, ports))) break;
    } catch (error) {
      if (!(error instanceof FencedError)) throw error;
      ports.telemetry.warn("another invocation went ahead", { run: plan.id, table: planned.table });
      break;
    }
  }
  return reportRun(plan, ports);
}

/**
 * Takes a table to its end. One that cannot be compared ends without a verdict, so that it keeps no other from its own.
 * @returns false when time is used up
 */
async function finishTable(
  planned: PlannedTable,
  plan: RunPlan,
  settings: ReconcileSettings,
  ports: ReconcilePorts,
): Promise<boolean> {
  const progress = await TableProgress.read(ports.state, plan.id, planned.table);
  while (progress.now.finishedAt === null || progress.now.phase !== "done") {
    if (ports.remaining() < RESERVE_MS) return false;
    try {
      await step(tableOf(planned, plan, settings), planned, plan, progress, settings, ports);
    } catch (error) {
      // Where even the result cannot be written, there is nothing to go on with.
      if (error instanceof FencedError || progress.now.phase === "done") throw error;
      const message = `it could not be compared: ${messageOf(error)}`;
      await progress.save({ phase: "done", verdict: "unconfirmed", message });
    }
  }
  return true;
}

function tableOf({ table: name }: PlannedTable, plan: RunPlan, { definitions }: ReconcileSettings): AnyTable {
  const table = definitions.find((candidate) => qualifiedName(candidate) === name);
  if (table !== undefined) return table;
  throw new ConfigurationError(`table '${name}' of reconciliation ${plan.id} is no longer defined: start a new one`);
}

async function step(
  table: AnyTable,
  planned: PlannedTable,
  plan: RunPlan,
  progress: TableProgress,
  settings: ReconcileSettings,
  ports: ReconcilePorts,
): Promise<void> {
  switch (progress.now.phase) {
    case "compare":
      return compareNext(table, planned, progress, ports);
    case "narrow":
      return narrowNext(table, planned, progress, settings, ports);
    case "confirm":
      return confirmPending(table, progress, settings, ports);
    case "publish":
      return publishRepair(table, progress, settings, ports);
    case "settle":
      return settleRepair(table, progress, settings, ports);
    case "done":
      return closeTable(planned, plan, progress, ports);
  }
}

/** Writes the table's result where people and alarms find it, or has its differences repaired before. */
async function closeTable(
  { table: name }: PlannedTable,
  plan: RunPlan,
  progress: TableProgress,
  ports: ReconcilePorts,
): Promise<void> {
  const state = progress.now;
  const { differences: found } = state;
  if (plan.repairs && state.verdict === null && state.repairing.length === 0 && found.length > 0) {
    ports.telemetry.info("rows that differ are repaired", { run: plan.id, table: name, rows: found.length });
    await progress.save({ phase: "publish", differences: [], repairing: found });
    return;
  }
  const finishedAt = ports.now();
  const verdict = state.verdict ?? (state.differences.length === 0 ? "equal" : "different");
  const remaining = new Set(state.differences.map(({ identity }) => identity));
  const repaired =
    verdict === "unconfirmed"
      ? state.repaired
      : state.repaired + state.repairing.filter(({ identity }) => !remaining.has(identity)).length;
  const [changed, missing, surplus] = countsOf(state);
  const counts = [state.rows, state.mirrorRows, state.narrowed, changed, missing, surplus, repaired] as const;
  const row = { run: plan.id, table: name, startedAt: state.startedAt, finishedAt, verdict, counts };
  await ports.warehouse.transaction(recordReconciliation({ ...row, message: state.message }), ports.newId());
  // A repair that was not seen through is no repair: its rows are still to be looked at.
  const differences = verdict === "unconfirmed" ? [...state.differences, ...state.repairing] : state.differences;
  await progress.save({ verdict, finishedAt, repaired, differences, repairing: [] });
  ports.telemetry.metric(METRICS.differences, state.differences.length, "Count", { Table: name });
  ports.telemetry.metric(METRICS.unconfirmed, verdict === "unconfirmed" ? 1 : 0, "Count", { Table: name });
  const fields = { run: plan.id, table: name, verdict, rows: state.rows, changed, missing, surplus, repaired };
  if (verdict === "equal") ports.telemetry.info("table reconciled", fields);
  else ports.telemetry.error("table reconciled", { ...fields, reason: state.message });
}

const countsOf = ({ differences }: TableState) =>
  (["changed", "missing", "surplus"] as const).map(
    (kind: DifferenceKind) => differences.filter((difference) => difference.kind === kind).length,
  ) as [number, number, number];

/**
 * Sets the differences that a finished run has found to be repaired; `continueRun` does it.
 * @param runId null: the newest run
 * @throws MalformedInputError when there is nothing to repair from
 */
export async function startRepair(
  runId: string | null,
  only: readonly string[] | null,
  settings: Pick<ReconcileSettings, "sourceName">,
  ports: Pick<ReconcilePorts, "state">,
): Promise<ReconcileReport> {
  const id = runId ?? (await latestRun(ports.state, settings.sourceName));
  if (id === null) throw new MalformedInputError("nothing was reconciled yet: run `millrace reconcile` first");
  const plan = await readRun(ports.state, id);
  for (const name of only ?? []) {
    if (!plan.tables.some(({ table }) => table === name)) {
      throw new MalformedInputError(
        `the newest reconciliation left ${name} out: run \`millrace reconcile ${name}\` first`,
      );
    }
  }
  for (const { table } of plan.tables) {
    if (only !== null && !only.includes(table)) continue;
    const progress = await TableProgress.read(ports.state, plan.id, table);
    const { phase, finishedAt, differences } = progress.now;
    if (phase !== "done" || finishedAt === null || differences.length === 0) continue;
    await progress.save({
      ...{ phase: "publish", verdict: null, finishedAt: null, message: null },
      ...{ differences: [], repairing: differences },
    });
  }
  return reportRun(plan, ports);
}

/** Where every table of a run is. */
export async function reportRun(plan: RunPlan, ports: Pick<ReconcilePorts, "state">): Promise<ReconcileReport> {
  const tables: ReconciledTable[] = [];
  let done = true;
  for (const { table, expected } of plan.tables) {
    const { now } = await TableProgress.read(ports.state, plan.id, table);
    const [changed, missing, surplus] = countsOf(now);
    const isDone = now.phase === "done" && now.finishedAt !== null;
    done &&= isDone;
    tables.push({
      ...{ table, phase: now.phase, verdict: isDone ? now.verdict : null, rows: now.rows, expected },
      ...{ ranges: now.narrowed, changed, missing, surplus, repaired: now.repaired, message: now.message },
      examples: now.differences.slice(0, EXAMPLES).map(({ kind, identity }) => ({ kind, row: identity })),
    });
  }
  return { runId: plan.id, done, tables, skipped: plan.skipped };
}
