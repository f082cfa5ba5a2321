import { linkSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import path from "node:path";
import { z } from "zod";
import { EngineError } from "./engine.ts";
import { local } from "./paths.ts";
import { isAlive, startTimeOf, stopPid } from "./process.ts";

const Process = z.object({
  name: z.string(),
  pid: z.int().positive(),
  log: z.string(),
  /** With the id it names one process for good; absent where the system does not tell. */
  startTime: z.string().optional(),
});

/** `.local/state.json`: what is running, for `status`, `sql` and `down`. */
export const LocalState = z.object({
  /** Process that started all of it; it may have ended (`--keep`). */
  pid: z.int().positive(),
  startedAt: z.iso.datetime(),
  stage: z.string(),
  endpoints: z.object({ source: z.string(), kafka: z.string(), aws: z.string(), warehouse: z.string() }),
  processes: z.array(Process),
});
export type LocalState = z.infer<typeof LocalState>;

const stateFile = (folder: string) => path.join(folder, "state.json");

/** @returns the state as written, running or not; undefined when there is none. */
export function readState(folder = local): LocalState | undefined {
  let text: string;
  try {
    text = readFileSync(stateFile(folder), "utf8");
  } catch {
    return undefined;
  }
  const parsed = LocalState.safeParse(parseJson(text));
  if (parsed.success) return parsed.data;
  throw new EngineError(
    `${stateFile(folder)} cannot be read: ${z.prettifyError(parsed.error)}\nStop what it names by hand, then delete it.`,
  );
}

/** @returns the state if anything in it still runs; a state of which nothing runs is stale and removed. */
export function runningState(folder = local): LocalState | undefined {
  const state = readState(folder);
  if (state === undefined) return undefined;
  if (state.processes.some(isRunning)) return state;
  removeState(folder);
  return undefined;
}

const isRunning = ({ pid, startTime }: LocalState["processes"][number]): boolean =>
  isAlive(pid) && (startTime === undefined || startTimeOf(pid) === startTime);

/** Writes the state whole or not at all; start times are filled in here. */
export function writeState(state: LocalState, folder = local): void {
  mkdirSync(folder, { recursive: true });
  const processes = state.processes.map((each) => ({ ...each, startTime: each.startTime ?? startTimeOf(each.pid) }));
  const partial = `${stateFile(folder)}.${process.pid}`;
  writeFileSync(partial, `${JSON.stringify({ ...state, processes }, undefined, 2)}\n`);
  renameSync(partial, stateFile(folder));
}

export function removeState(folder = local): void {
  rmSync(stateFile(folder), { force: true });
}

/** Stops all that the state names, and removes it. @returns the names of what was still running. */
export async function stopState(folder = local): Promise<string[]> {
  const state = readState(folder);
  const running = (state?.processes ?? []).filter(isRunning);
  await Promise.all(
    running.map(({ name, pid, startTime }) =>
      // PostgreSQL would wait at SIGTERM until its clients have gone.
      stopPid(pid, { startTime, signal: name === "warehouse" ? "SIGINT" : "SIGTERM" }),
    ),
  );
  removeState(folder);
  return running.map(({ name }) => name);
}

/**
 * Takes the lock of a local run: two would use the same folders. A lock whose holder is gone is taken over.
 * @returns the function that gives it back
 */
export function lockRun(folder = local): () => void {
  mkdirSync(folder, { recursive: true });
  const lock = path.join(folder, "run.lock");
  const mine = `${lock}.${process.pid}`;
  writeFileSync(mine, `${process.pid} ${startTimeOf(process.pid) ?? ""}`);
  try {
    for (;;) {
      try {
        // A link appears with its content at once; a file opened for writing is empty for a moment.
        linkSync(mine, lock);
        return () => rmSync(lock, { force: true });
      } catch (error) {
        if ((error as NodeJS.ErrnoException).code !== "EEXIST") throw error;
        refuseIfHeld(lock);
        rmSync(lock, { force: true });
      }
    }
  } finally {
    rmSync(mine, { force: true });
  }
}

function refuseIfHeld(lock: string): void {
  const [pid, startTime] = readFileSync(lock, "utf8").split(" ");
  const holder = Number(pid);
  const sameProcess = startTime === undefined || startTime === "" || startTimeOf(holder) === startTime;
  if (isAlive(holder) && sameProcess) {
    throw new EngineError(
      `Another local run (process ${holder}) is at work in this folder: wait for it, or end it with Ctrl-C.`,
    );
  }
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
