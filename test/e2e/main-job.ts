import { spawn } from "node:child_process";
import path from "node:path";
import type { Report } from "../../localstack/demo/report/report.ts";

const root = path.resolve(import.meta.dirname, "../..");

export interface Ended {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

export interface ProgramOptions {
  /** Told all of standard error so far, whenever there is more. */
  readonly onOutput?: (stderr: string, interrupt: () => void) => void;
  /** @default - this process's own */
  readonly env?: NodeJS.ProcessEnv;
  /** @default - this checkout */
  readonly cwd?: string;
}

/** Runs a program of this checkout, or of another, as a person does, to its end. */
export async function runProgram(
  command: string,
  args: readonly string[],
  { onOutput = () => undefined, env = process.env, cwd = root }: ProgramOptions = {},
): Promise<Ended> {
  // A group of its own, as a terminal's foreground job has: an interrupt reaches all of it.
  const child = spawn(command, args, { cwd, env, detached: true, stdio: ["ignore", "pipe", "pipe"] });
  const interrupt = () => {
    if (child.pid !== undefined) process.kill(-child.pid, "SIGINT");
  };
  let [stdout, stderr] = ["", ""];
  child.stdout.on("data", (chunk: Buffer) => (stdout += chunk.toString("utf8")));
  child.stderr.on("data", (chunk: Buffer) => {
    stderr += chunk.toString("utf8");
    onOutput(stderr, interrupt);
  });
  const code = await new Promise<number | null>((resolve) => child.once("close", resolve));
  return { code, stdout, stderr };
}

export const npmRunLocal = (args: readonly string[], onOutput?: ProgramOptions["onOutput"]): Promise<Ended> =>
  runProgram("npm", ["run", "local", "--", ...args], { onOutput });

export const millrace = (...args: string[]): Promise<Ended> => runProgram("npx", ["millrace", ...args]);

/** The last line on standard output. */
export const reportIn = ({ stdout }: Ended): Report => JSON.parse(stdout.trimEnd().split("\n").at(-1) ?? "") as Report;
