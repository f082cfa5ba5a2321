import { spawn } from "node:child_process";
import { z } from "zod";
import { runningLocally } from "../cli/local-state.ts";
import type { LocalState } from "../cli/local-state.ts";
import { watchMemory } from "./memory.ts";
import type { MemorySeries } from "./memory.ts";

const reportSchema = z.object({
  ok: z.boolean(),
  error: z.string().optional(),
  seconds: z.number(),
  stages: z.array(z.object({ name: z.string(), rows: z.number().nullable(), seconds: z.number() })),
});
export type MainJobReport = z.output<typeof reportSchema>;

/** Runs the main job as a user would. @throws Error with its own words when it fails */
export async function mainJob(
  args: readonly string[],
  log: (line: string) => void,
): Promise<{ readonly report: MainJobReport; readonly memory: readonly MemorySeries[] }> {
  const child = spawn(process.execPath, ["--import", "tsx", "localstack/demo/main.ts", "--json", ...args], {
    cwd: new URL("..", import.meta.url).pathname,
    stdio: ["ignore", "pipe", "pipe"],
  });
  child.stderr.setEncoding("utf8").on("data", (text: string) => text.trimEnd().split("\n").forEach(log));
  let out = "";
  child.stdout.setEncoding("utf8").on("data", (text: string) => (out += text));
  const memory = watchMemory([]);
  const code = await new Promise<number | null>((resolve) => child.once("close", resolve));
  const series = memory.stop();
  const report = reportSchema.parse(JSON.parse(out.trimEnd().split("\n").at(-1) ?? "null"));
  if (code !== 0 || !report.ok) throw new Error(`the main job failed: ${report.error ?? `exit code ${code}`}`);
  return { report, memory: series };
}

/** The local cloud that a main job with --keep has left running. */
export function keptCloud(): LocalState {
  const state = runningLocally();
  if (state === null) throw new Error("the main job left no local cloud running");
  return state;
}

/** `millrace down`. */
export async function takeDown(): Promise<void> {
  const child = spawn(process.execPath, ["--import", "tsx", "bin/millrace.ts", "down"], {
    cwd: new URL("..", import.meta.url).pathname,
    stdio: "ignore",
  });
  await new Promise((resolve) => child.once("close", resolve));
}
