import { rmSync } from "node:fs";
import path from "node:path";
import { z } from "zod";
import { CommandError } from "./errors.ts";
import { readIfThere, replaceFile } from "./files.ts";
import { endProcess, isRunning, startTimeOf } from "./processes.ts";

/** What runs of the local cloud. */
export const STATE_FILE = path.resolve(import.meta.dirname, "..", ".local", "state.json");

const LocalState = z.object({
  /** Process that started all of it; it may have ended (`--keep`). */
  pid: z.int().positive(),
  startedAt: z.string(),
  stage: z.string(),
  endpoints: z.object({ source: z.string(), kafka: z.string(), aws: z.string(), warehouse: z.string() }),
  processes: z.array(
    z.object({ name: z.string(), pid: z.int().positive(), log: z.string(), startTime: z.string().optional() }),
  ),
});
export type LocalState = z.infer<typeof LocalState>;

/** The name under which the main job itself stands in the list of processes while it is at work. */
export const MAIN_JOB = "main job";

/** @returns what runs locally, or null when nothing does. @throws CommandError when the file cannot be read */
export function runningLocally(file = STATE_FILE): LocalState | null {
  const state = read(file);
  return state?.processes.some(isRunning) === true ? state : null;
}

/** Writes what runs; start times are filled in here. */
export function writeLocalState(state: LocalState, file = STATE_FILE): void {
  const processes = state.processes.map((each) => ({ ...each, startTime: each.startTime ?? startTimeOf(each.pid) }));
  replaceFile(file, `${JSON.stringify({ ...state, processes }, undefined, 2)}\n`);
}

export function forgetLocalState(file = STATE_FILE): void {
  rmSync(file, { force: true });
}

/**
 * Ends all that the state file names, and removes the file. A main job that is still at work goes first: it stops
 * what it has started in good order, and what it leaves is ended after it.
 * @returns names of what was running
 */
export async function stopLocal(file = STATE_FILE): Promise<string[]> {
  const running = (read(file)?.processes ?? []).filter(isRunning);
  const job = running.find(({ name, pid }) => name === MAIN_JOB && pid !== process.pid);
  if (job !== undefined) await endProcess(job, "SIGTERM");
  await Promise.all(
    running
      .filter((each) => each !== job && each.pid !== process.pid)
      // PostgreSQL would wait at SIGTERM until its clients have gone.
      .map((each) => endProcess(each, each.name === "warehouse" ? "SIGINT" : "SIGTERM")),
  );
  forgetLocalState(file);
  return running.map(({ name }) => name);
}

function read(file: string): LocalState | null {
  const text = readIfThere(file);
  if (text === null) return null;
  const parsed = LocalState.safeParse(jsonOf(text));
  if (parsed.success) return parsed.data;
  throw new CommandError(
    `${file} cannot be read: ${z.prettifyError(parsed.error)}\nEnd by hand the processes it names, then delete it.`,
  );
}

function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
