import { spawn } from "node:child_process";
import { closeSync, mkdirSync, openSync } from "node:fs";
import path from "node:path";
import { lastLines } from "../../engines/process.ts";
import { DemoError } from "../errors.ts";

export interface CommandOptions {
  readonly part: string;
  readonly command: string;
  readonly args: readonly string[];
  readonly cwd: string;
  readonly env: NodeJS.ProcessEnv;
  readonly log: string;
  readonly signal: AbortSignal;
}

/**
 * Runs a program to its end with its output in a log.
 * @throws DemoError with the last lines and the log's place when it fails
 */
export async function runCommand(options: CommandOptions): Promise<void> {
  const { part, log, signal } = options;
  signal.throwIfAborted();
  mkdirSync(path.dirname(log), { recursive: true });
  mkdirSync(options.cwd, { recursive: true });
  const out = openSync(log, "w");
  // A group of its own, so that all it has started ends with it, and a terminal's Ctrl-C comes from here only.
  const child = spawn(options.command, options.args, {
    cwd: options.cwd,
    env: options.env,
    stdio: ["ignore", out, out],
    detached: true,
  });
  closeSync(out);
  const end = () => {
    if (child.pid === undefined) return;
    try {
      process.kill(-child.pid, "SIGTERM");
    } catch {
      // It ended by itself meanwhile.
    }
  };
  signal.addEventListener("abort", end);
  try {
    const outcome = await new Promise<string | null>((resolve) => {
      child.once("error", (cause) => resolve(`cannot be run: ${cause.message}`));
      child.once("exit", (code, killed) =>
        resolve(code === 0 ? null : `ended with ${killed ?? `code ${code ?? "unknown"}`}`),
      );
    });
    signal.throwIfAborted();
    if (outcome === null) return;
    const tail = (await lastLines(log, 15)).map((line) => `  ${line}`).join("\n");
    throw new DemoError(
      part,
      `${path.basename(options.args[0] ?? options.command)} ${outcome}.\n${tail}\nThe whole log: ${log}`,
    );
  } finally {
    signal.removeEventListener("abort", end);
  }
}
