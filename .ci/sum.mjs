/**
 * Adds up what .ci/run has left in a folder: Jest's counts (tests/*.json), the exit statuses of both parts, the main
 * job's report (last line of local.out). Prints `N passed, N failed`; a part that ended badly without a failed count
 * of its own is one failure.
 */
import { existsSync, readdirSync, readFileSync } from "node:fs";
import path from "node:path";

const folder = process.argv[2] ?? ".";
const text = (name) => {
  const file = path.join(folder, name);
  return existsSync(file) ? readFileSync(file, "utf8").trim() : null;
};
const parsed = (json) => {
  try {
    return JSON.parse(json);
  } catch {
    return null;
  }
};

let passed = 0;
let failed = 0;
/** Counts a part; its status must agree with its counts. */
function add(part, good, bad, status) {
  passed += good;
  failed += bad;
  if (bad === 0 && (status !== "0" || good === 0)) {
    process.stderr.write(`${part} ended with ${status === null ? "no status" : `status ${status}`}\n`);
    failed += 1;
  }
}

const tests = path.join(folder, "tests");
const runs = existsSync(tests) ? readdirSync(tests).map((name) => parsed(text(path.join("tests", name)))) : [];
const sum = (name) => runs.reduce((total, run) => total + (run?.[name] ?? 0), 0);
add("npm test", sum("passed"), sum("failed"), text("tests.status"));

const report = parsed((text("local.out") ?? "").split("\n").at(-1) ?? "");
const comparisons = report?.comparisons ?? [];
const equal = comparisons.filter((comparison) => comparison.equal).length;
add("npm run local", equal, comparisons.length - equal, report?.ok === true ? text("local.status") : "1");

process.stdout.write(`${passed} passed, ${failed} failed\n`);
process.exitCode = failed === 0 ? 0 : 1;
