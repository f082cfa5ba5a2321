import type { Cloud } from "../../engines/cloud.ts";
import { isRunning } from "../../../cli/processes.ts";
import { lastLines } from "../../engines/process.ts";
import { DemoError } from "../errors.ts";

const EVERY_MS = 1_000;

/** Ends the job when a part of the local cloud dies under it, with that part's last log lines. */
export function watchEngines(cloud: Cloud, abort: AbortController): void {
  const timer = setInterval(() => {
    const dead = cloud.engines.find(({ pid }) => pid !== undefined && !isRunning({ pid }));
    if (dead === undefined || abort.signal.aborted) return;
    clearInterval(timer);
    void lastLines(dead.log ?? "", 12).then((lines) => {
      const tail = lines.map((line) => `  ${line}`).join("\n");
      abort.abort(new DemoError(dead.name, `it has ended on its own.\n${tail}\nThe whole log: ${dead.log ?? "none"}`));
    });
  }, EVERY_MS);
  timer.unref();
  abort.signal.addEventListener("abort", () => clearInterval(timer));
}
