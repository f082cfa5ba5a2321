import { spawn } from "node:child_process";
import { closeSync, openSync, readFileSync } from "node:fs";
import { mkdir, open } from "node:fs/promises";
import path from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
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

/**
 * Starts a process in a session of its own, so that it outlives this one and a terminal's Ctrl-C does not reach it,
 * and returns when it answers. If it ends before, or does not answer in time, it is gone when the error is thrown.
 */
export async function startProcess(options: ProcessOptions): Promise<StartedProcess> {
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
  child.unref();
  let ended: string | undefined;
  child.once("error", (cause) => (ended = `cannot be run: ${cause.message}`));
  child.once("exit", (code, signal) => (ended ??= `ended with ${signal ?? `code ${code ?? "unknown"}`}`));

  const stop = async () => {
    if (child.pid !== undefined && ended === undefined)
      await stopPid(child.pid, { signal: options.stopSignal, graceSeconds: options.graceSeconds });
  };
  const started = Date.now();
  const timeoutSeconds = options.timeoutSeconds ?? 60;
  let last = "";
  for (;;) {
    const answer = await options.ready().catch((error: unknown) => {
      last = `; last answer: ${messageOf(error)}`;
      return false;
    });
    if (ended !== undefined) throw await failure(options, ended);
    if (options.signal?.aborted === true) {
      await stop();
      throw new EngineError(`${options.name} was stopped before it was ready.`);
    }
    if (answer && child.pid !== undefined) return { pid: child.pid, log: options.log, stop };
    if (Date.now() - started > timeoutSeconds * 1000) {
      await stop();
      throw await failure(options, `did not answer within ${timeoutSeconds} s${last}`);
    }
    await sleep(POLL_MILLISECONDS);
  }
}

/** Runs a program to its end, with output to the log. */
export async function runToEnd(options: Omit<ProcessOptions, "ready" | "stopSignal" | "graceSeconds">): Promise<void> {
  let outcome: { code: number | null } | undefined;
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
  let ended = "";
  await new Promise<void>((resolve) => {
    child.once("error", (cause) => {
      ended = `cannot be run: ${cause.message}`;
      resolve();
    });
    child.once("exit", (code, signal) => {
      outcome = { code };
      ended = `ended with ${signal ?? `code ${code ?? "unknown"}`}`;
      resolve();
    });
  });
  if (outcome?.code !== 0) throw await failure(options, ended);
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

/**
 * Ends a process by its id: the signal, then SIGKILL after a bound. Returns when it is gone. Nothing happens if it is
 * gone already, or if the id now belongs to a process that started at another time than the one meant.
 */
export async function stopPid(
  pid: number,
  options: { signal?: NodeJS.Signals; graceSeconds?: number; startTime?: string } = {},
): Promise<void> {
  if (options.startTime !== undefined && startTimeOf(pid) !== options.startTime) return;
  const grace = (options.graceSeconds ?? 10) * 1000;
  const started = Date.now();
  let killed = false;
  if (!send(pid, options.signal ?? "SIGTERM")) return;
  while (isAlive(pid)) {
    if (!killed && Date.now() - started > grace) killed = send(pid, "SIGKILL");
    if (Date.now() - started > grace + 10_000) throw new EngineError(`Process ${pid} does not end, even by SIGKILL.`);
    await sleep(POLL_MILLISECONDS);
  }
}

function send(pid: number, signal: NodeJS.Signals): boolean {
  try {
    process.kill(pid, signal);
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ESRCH") return false;
    throw error;
  }
}

/** @returns whether the process exists and has not ended; an ended one that nobody has waited for does not count. */
export function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === "EPERM";
  }
  return statField(pid, 0) !== "Z";
}

/** @returns when the process started, in the system's own ticks since boot: with the id it names one process only. */
export function startTimeOf(pid: number): string | undefined {
  return statField(pid, 19);
}

/** A field of /proc/PID/stat counted from the state; undefined where there is no /proc. */
function statField(pid: number, index: number): string | undefined {
  try {
    const text = readFileSync(`/proc/${pid}/stat`, "utf8");
    // The command's name stands in brackets and may hold blanks and brackets itself.
    return text.slice(text.lastIndexOf(")") + 2).split(" ")[index];
  } catch {
    return undefined;
  }
}
