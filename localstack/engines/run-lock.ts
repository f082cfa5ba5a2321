import { linkSync, mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import path from "node:path";
import { isRunning, startTimeOf } from "../../cli/processes.ts";
import { EngineError } from "./engine.ts";
import { local } from "./paths.ts";

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
  const [pid, startTime = ""] = readFileSync(lock, "utf8").split(" ");
  const holder = Number(pid);
  if (isRunning({ pid: holder, startTime: startTime === "" ? undefined : startTime })) {
    throw new EngineError(
      `Another local run (process ${holder}) is at work in this folder: wait for it, or end it with Ctrl-C.`,
    );
  }
}
