/**
 * The installs. Each says whether it is current, and how it is done; independent ones run side by side.
 * `needs` names the prerequisites that only the install itself uses.
 */
import {
  cpSync,
  existsSync,
  lstatSync,
  mkdirSync,
  readFileSync,
  renameSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import path from "node:path";
import * as paths from "./paths.mjs";
import { javaHome } from "./prerequisites.mjs";
import { fitLocalStackTo } from "./python312.mjs";
import { output, run, SetupError } from "./run.mjs";
import {
  firstThatWorks,
  initialise,
  serverAskedFor,
  serverFromMaven,
  serversOnMachine,
  unpackMariaDb,
} from "./server.mjs";
import { hashOf, readStamp, removeStamp, writeStamp } from "./stamps.mjs";

const engine = (file) => path.join(paths.engines, file);
const sourceTemplate = path.join(paths.local, "templates", "source");
const kafkaArchive = path.join(paths.local, "templates", "kafka");

/** A step done once per key: stamp away, install, stamp back. */
function stamped(name, needs, key, present, install) {
  return {
    name,
    needs: () => needs,
    isCurrent: () => existsSync(present) && readStamp(name) === key(),
    async install(found) {
      removeStamp(name);
      await install(found);
      writeStamp(name, key());
    },
  };
}

/** npm's own record of what is installed is written last, so it is the stamp. */
const nodePackages = {
  name: "node packages",
  needs: () => ["npm"],
  isCurrent: () => nodeModulesMatchLock() && existsSync(path.join(paths.nodeModules, ".bin", "node")),
  async install() {
    // As `npm ci`, which however refuses a lock file that leaves out a package of some other platform; npm on one
    // platform writes such lock files. The lock file is read and never written.
    rmSync(paths.nodeModules, { recursive: true, force: true });
    await run("npm", "npm", ["install", "--no-save", "--no-audit", "--no-fund", "--loglevel=error"]);
    if (!existsSync(path.join(paths.nodeModules, "node", "bin", "node"))) {
      throw new SetupError(
        "npm left install scripts out, and some packages need theirs: run `npm config delete ignore-scripts`, then start again.",
      );
    }
  },
};

/** Every package of the lock file that is for this platform is installed in the lock's version. */
function nodeModulesMatchLock() {
  try {
    const wanted = JSON.parse(readFileSync(path.join(paths.root, "package-lock.json"), "utf8")).packages;
    const installed = JSON.parse(readFileSync(path.join(paths.nodeModules, ".package-lock.json"), "utf8")).packages;
    return Object.entries(wanted).every(
      ([name, { version, optional, peer }]) =>
        name === "" || installed[name]?.version === version || (!installed[name] && (optional || peer)),
    );
  } catch {
    return false;
  }
}

/** `npx millrace` and npm scripts find the command line here; npm itself links only what other packages bring. */
const commandLink = {
  name: "command",
  needs: () => [],
  isCurrent: () => lstatSync(linkPath(), { throwIfNoEntry: false }) !== undefined,
  async install() {
    mkdirSync(path.dirname(linkPath()), { recursive: true });
    symlinkSync("../../bin/millrace.mjs", linkPath());
  },
};
const linkPath = () => path.join(paths.nodeModules, ".bin", "millrace");

const pythonStarted = path.join(paths.bookkeeping, "python.started");
const lock = path.join(paths.extension, "requirements.lock.txt");
const python = stamped(
  "python",
  ["python"],
  () => hashOf([lock, path.join(paths.setup, "python312.mjs")]),
  paths.venvPython,
  async (found) => {
    // An environment that already holds exactly the lock's packages is kept.
    if (environmentMatchesLock()) return fitLocalStackTo(found.python.version, paths.venv);
    writeFileSync(pythonStarted, "");
    rmSync(paths.venv, { recursive: true, force: true });
    await run("python", found.python.value, ["-m", "venv", paths.venv]);
    // The lock is complete, so there is nothing to resolve.
    await pip(["install", "--no-deps", "-r", lock], { append: true });
    fitLocalStackTo(found.python.version, paths.venv);
    rmSync(pythonStarted);
  },
);

const pip = (args, options) =>
  run("python", paths.venvPython, ["-m", "pip", "--disable-pip-version-check", "--no-input", ...args], options);

function environmentMatchesLock() {
  // Made by a setup that was broken off: not to be trusted, whatever it lists.
  if (existsSync(pythonStarted)) return false;
  const frozen = existsSync(paths.venvPython)
    ? output(paths.venvPython, ["-m", "pip", "freeze", "--local"])
    : undefined;
  if (frozen === undefined) return false;
  const installed = new Set(frozen.toLowerCase().split("\n"));
  return readFileSync(lock, "utf8")
    .trim()
    .toLowerCase()
    .split("\n")
    .every((line) => installed.has(line));
}

const extension = stamped(
  "extension",
  [],
  () => hashOf([paths.extension], readStamp("python")),
  paths.venvPython,
  async () => {
    // Built from a copy: the build writes beside its sources.
    const copy = path.join(paths.bookkeeping, "extension");
    rmSync(copy, { recursive: true, force: true });
    cpSync(paths.extension, copy, { recursive: true, filter: (file) => !file.endsWith("__pycache__") });
    await pip(["install", "--no-deps", "--no-build-isolation", "--force-reinstall", copy], { append: true });
    rmSync(copy, { recursive: true, force: true });
  },
);

function maven(found) {
  return (name, goals) => {
    const args = ["-B", "-q", "-f", engine(`${name}.pom.xml`), ...goals];
    return run(name, "mvn", args, { env: { JAVA_HOME: javaHome(found.java.value) } });
  };
}

const kafka = stamped(
  "kafka",
  ["maven"],
  () => hashOf([engine("kafka.pom.xml")]),
  path.join(paths.java, "kafka"),
  async (found) => {
    const target = path.join(paths.java, "kafka");
    const partial = `${target}.partial`;
    for (const folder of [partial, target]) rmSync(folder, { recursive: true, force: true });
    await maven(found)("kafka", [
      "dependency:copy-dependencies",
      "-DincludeScope=runtime",
      `-DoutputDirectory=${partial}`,
    ]);
    renameSync(partial, target);
  },
);

/** Class-data archive and formatted storage, made by one short run of the broker: the next starts take a third. */
const kafkaPrepared = stamped(
  "kafka start",
  [],
  () =>
    hashOf([engine("kafka.pom.xml"), engine("kafka.ts"), engine("kafka-prepare.ts")], paths.root, readTools()?.java),
  kafkaArchive,
  async () => {
    rmSync(kafkaArchive, { recursive: true, force: true });
    const node = path.join(paths.nodeModules, ".bin", "node");
    await run("kafka-start", node, ["--import", "tsx", engine("kafka-prepare.ts"), kafkaArchive]);
  },
);

const source = {
  ...stamped(
    "source server",
    [],
    () => hashOf([engine("mariadb.pom.xml")], readTools()?.server?.version, serverAskedFor()),
    sourceTemplate,
    async (found) => {
      let server = await firstThatWorks(serversOnMachine(), sourceTemplate);
      const asked = serverAskedFor();
      if (server === undefined && asked !== null && asked !== "maven") {
        throw new SetupError(
          `MILLRACE_SOURCE_SERVER=${asked} cannot run in a folder of ours (see .local/setup/logs/source.log): name another, or maven, or unset it.`,
        );
      }
      if (server === undefined) {
        found.requireMaven();
        await unpackMariaDb(maven(found));
        server = serverFromMaven();
        await initialise(server, sourceTemplate);
      }
      writeTools({ ...readTools(), server });
    },
  ),
  needs: () => (serversOnMachine().length > 0 ? [] : ["maven"]),
};

/** What the engines read: which Java, which server. */
export function readTools() {
  try {
    return JSON.parse(readFileSync(paths.tools, "utf8"));
  } catch {
    return undefined;
  }
}

export function writeTools(tools) {
  mkdirSync(paths.local, { recursive: true });
  writeFileSync(`${paths.tools}.partial`, `${JSON.stringify(tools, undefined, 2)}\n`);
  renameSync(`${paths.tools}.partial`, paths.tools);
}

/** Chains: the steps of one run after another, the chains side by side; the last list follows when all are done. */
export function plan(sourceIsGiven) {
  return {
    chains: [
      [nodePackages, commandLink],
      [python, extension],
      [kafka, ...(sourceIsGiven ? [] : [source])],
    ],
    last: [kafkaPrepared],
  };
}
