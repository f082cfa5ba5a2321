import { spawn } from "node:child_process";
import { readFile } from "node:fs/promises";
import path from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { configOf } from "../../lib/config.ts";
import { heapOptions } from "../../lib/constructs/heap-options.ts";
import { node, root } from "../../localstack/engines/paths.ts";
import type { WorkerOrder, WorkerReport } from "./worker.ts";

const SAMPLE_MS = 100;

export interface Measured {
  /** Standard output. */
  readonly output: string;
  /** Peak resident memory, MB. */
  readonly peakMb: number;
}

/** Runs a program to its end and watches its memory. @throws with the program's last words when it fails */
export async function measure(command: string, args: readonly string[]): Promise<Measured> {
  const child = spawn(command, args, { cwd: root, stdio: ["ignore", "pipe", "pipe"] });
  let output = "";
  let errors = "";
  child.stdout.on("data", (chunk: Buffer) => (output += chunk.toString()));
  child.stderr.on("data", (chunk: Buffer) => (errors = (errors + chunk.toString()).slice(-4_000)));
  const exit = new Promise<number>((resolve, reject) => {
    child.once("error", reject);
    child.once("close", (code) => resolve(code ?? -1));
  });
  let peakMb = 0;
  let code: number | null = null;
  while (code === null) {
    if (child.pid !== undefined) peakMb = Math.max(peakMb, await residentPeakMb(child.pid));
    code = await Promise.race([sleep(SAMPLE_MS, null), exit]);
  }
  if (code !== 0) throw new Error(`${path.basename(command)} ended with ${code}: ${errors}`);
  return { output, peakMb };
}

/** The kernel's own high-water mark where it keeps one (Linux); 0 elsewhere. */
async function residentPeakMb(pid: number): Promise<number> {
  const status = await readFile(`/proc/${pid}/status`, "utf8").catch(() => "");
  return Number(/VmHWM:\s+(\d+)/.exec(status)?.[1] ?? 0) / 1000;
}

/** One run of our capture in a process of its own, with the heap of the function whose work it does. */
export async function runWorker(order: WorkerOrder): Promise<WorkerReport> {
  const { memoryMiB } = configOf("prod").functions[`capture-${order.mode}`];
  const heap = heapOptions(memoryMiB).split(" ");
  const worker = ["--import", "tsx", "bench/capture/worker.ts", JSON.stringify(order)];
  const { output } = await measure(node, [...heap, ...worker]);
  return JSON.parse(output) as WorkerReport;
}
