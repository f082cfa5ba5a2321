/** Running programs for setup: output to a log file, progress to standard error, nothing left behind on Ctrl-C. */
import { execFileSync, spawn } from "node:child_process";
import { closeSync, mkdirSync, openSync, readFileSync } from "node:fs";
import path from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { logs, root } from "./paths.mjs";

/** @type {Set<number>} process groups started and not yet ended */
const running = new Set();

/** Standard output belongs to the command that follows (`--json`): setup speaks on standard error only. */
export const say = (text) => process.stderr.write(`setup: ${text}\n`);

/** A failure with its whole story in the message; no stack is printed for it. */
export class SetupError extends Error {
  name = "SetupError";
}

/**
 * Runs a program to its end with output in `.local/setup/logs/<name>.log` (appended within one run of setup).
 * Fails with the log's last lines, which is where installers say what went wrong.
 */
export function run(name, command, args, options = {}) {
  mkdirSync(logs, { recursive: true });
  const log = path.join(logs, `${name}.log`);
  const out = openSync(log, options.append ? "a" : "w");
  return new Promise((resolve, reject) => {
    // A group of its own, so that Ctrl-C ends an installer together with all it has started.
    const child = spawn(command, args, {
      cwd: options.cwd ?? root,
      env: { ...process.env, ...options.env },
      stdio: ["ignore", out, out],
      detached: true,
    });
    closeSync(out);
    const group = child.pid;
    if (group !== undefined) running.add(group);
    child.on("error", (cause) => {
      reject(new SetupError(`${name}: cannot run ${command}: ${cause.message}`));
    });
    child.on("exit", (code, signal) => {
      if (group !== undefined) running.delete(group);
      if (code === 0) return resolve();
      const tail = lastLines(log, 15);
      reject(
        new SetupError(
          `${name}: ${path.basename(command)} ${args.slice(0, 3).join(" ")} ended with ${signal ?? `code ${code}`}.\n${tail}\nThe whole log: ${log}`,
        ),
      );
    });
  });
}

/** What a program prints, standard error included, or undefined if it cannot run, fails or hangs. */
export function output(command, args, env) {
  try {
    const text = execFileSync("/bin/sh", ["-c", 'exec "$0" "$@" 2>&1', command, ...args], {
      encoding: "utf8",
      timeout: 30_000,
      stdio: ["ignore", "pipe", "ignore"],
      env: { ...process.env, ...env },
    });
    return text.trim();
  } catch {
    return undefined;
  }
}

/** Ends everything still running, children's children too, and returns when all of it is gone. */
export async function stopAll() {
  const groups = [...running];
  for (const group of groups) signal(group, "SIGTERM");
  for (const started = Date.now(); groups.some((group) => signal(group, 0)); await sleep(50)) {
    // npm takes its time, and there is nothing that it must finish: the next run starts over.
    if (Date.now() - started > 2000) for (const group of groups) signal(group, "SIGKILL");
  }
}

/** Sends a signal to a process group; 0 only asks. Returns whether there was anyone to get it. */
function signal(group, name) {
  try {
    process.kill(-group, name);
    return true;
  } catch {
    return false;
  }
}

function lastLines(file, count) {
  return readFileSync(file, "utf8").trimEnd().split("\n").slice(-count).join("\n");
}
