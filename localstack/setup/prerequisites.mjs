/** What must be on the machine before: each is tried by running it, since a name on the PATH proves nothing. */
import { existsSync, readdirSync, realpathSync } from "node:fs";
import { homedir } from "node:os";
import path from "node:path";
import { output } from "./run.mjs";

const WANTED_PYTHONS = ["3.13", "3.12"];

/** `{ value }` or `{ problem }`: one sentence that names what is missing and how to get it. */
export function findNode() {
  const major = Number(process.versions.node.split(".")[0]);
  return major >= 20
    ? { value: process.execPath }
    : { problem: `Node.js ${process.versions.node} is too old: install Node.js 20 or newer (with npm).` };
}

export function findNpm() {
  const version = output("npm", ["--version"]);
  return version !== undefined
    ? { value: "npm" }
    : { problem: "npm is missing: install Node.js 20 or newer together with npm." };
}

/**
 * Python 3.13, else 3.12: LocalStack 4.14.0 has files that older ones cannot parse. Version managers put shims on the
 * PATH that exist and fail, and keep good interpreters off it, so their folders are looked through too.
 */
export function findPython() {
  const seen = [];
  let withoutVenv;
  for (const candidate of pythonCandidates()) {
    const said = output(candidate, ["-c", PYTHON_PROBE]);
    const [version, venv, executable] = (said?.split("\n").at(-1) ?? "").split(" ");
    if (version === undefined || executable === undefined) continue;
    if (!WANTED_PYTHONS.includes(version)) seen.push(version);
    else if (venv !== "venv") withoutVenv ??= candidate;
    else if (version === WANTED_PYTHONS[0]) return { value: executable, version };
    else seen.unshift({ value: executable, version });
  }
  const second = seen.find((entry) => typeof entry === "object");
  if (second !== undefined) return second;
  if (withoutVenv !== undefined)
    return { problem: `${withoutVenv} cannot make virtual environments: install its venv module (python3-venv).` };
  const found = [...new Set(seen)];
  const others = found.length > 0 ? ` (found only ${found.join(", ")})` : "";
  return {
    problem: `Python 3.13 or 3.12 is missing${others}: install one, or name it in MILLRACE_PYTHON.`,
  };
}

const PYTHON_PROBE = `
import sys
from importlib.util import find_spec
ready = find_spec("venv") is not None and find_spec("ensurepip") is not None
print("%d.%d" % sys.version_info[:2], "venv" if ready else "none", sys.executable)
`;

function* pythonCandidates() {
  if (process.env.MILLRACE_PYTHON) yield process.env.MILLRACE_PYTHON;
  yield "python3.13";
  for (const folder of versionManagers()) {
    for (const version of [...WANTED_PYTHONS]) {
      for (const installed of list(folder).filter((name) => name.replace(/^cpython-/, "").startsWith(`${version}.`))) {
        yield path.join(folder, installed, "bin", "python3");
      }
    }
  }
  yield* ["python3.12", "python3", "python"];
}

function versionManagers() {
  const home = homedir();
  return [
    path.join(process.env.PYENV_ROOT ?? path.join(home, ".pyenv"), "versions"),
    path.join(home, ".asdf", "installs", "python"),
    path.join(home, ".local", "share", "mise", "installs", "python"),
    path.join(home, ".local", "share", "uv", "python"),
  ];
}

/** Java 17 or newer: JAVA_HOME, the PATH, then the places where systems put it. */
export function findJava() {
  const seen = [];
  for (const candidate of javaCandidates()) {
    const version = javaMajor(output(candidate, ["-version"]));
    if (version === undefined) continue;
    if (version >= 17) return { value: candidate, version };
    seen.push(version);
  }
  const others = seen.length > 0 ? ` (found only ${[...new Set(seen)].join(", ")})` : "";
  return { problem: `Java 17 or newer is missing${others}: install a JRE or JDK, or set JAVA_HOME to one.` };
}

function* javaCandidates() {
  if (process.env.JAVA_HOME) yield path.join(process.env.JAVA_HOME, "bin", "java");
  for (const folder of (process.env.PATH ?? "").split(path.delimiter)) {
    const candidate = path.join(folder, "java");
    if (folder !== "" && existsSync(candidate)) yield candidate;
  }
  for (const name of list("/usr/lib/jvm")) yield path.join("/usr/lib/jvm", name, "bin", "java");
}

/** 17 from `version "17.0.15"`, 8 from `version "1.8.0_402"`. */
export function javaMajor(text) {
  const match = /version "(?:1\.)?(\d+)/.exec(text ?? "");
  return match === null ? undefined : Number(match[1]);
}

/** The folder that JAVA_HOME names, behind the links that systems put on the PATH. */
export function javaHome(java) {
  return path.dirname(path.dirname(realpathSync(java)));
}

export function findMaven(java) {
  const version = output("mvn", ["-version"], java && { JAVA_HOME: javaHome(java) });
  return version?.includes("Apache Maven")
    ? { value: "mvn" }
    : { problem: "Maven is missing: install it so that `mvn -version` works (Kafka comes from it)." };
}

function list(folder) {
  try {
    return readdirSync(folder).sort().reverse();
  } catch {
    return [];
  }
}
