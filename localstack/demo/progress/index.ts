import { plainProgress } from "./plain.ts";
import type { Progress } from "./progress.ts";
import { terminalProgress } from "./terminal.ts";

export type { Progress, Say, Step } from "./progress.ts";

/** Spinners for a person at a terminal, lines for everything else. */
export function progressFor(terminal: NodeJS.WriteStream, environment: NodeJS.ProcessEnv): Progress {
  const interactive = terminal.isTTY && (environment["CI"] ?? "") === "" && environment["TERM"] !== "dumb";
  return interactive ? terminalProgress(terminal) : plainProgress((line) => terminal.write(`${line}\n`), Date.now);
}
