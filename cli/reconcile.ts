import { z } from "zod";
import type { ReconcileReport } from "../lambdas/core/events.ts";
import { messageOf } from "../lambdas/core/errors.ts";
import { CommandError } from "./errors.ts";
import { functionCaller } from "./function-call.ts";
import { differencesIn, progressLine, reconcileText } from "./reconcile-text.ts";
import { namesIn } from "./snapshot.ts";
import { bySource } from "./sources.ts";
import { stackOutputs } from "./stack-outputs.ts";
import { findTarget } from "./target.ts";

export interface ReconcileOptions {
  readonly json?: boolean;
  readonly stage?: string;
}

export interface Console {
  print(text: string): void;
  /** Where a run is; overwritten by the next on a terminal. */
  progress(text: string): void;
}

const count = z.number().nonnegative();
const reportSchema: z.ZodType<ReconcileReport> = z.object({
  runId: z.string(),
  done: z.boolean(),
  tables: z.array(
    z.object({
      table: z.string(),
      phase: z.enum(["compare", "narrow", "confirm", "publish", "settle", "done"]),
      verdict: z.enum(["equal", "different", "unconfirmed"]).nullable(),
      ...{
        rows: count,
        expected: count,
        ranges: count,
        changed: count,
        missing: count,
        surplus: count,
        repaired: count,
      },
      examples: z.array(z.object({ kind: z.enum(["changed", "missing", "surplus"]), row: z.string() })),
      message: z.string().nullable(),
    }),
  ),
  skipped: z.array(z.object({ table: z.string(), reason: z.string() })),
});

/** Exit code of a program that Ctrl-C has ended. */
const INTERRUPTED = 130;

/** Seconds of one slice of work: after a Ctrl-C the function stops by itself within them. */
const SLICE_SECONDS = 5;

/** Asks reconcile-table; the answer to every request is where the run is. */
export type AskReconcile = (payload: object) => Promise<ReconcileReport>;

/** `millrace reconcile [table]`. @throws CommandError when differences remain, after they were printed */
export async function reconcile(table: string | undefined, options: ReconcileOptions, out: Console): Promise<void> {
  const tables = table === undefined ? null : namesIn(table);
  await follow({ action: "start", tables }, options, out);
}

/** `millrace repair [table]`. @throws CommandError when differences remain */
export async function repair(table: string | undefined, options: ReconcileOptions, out: Console): Promise<void> {
  const tables = table === undefined ? null : namesIn(table);
  await follow({ action: "repair", runId: null, tables }, options, out);
}

async function follow(
  request: { readonly action: string; readonly tables: readonly string[] | null; readonly runId?: null },
  options: ReconcileOptions,
  out: Console,
): Promise<void> {
  const target = findTarget(options.stage);
  const { sources } = await stackOutputs(target);
  // Progress is saved after every step and a slice ends by itself: there is nothing to clean up.
  const stopped = (): never => {
    process.stderr.write(
      "\nStopped: the function ends within seconds, and nothing was changed but what it has published.\n",
    );
    process.exit(INTERRUPTED);
  };
  process.once("SIGINT", stopped);
  const reports: ReconcileReport[] = [];
  const failures: string[] = [];
  for (const { source, tables } of bySource(sources, request.tables)) {
    const call = functionCaller(target.aws, source.ReconcileTableName);
    const ask: AskReconcile = async (payload) => reportSchema.parse(await call(payload));
    try {
      reports.push(await untilDone(ask, { ...request, tables }, out));
    } catch (error) {
      if (sources.length === 1) throw error;
      // One that does not answer keeps none of the others from being looked at.
      failures.push(`Source ${source.name}: ${messageOf(error)}`);
    }
  }
  process.off("SIGINT", stopped);
  const report = merged(reports);
  out.print(options.json === true ? JSON.stringify(report) : reconcileText(report));
  const problem = problemOf(report);
  const problems = [...failures, ...(problem === null ? [] : [problem])];
  if (problems.length > 0) throw new CommandError(problems.join("\n"));
}

/** The runs of several sources as one: a source's tables are its own. */
export function merged(reports: readonly ReconcileReport[]): ReconcileReport {
  return {
    runId: reports.map(({ runId }) => runId).join(", "),
    done: reports.every(({ done }) => done),
    tables: reports.flatMap(({ tables }) => tables),
    skipped: reports.flatMap(({ skipped }) => skipped),
  };
}

/** Starts, then goes on slice by slice until the run is done. */
export async function untilDone(ask: AskReconcile, request: object, out: Console): Promise<ReconcileReport> {
  let report = await ask(request);
  while (!report.done) {
    out.progress(progressLine(report));
    report = await ask({ action: "continue", runId: report.runId, seconds: SLICE_SECONDS });
  }
  return report;
}

/** Why the command ends with 1, or null. */
export function problemOf(report: ReconcileReport): string | null {
  const open = report.tables.filter(({ verdict }) => verdict === "unconfirmed").map(({ table }) => table);
  const rows = differencesIn(report);
  if (rows > 0) return `Source and mirror differ in ${rows} ${rows === 1 ? "row" : "rows"} (run ${report.runId}).`;
  return open.length === 0 ? null : `Not confirmed: ${open.join(", ")} (run ${report.runId}).`;
}
