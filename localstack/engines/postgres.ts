import { existsSync, readFileSync } from "node:fs";
import { chmod, chown, cp, mkdir, rm, stat, writeFile } from "node:fs/promises";
import { createHash } from "node:crypto";
import { tmpdir } from "node:os";
import path from "node:path";
import pg from "pg";
import type { EngineOptions, RunningEngine } from "./engine.ts";
import { EngineError } from "./engine.ts";
import { postgresBinaries } from "./paths.ts";
import { choosePort, isListening } from "./ports.ts";
import type { StartedProcess } from "./process.ts";
import { runToEnd, startProcess } from "./process.ts";

const USER = "millrace";
const PASSWORD = "millrace";
const DATABASE = "postgres";

export interface PostgresOptions extends EngineOptions {
  /** Goes on with the data of a start that was killed. @default false */
  readonly resumes?: boolean;
}

/** PostgreSQL 18 from the npm package, tuned for speed and thrown away after the run: the warehouse's storage. */
export async function startPostgres(options: PostgresOptions): Promise<RunningEngine> {
  const port = await choosePort("warehouse", options.port);
  const place = await placeFor(options.dataDir, options.resumes ?? false);
  const cleanUp = async () => {
    if (place.elsewhere !== undefined) await rm(place.elsewhere, { recursive: true, force: true });
  };
  const endpoint = `postgres://${USER}:${PASSWORD}@127.0.0.1:${port}/${DATABASE}`;
  try {
    const started = await startServer(options, place, port, endpoint);
    const stop = async () => {
      await started.stop();
      await cleanUp();
    };
    return { name: "warehouse", endpoint, ...started, stop };
  } catch (error) {
    // What goes on with data must not lose it because one start failed.
    if (options.resumes !== true) await cleanUp();
    throw error;
  }
}

async function startServer(
  options: EngineOptions,
  place: Place,
  port: number,
  endpoint: string,
): Promise<StartedProcess> {
  const data = path.join(place.folder, "data");
  const logs = path.join(options.dataDir, "logs");
  const env = { ...process.env, LC_ALL: "C", TZ: "UTC" };
  if (!existsSync(path.join(data, "PG_VERSION"))) {
    await initialise(place, data, path.join(logs, "warehouse-init.log"), env);
  }
  return startProcess({
    name: "warehouse",
    command: path.join(place.binaries, "bin", "postgres"),
    args: ["-D", data, ...Object.entries(settings(port)).flatMap(([key, value]) => ["-c", `${key}=${value}`])],
    env,
    cwd: place.folder,
    user: place.user,
    log: path.join(logs, "warehouse.log"),
    ready: async () => (await isListening(port)) && (await answers(endpoint)),
    signal: options.signal,
    // Fast shutdown: SIGTERM would wait until every client has gone.
    stopSignal: "SIGINT",
  });
}

interface Place {
  readonly folder: string;
  readonly binaries: string;
  readonly user?: { readonly uid: number; readonly gid: number };
  /** Folder outside the run's own, to be removed when the server has stopped. */
  readonly elsewhere?: string;
}

/**
 * PostgreSQL refuses to run as root. Root runs it as `nobody`, who needs a way through every folder above the
 * binaries and the data; what lies where there is none (a checkout in /root) goes to the system's temporary folder.
 */
async function placeFor(dataDir: string, resumes: boolean): Promise<Place> {
  if (!existsSync(path.join(postgresBinaries, "bin", "postgres"))) {
    throw new EngineError(
      `PostgreSQL for ${process.platform} on ${process.arch} is not installed: start \`node localstack/setup/main.mjs\`.`,
    );
  }
  const folder = path.join(dataDir, "warehouse");
  await mkdir(folder, { recursive: true });
  if (process.getuid?.() !== 0) return { folder, binaries: postgresBinaries };

  const user = nobody();
  const [openData, openBinaries] = [await isOpenToAll(folder), await isOpenToAll(postgresBinaries)];
  if (openData && openBinaries) {
    await chown(folder, user.uid, user.gid);
    return { folder, binaries: postgresBinaries, user };
  }
  // A name by the folder, so that runs that were killed leave one copy behind and not one each.
  const name = createHash("sha256").update(folder).digest("hex").slice(0, 12);
  const elsewhere = path.join(tmpdir(), `millrace-warehouse-${name}`);
  const moved = path.join(elsewhere, "warehouse");
  const binaries = openBinaries ? postgresBinaries : path.join(elsewhere, "native");
  if (resumes && existsSync(moved)) return { folder: moved, binaries, user, elsewhere };
  await rm(elsewhere, { recursive: true, force: true });
  // Fails if someone else was quicker to make it: what root runs must be what root has put there.
  await mkdir(elsewhere, { mode: 0o755 });
  if (!openBinaries) await cp(postgresBinaries, binaries, { recursive: true, verbatimSymlinks: true });
  await mkdir(moved);
  await chown(moved, user.uid, user.gid);
  return { folder: moved, binaries, user, elsewhere };
}

function nobody(): { uid: number; gid: number } {
  const line = readFileSync("/etc/passwd", "utf8")
    .split("\n")
    .find((entry) => entry.startsWith("nobody:"));
  const [uid, gid] = (line ?? "").split(":").slice(2, 4).map(Number);
  if (uid === undefined || gid === undefined) {
    throw new EngineError(
      "PostgreSQL cannot run as root, and /etc/passwd has no user nobody: run as an ordinary user.",
    );
  }
  return { uid, gid };
}

async function isOpenToAll(folder: string): Promise<boolean> {
  for (let at = folder; ; at = path.dirname(at)) {
    if (((await stat(at)).mode & 0o001) === 0) return false;
    if (at === path.dirname(at)) return true;
  }
}

async function initialise(place: Place, data: string, log: string, env: NodeJS.ProcessEnv): Promise<void> {
  // What a broken-off first start has left does not count.
  await rm(data, { recursive: true, force: true });
  const passwordFile = path.join(place.folder, "password");
  await writeFile(passwordFile, PASSWORD);
  await chmod(passwordFile, 0o600);
  if (place.user !== undefined) await chown(passwordFile, place.user.uid, place.user.gid);
  const options = {
    username: USER,
    pwfile: passwordFile,
    auth: "scram-sha-256",
    encoding: "UTF8",
    // Text compares by its bytes, as in Redshift, and case mapping still knows all letters.
    "locale-provider": "builtin",
    "builtin-locale": "C.UTF-8",
    locale: "C",
  };
  await runToEnd({
    name: "warehouse set-up",
    command: path.join(place.binaries, "bin", "initdb"),
    args: ["-D", data, "--no-sync", "--no-data-checksums", ...Object.entries(options).map(([k, v]) => `--${k}=${v}`)],
    env,
    cwd: place.folder,
    user: place.user,
    log,
  });
}

async function answers(url: string): Promise<boolean> {
  const client = new pg.Client({ connectionString: url, connectionTimeoutMillis: 5000 });
  // A server that is still starting ends connections on its own account.
  client.on("error", () => {});
  await client.connect();
  try {
    await client.query("SELECT 1");
    return true;
  } finally {
    await client.end();
  }
}

function settings(port: number): Record<string, string | number> {
  return {
    listen_addresses: "127.0.0.1",
    port,
    unix_socket_directories: "",
    max_connections: 100,
    timezone: "UTC",
    log_timezone: "UTC",
    // The data lasts as long as the run: after a crash it is made again, so nothing waits for the disk.
    fsync: "off",
    synchronous_commit: "off",
    full_page_writes: "off",
    wal_level: "minimal",
    max_wal_senders: 0,
    max_wal_size: "4GB",
    checkpoint_timeout: "1h",
    shared_buffers: "256MB",
    work_mem: "64MB",
    // An expression's groups count as many as there are rows: without room for them, sums would sort whole tables.
    hash_mem_multiplier: 8,
    maintenance_work_mem: "128MB",
    // A container's /dev/shm may be too small for parallel workers, and two cores gain little by them.
    max_parallel_workers_per_gather: 0,
    max_parallel_maintenance_workers: 0,
    jit: "off",
    log_min_messages: "warning",
  };
}
