import { spawn } from "node:child_process";
import type { ChildProcess } from "node:child_process";
import { closeSync, openSync } from "node:fs";
import { mkdir, open } from "node:fs/promises";
import path from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { endProcess } from "../../cli/processes.ts";
import { messageOf } from "../../lambdas/core/errors.ts";
import { EngineError } from "./engine.ts";

/** How to start one engine's process. */
export interface ProcessOptions {
  readonly name: string;
  readonly command: string;
  readonly args: readonly string[];
  /** The whole environment of the process. @default - this process's own */
  readonly env?: NodeJS.ProcessEnv;
  readonly cwd?: string;
  /** Run as this user; only root can. */
  readonly user?: { readonly uid: number; readonly gid: number };
  /** Receives standard output and standard error, from the start of the file. */
  readonly log: string;
  /** Asked again and again until true; what it throws counts as no and is told if the time runs out. */
  readonly ready: () => Promise<boolean>;
  /** Bound on getting ready. @default 60 */
  readonly timeoutSeconds?: number;
  readonly signal?: AbortSignal;
  /** Ends the process without waiting for clients. @default "SIGTERM" */
  readonly stopSignal?: NodeJS.Signals;
  /** Seconds until SIGKILL follows. @default 10 */
  readonly graceSeconds?: number;
}

export interface StartedProcess {
  readonly pid: number;
  readonly log: string;
  stop(): Promise<void>;
}

const POLL_MILLISECONDS = 25;

interface Launched {
  /** Without an id when it could not be started: then it has ended. */
  readonly child: ChildProcess;
  readonly ended: Promise<{ readonly how: string; readonly well: boolean }>;
}

/** In a session of its own, so that it outlives this process and a terminal's Ctrl-C does not reach it. */
async function launch(options: Omit<ProcessOptions, "ready">): Promise<Launched> {
  await mkdir(path.dirname(options.log), { recursive: true });
  const out = openSync(options.log, "w");
  const child = spawn(options.command, options.args, {
    cwd: options.cwd,
    env: options.env ?? process.env,
    stdio: ["ignore", out, out],
    detached: true,
    ...options.user,
  });
  closeSync(out);
  const ended = new Promise<{ how: string; well: boolean }>((resolve) => {
    child.once("error", (cause) => resolve({ how: `cannot be run: ${cause.message}`, well: false }));
    child.once("exit", (code, signal) =>
      resolve({ how: `ended with ${signal ?? `code ${code ?? "unknown"}`}`, well: code === 0 }),
    );
  });
  return { child, ended };
}

/**
 * Starts a process that goes on by itself, and returns when it answers. If it ends before, or does not answer in time,
 * it is gone when the error is thrown.
 */
export async function startProcess(options: ProcessOptions): Promise<StartedProcess> {
  const { child, ended } = await launch(options);
  const { pid } = child;
  child.unref();
  let end: string | undefined;
  void ended.then(({ how }) => (end = how));
  const stop = async () => {
    if (pid === undefined || end !== undefined) return;
    await endProcess({ pid }, options.stopSignal ?? "SIGTERM", (options.graceSeconds ?? 10) * 1000);
  };
  const started = Date.now();
  const timeoutSeconds = options.timeoutSeconds ?? 60;
  let last = "";
  for (;;) {
    const answer = await options.ready().catch((error: unknown) => {
      last = `; last answer: ${messageOf(error)}`;
      return false;
    });
    if (end !== undefined) throw await failure(options, end);
    if (options.signal?.aborted === true) {
      await stop();
      throw new EngineError(`${options.name} was stopped before it was ready.`);
    }
    if (answer && pid !== undefined) return { pid, log: options.log, stop };
    if (Date.now() - started > timeoutSeconds * 1000) {
      await stop();
      throw await failure(options, `did not answer within ${timeoutSeconds} s${last}`);
    }
    await sleep(POLL_MILLISECONDS);
  }
}

/** Runs a program to its end, with output to the log. */
export async function runToEnd(options: Omit<ProcessOptions, "ready" | "stopSignal" | "graceSeconds">): Promise<void> {
  const { how, well } = await (await launch(options)).ended;
  if (!well) throw await failure(options, how);
}

async function failure(options: { name: string; log: string }, what: string): Promise<EngineError> {
  const tail = (await lastLines(options.log, 12)).map((line) => `  ${line}`).join("\n");
  return new EngineError(`${options.name} ${what}.\n${tail}\nThe whole log: ${options.log}`);
}

/** @returns the last lines of a log, of at most its last 64 KiB. */
export async function lastLines(file: string, count: number): Promise<string[]> {
  const handle = await open(file, "r").catch(() => undefined);
  if (handle === undefined) return [];
  try {
    const { size } = await handle.stat();
    const from = Math.max(0, size - 65_536);
    const { buffer, bytesRead } = await handle.read(Buffer.alloc(size - from), 0, size - from, from);
    return buffer.toString("utf8", 0, bytesRead).trimEnd().split("\n").slice(-count);
  } finally {
    await handle.close();
  }
}
