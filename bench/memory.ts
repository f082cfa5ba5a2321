import { readFileSync, readdirSync } from "node:fs";
import { runFolder } from "../localstack/engines/paths.ts";

/** Resident memory of one function (all its environments: the largest) or engine, over time. */
export interface MemorySeries {
  readonly name: string;
  readonly peakMb: number;
  /** Peak of the last quarter over that of the second: at most 1.1 counts as flat. */
  readonly growth: number;
}

interface Sample {
  readonly at: number;
  readonly mb: number;
}

const EVERY_MS = 1_000;

/** Samples resident memory each second from /proc, which only Linux has: elsewhere there is nothing to tell. */
export function watchMemory(processes: readonly { readonly name: string; readonly pid: number }[]): {
  stop(): readonly MemorySeries[];
} {
  const samples = new Map<string, Sample[]>();
  const began = Date.now();
  const timer = setInterval(() => {
    const largest = new Map<string, number>();
    for (const { name, pid } of [...processes, ...functionProcesses()]) {
      const mb = residentMb(pid);
      if (mb !== null) largest.set(name, Math.max(mb, largest.get(name) ?? 0));
    }
    const at = Date.now() - began;
    for (const [name, mb] of largest) samples.set(name, [...(samples.get(name) ?? []), { at, mb }]);
  }, EVERY_MS);
  return {
    stop: () => {
      clearInterval(timer);
      return [...samples].map(([name, list]) => seriesOf(name, list, Date.now() - began));
    },
  };
}

function seriesOf(name: string, samples: readonly Sample[], length: number): MemorySeries {
  const peak = (from: number, to: number): number =>
    Math.max(0, ...samples.filter(({ at }) => at >= from * length && at < to * length).map(({ mb }) => mb));
  const second = peak(0.25, 0.5);
  return { name, peakMb: peak(0, 1.01), growth: second === 0 ? 1 : peak(0.75, 1.01) / second };
}

/** Lambda sandboxes of this checkout: processes that were told a function's name, and code below its run folder. */
function functionProcesses(): { readonly name: string; readonly pid: number }[] {
  const found: { name: string; pid: number }[] = [];
  for (const entry of procEntries()) {
    const environment = readText(`/proc/${entry}/environ`);
    if (!environment.includes(`\0LAMBDA_TASK_ROOT=${runFolder}/`)) continue;
    const name = /(?:^|\0)AWS_LAMBDA_FUNCTION_NAME=([^\0]+)/.exec(environment)?.[1];
    if (name !== undefined) found.push({ name, pid: Number(entry) });
  }
  return found;
}

const procEntries = (): readonly string[] => {
  try {
    return readdirSync("/proc").filter((entry) => /^\d+$/.test(entry));
  } catch {
    return [];
  }
};

function residentMb(pid: number): number | null {
  const kb = /VmRSS:\s+(\d+) kB/.exec(readText(`/proc/${pid}/status`))?.[1];
  return kb === undefined ? null : Number(kb) / 1024;
}

/** Empty for a process that has gone, or is somebody else's. */
function readText(file: string): string {
  try {
    return readFileSync(file, "utf8");
  } catch {
    return "";
  }
}
