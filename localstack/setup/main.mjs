/**
 * Sets up what `npm run local` and `npm test` need, once. Plain JavaScript without dependencies: it runs on a fresh
 * clone. Later runs find everything in place and end well within a second. Nothing is printed on standard output.
 */
import { existsSync, linkSync, mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import path from "node:path";
import { plan, readTools, writeTools } from "./install.mjs";
import * as paths from "./paths.mjs";
import { findJava, findMaven, findNode, findNpm, findPython } from "./prerequisites.mjs";
import { say, SetupError, stopAll } from "./run.mjs";

async function main() {
  const node = findNode();
  if (node.problem) throw new SetupError(node.problem);
  const { chains, last } = plan(Boolean(process.env.MILLRACE_SOURCE_URL));
  const steps = [...chains.flat(), ...last];
  const javaIsThere = existsSync(readTools()?.java ?? "");
  if (javaIsThere && steps.every((step) => step.isCurrent())) return;

  await withLock(async () => {
    const found = prerequisites(steps.filter((step) => !step.isCurrent()));
    if (readTools()?.java !== found.java.value) writeTools({ ...readTools(), java: found.java.value });
    const started = Date.now();
    // One chain's failure must not leave the others running behind the message.
    let failure;
    const stopOthers = async (error) => {
      failure ??= error;
      await stopAll();
    };
    await Promise.all(chains.map((chain) => runChain(chain, found).catch(stopOthers)));
    if (failure) throw failure;
    await runChain(last, found);
    say(`ready in ${seconds(started)}`);
  });
}

async function runChain(chain, found) {
  for (const step of chain) {
    if (step.isCurrent()) continue;
    const started = Date.now();
    say(`${step.name} ...`);
    await step.install(found);
    say(`${step.name} installed in ${seconds(started)}`);
  }
}

/** Looks for all that is needed and reports everything that is missing at once. */
function prerequisites(steps) {
  const needs = new Set(steps.flatMap((step) => step.needs()));
  const java = findJava();
  const maven = findMaven(java.value);
  const checked = { java };
  if (needs.has("npm")) checked.npm = findNpm();
  if (needs.has("python")) checked.python = findPython();
  if (needs.has("maven")) checked.maven = maven;
  const problems = Object.values(checked).flatMap((result) => (result.problem ? [result.problem] : []));
  if (problems.length > 0) throw new SetupError(problems.join("\n"));
  const requireMaven = () => {
    if (maven.problem) throw new SetupError(maven.problem);
  };
  return { ...checked, requireMaven };
}

const lock = path.join(paths.bookkeeping, "lock");
let lockIsOurs = false;

/** Two runs at once would install over each other: the second waits for the first, then finds all in place. */
async function withLock(work) {
  mkdirSync(paths.bookkeeping, { recursive: true });
  for (let told = false; !tryLock(); told = true) {
    if (!told) say("another setup of this folder is at work; waiting for it");
    await new Promise((resolve) => setTimeout(resolve, 500));
  }
  try {
    await work();
  } finally {
    unlock();
  }
}

function tryLock() {
  const mine = `${lock}.${process.pid}`;
  writeFileSync(mine, String(process.pid));
  try {
    // A link appears with its content at once; a file opened for writing is empty for a moment.
    linkSync(mine, lock);
    lockIsOurs = true;
  } catch (error) {
    if (error.code !== "EEXIST") throw error;
    if (!isAlive(Number(readFileSync(lock, "utf8")))) rmSync(lock, { force: true });
  } finally {
    rmSync(mine, { force: true });
  }
  return lockIsOurs;
}

function unlock() {
  if (lockIsOurs) rmSync(lock, { force: true });
  lockIsOurs = false;
}

function isAlive(pid) {
  try {
    process.kill(pid, 0);
    return pid > 0;
  } catch (error) {
    return error.code === "EPERM";
  }
}

const seconds = (since) => `${((Date.now() - since) / 1000).toFixed(1)} s`;

let stopping = false;
for (const [signal, code] of [
  ["SIGINT", 130],
  ["SIGTERM", 143],
]) {
  process.once(signal, async () => {
    stopping = true;
    await stopAll();
    unlock();
    say("stopped; the next run goes on from here");
    process.exit(code);
  });
}

try {
  await main();
} catch (error) {
  // Installs that were ended by Ctrl-C fail, and that is no news.
  if (stopping) await new Promise(() => {});
  for (const line of (error instanceof SetupError ? error.message : String(error.stack)).split("\n")) say(line);
  process.exitCode = 1;
}
