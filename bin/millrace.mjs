#!/usr/bin/env node
/** Starts the command line, which is TypeScript, on the project's own Node, whatever Node runs this. */
import { spawn } from "node:child_process";
import { existsSync } from "node:fs";
import path from "node:path";
import { fileURLToPath } from "node:url";

const root = path.resolve(path.dirname(fileURLToPath(import.meta.url)), "..");
const node = path.join(root, "node_modules", "node", "bin", "node");
if (!existsSync(node)) {
  process.stderr.write(`millrace is not set up: run \`node localstack/setup/main.mjs\` in ${root}.\n`);
  process.exit(1);
}
// By path, because a name would be looked up from the folder that the command is called in.
const loader = new URL("../node_modules/tsx/dist/loader.mjs", import.meta.url).href;
const child = spawn(node, ["--import", loader, path.join(root, "bin", "millrace.ts"), ...process.argv.slice(2)], {
  stdio: "inherit",
});
for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"]) process.on(signal, () => child.kill(signal));
child.on("exit", (code, signal) => process.exit(signal === null ? code : 1));
