import { readFileSync } from "node:fs";
import { setTimeout as sleep } from "node:timers/promises";
import { CommandError } from "./errors.ts";

/** One process for good: ids are given out again, the time of its start is not. */
export interface ProcessId {
  readonly pid: number;
  /** The system's own count of ticks since boot; absent where the system does not tell. */
  readonly startTime?: string | undefined;
}

const POLL_MS = 50;
const GRACE_MS = 15_000;
/** SIGKILL is at once, but for a machine that is busy. */
const KILLED_WITHIN_MS = 15_000;

/** @returns whether this very process still runs; one that has ended and was not waited for does not. */
export function isRunning({ pid, startTime }: ProcessId): boolean {
  try {
    process.kill(pid, 0);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "EPERM") return false;
  }
  if (statField(pid, 0) === "Z") return false;
  return startTime === undefined || startTimeOf(pid) === startTime;
}

/** @returns when the process started, in the form of ProcessId. */
export const startTimeOf = (pid: number): string | undefined => statField(pid, 19);

/**
 * Ends a process: the signal, SIGKILL after a bound. Returns when it is gone. Nothing happens if it is gone already, or
 * if its id now belongs to a process that started at another time than the one meant.
 */
export async function endProcess(id: ProcessId, signal: NodeJS.Signals, graceMs = GRACE_MS): Promise<void> {
  const started = Date.now();
  let killed = false;
  if (isRunning(id)) send(id.pid, signal);
  while (isRunning(id)) {
    const waited = Date.now() - started;
    if (waited > graceMs && !killed) {
      killed = true;
      send(id.pid, "SIGKILL");
    }
    if (waited > graceMs + KILLED_WITHIN_MS) throw new CommandError(`Process ${id.pid} does not end, even by SIGKILL.`);
    await sleep(POLL_MS);
  }
}

function send(pid: number, signal: NodeJS.Signals): void {
  try {
    process.kill(pid, signal);
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === "EPERM") throw new CommandError(`Process ${pid} belongs to another user: stop it as that user.`);
    if (code !== "ESRCH") throw error;
  }
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
