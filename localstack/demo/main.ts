import { CommanderError } from "commander";
import { stopLocal } from "../../cli/local-state.ts";
import { messageOf } from "../../lambdas/core/errors.ts";
import type { Cloud } from "../engines/cloud.ts";
import { DemoError } from "./errors.ts";
import { runJob } from "./job.ts";
import type { RunOptions } from "./options.ts";
import { parseArguments } from "./options.ts";
import { progressFor } from "./progress/index.ts";
import { keepText } from "./report/keep-text.ts";
import type { Report } from "./report/report.ts";
import { noFindings, reportOf } from "./report/report.ts";
import { reportText } from "./report/text.ts";
import { claimRun, folders, forgetRun, recordRun, warehouseUrl } from "./run/cloud.ts";
import { functionLogText, saveFunctionLogs } from "./run/function-logs.ts";
import { watchEngines } from "./run/watch-engines.ts";

/** `npm run local -- [options]`: the main job. Everything but the report goes to standard error. */
const say = (text: string): void => void process.stderr.write(`${text}\n`);
const startedAt = new Date();

/** Why the job was ended from outside. */
class Interrupted extends Error {
  override readonly name = "Interrupted";
  readonly exitCode: number;

  constructor(signal: string, exitCode: number) {
    super(`interrupted by ${signal}`);
    this.exitCode = exitCode;
  }
}

async function main(argv: readonly string[]): Promise<number> {
  try {
    const request = parseArguments(argv, process.env, (text) => process.stderr.write(text));
    if (request.command === "run") return await run(request.options);
    const stopped = await stopLocal();
    say(stopped.length === 0 ? "Nothing was running." : `Stopped: ${stopped.join(", ")}.`);
    return 0;
  } catch (error) {
    if (error instanceof CommanderError && error.exitCode === 0) return 0;
    // Commander has said it already.
    const message = error instanceof CommanderError ? error.message : failureText(error);
    if (!(error instanceof CommanderError)) say(`FAILED: ${message}`);
    if (argv.includes("--json")) printJson(reportOf(noFindings(), (Date.now() - startedAt.getTime()) / 1000, message));
    return 1;
  }
}

async function run(options: RunOptions): Promise<number> {
  const release = claimRun();
  const abort = new AbortController();
  const stopListening = listenForSignals(abort);
  const findings = noFindings();
  findings.notes.push(...options.notes);
  let cloud: Cloud | undefined;
  let failure: string | undefined;
  let interrupted: Interrupted | undefined;
  try {
    await runJob({
      options,
      progress: progressFor(process.stderr, process.env),
      findings,
      abort,
      onCloud: (running) => {
        cloud = running;
        recordRun(running, startedAt, true);
        watchEngines(running, abort);
      },
    });
  } catch (error) {
    const cause = causeOf(error, abort.signal);
    if (cause instanceof Interrupted) interrupted = cause;
    failure = failureText(cause);
    if (interrupted === undefined) failure += await functionLogs(cloud);
  } finally {
    if (cloud !== undefined && options.keep && failure === undefined) recordRun(cloud, startedAt, false);
    else if (cloud !== undefined) await stopCloud(cloud);
    stopListening();
    release();
  }
  const report = reportOf(findings, (Date.now() - startedAt.getTime()) / 1000, failure);
  const write = options.json ? say : (text: string) => void process.stdout.write(`${text}\n`);
  if (interrupted !== undefined) say(`Stopped (${interrupted.message}).`);
  else write(`\n${reportText(report, findings)}`);
  if (cloud !== undefined && options.keep && failure === undefined)
    write(
      `\n${keepText({ ...cloud.endpoints, warehouse: warehouseUrl(cloud) }, folders.logs, findings.tables, options.sourceUrl === null)}`,
    );
  if (options.json) printJson(report);
  return interrupted?.exitCode ?? (report.ok ? 0 : 1);
}

/** What ended the job says more than the step that was ended by it. */
function causeOf(error: unknown, signal: AbortSignal): unknown {
  const reason: unknown = signal.reason;
  return reason instanceof Error && reason.name !== "AbortError" ? reason : error;
}

async function stopCloud(cloud: Cloud): Promise<void> {
  say("Stopping everything ...");
  await cloud.stop();
  forgetRun();
}

/** What the Lambdas said goes with LocalStack: it is saved before that is stopped. */
async function functionLogs(cloud: Cloud | undefined): Promise<string> {
  if (cloud === undefined) return "";
  try {
    const logs = await saveFunctionLogs(cloud.endpoints.aws, folders.logs);
    return logs.length === 0 ? "" : `\n${functionLogText(logs)}`;
  } catch (error) {
    return `\n(The Lambdas' logs could not be saved: ${messageOf(error)})`;
  }
}

function failureText(error: unknown): string {
  if (error instanceof DemoError) return `${error.part}: ${error.message}`;
  return messageOf(error);
}

/** Ctrl-C and its relatives end the job in good order; a second one finds it already under way. */
function listenForSignals(abort: AbortController): () => void {
  const signals = [
    ["SIGINT", 130],
    ["SIGTERM", 143],
    ["SIGHUP", 129],
  ] as const;
  const listeners = signals.map(([signal, exitCode]) => {
    const listener = () => abort.abort(new Interrupted(signal, exitCode));
    process.on(signal, listener);
    return () => process.off(signal, listener);
  });
  return () => listeners.forEach((stop) => stop());
}

function printJson(report: Report): void {
  process.stdout.write(`${JSON.stringify(report)}\n`);
}

process.exitCode = await main(process.argv.slice(2));
