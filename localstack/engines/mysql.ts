import { cp, mkdir, rm, stat, writeFile } from "node:fs/promises";
import path from "node:path";
import { createConnection } from "mysql2/promise";
import type { EngineOptions, RunningEngine } from "./engine.ts";
import { EngineError } from "./engine.ts";
import { templates } from "./paths.ts";
import { choosePort, isListening } from "./ports.ts";
import { startProcess } from "./process.ts";
import type { SourceServer } from "./tools.ts";
import { readTools } from "./tools.ts";

export interface RunningSource extends RunningEngine {
  /** The same server as the user that captures with: SELECT and replication, nothing more. */
  readonly captureEndpoint: string;
}

/** Who fills and changes the source; on 127.0.0.1 of one run only. */
const OWNER = { user: "millrace", password: "millrace" };
const CAPTURE = { user: "capture", password: "capture" };

/**
 * A MySQL-compatible server with row binlog as captures need it: the one that setup found on the machine or
 * installed, in a folder of ours.
 */
export async function startMysql(
  options: EngineOptions & {
    /** Options of the server besides those that captures need; later ones win. */
    readonly server?: readonly string[];
  },
): Promise<RunningSource> {
  const { server } = await readTools();
  if (server === undefined) {
    throw new EngineError(
      "There is no source server: start `node localstack/setup/main.mjs` without MILLRACE_SOURCE_URL, which installs one.",
    );
  }
  const port = await choosePort("source", options.port);
  const folder = path.join(options.dataDir, "source");
  const data = path.join(folder, "data");
  await mkdir(folder, { recursive: true });
  if ((await stat(data).catch(() => undefined)) === undefined) {
    await cp(path.join(templates, "source"), data, { recursive: true });
    // MySQL's own id: made anew, so that no two servers share it.
    await rm(path.join(data, "auto.cnf"), { force: true });
  }
  const users = path.join(folder, "users.sql");
  await writeFile(users, userStatements(server));
  const endpoint = urlOf(OWNER, port);
  const started = await startProcess({
    name: "source",
    command: server.program,
    args: [...serverOptions(server, { port, data, users }), ...(options.server ?? [])],
    env: server.libraries === null ? process.env : { ...process.env, LD_LIBRARY_PATH: server.libraries },
    log: path.join(options.dataDir, "logs", "source.log"),
    ready: async () => (await isListening(port)) && (await answers(endpoint)),
    signal: options.signal,
  });
  return { name: "source", endpoint, captureEndpoint: urlOf(CAPTURE, port), ...started };
}

/** A server given by URL, used as it is: nothing is started or stopped. */
export async function givenMysql(url: string): Promise<RunningSource> {
  const parsed = URL.parse(url);
  if (parsed === null || !["mysql:", "mariadb:"].includes(parsed.protocol)) {
    throw new EngineError(`The source's URL is not one: give mysql://user:password@host:port/database.`);
  }
  parsed.protocol = "mysql:";
  try {
    await answers(parsed.href);
  } catch (error) {
    const reason = typeof error === "object" && error !== null && "code" in error ? String(error.code) : "no answer";
    throw new EngineError(
      `The source at ${parsed.host} cannot be used (${reason}): check host, port, user and password of its URL.`,
      { cause: error },
    );
  }
  return { name: "source", endpoint: parsed.href, captureEndpoint: parsed.href, stop: async () => {} };
}

async function answers(url: string): Promise<boolean> {
  const connection = await createConnection({ uri: url, connectTimeout: 5000 });
  try {
    await connection.query("SELECT 1");
    return true;
  } finally {
    await connection.end();
  }
}

const urlOf = (who: typeof OWNER, port: number) => `mysql://${who.user}:${who.password}@127.0.0.1:${port}`;

function userStatements({ kind }: SourceServer): string {
  const grants = [
    "SELECT",
    "REPLICATION SLAVE",
    "REPLICATION CLIENT",
    "PROCESS",
    ...(kind === "mysql" ? ["BACKUP_ADMIN"] : []),
  ];
  const create = (who: typeof OWNER) => `CREATE USER IF NOT EXISTS '${who.user}'@'%' IDENTIFIED BY '${who.password}';`;
  // Run at each start, before anyone connects; kept out of the binlog, which belongs to the shop's changes.
  return [
    "SET sql_log_bin = 0;",
    create(OWNER),
    `GRANT ALL PRIVILEGES ON *.* TO '${OWNER.user}'@'%' WITH GRANT OPTION;`,
    create(CAPTURE),
    `GRANT ${grants.join(", ")} ON *.* TO '${CAPTURE.user}'@'%';`,
    "",
  ].join("\n");
}

function serverOptions(server: SourceServer, at: { port: number; data: string; users: string }): string[] {
  return [
    "--no-defaults",
    // As root the server refuses to start unless told which user it may be.
    ...(process.getuid?.() === 0 ? ["--user=root"] : []),
    `--datadir=${at.data}`,
    // Relative to the data folder: the path of a socket may have 107 characters only.
    "--socket=source.sock",
    "--pid-file=source.pid",
    "--bind-address=127.0.0.1",
    `--port=${at.port}`,
    `--init-file=${at.users}`,
    "--server-id=97",
    "--log-bin=binlog",
    "--binlog-format=ROW",
    "--binlog-row-image=FULL",
    "--binlog-row-metadata=FULL",
    "--character-set-server=utf8mb4",
    "--default-time-zone=+00:00",
    "--innodb-buffer-pool-size=256M",
    // The data lasts as long as the run: no wait for the disk at each commit.
    "--innodb-flush-log-at-trx-commit=2",
    "--sync-binlog=0",
    ...(server.kind === "mariadb" ? mariadbOptions(server) : mysqlOptions),
  ];
}

const mysqlOptions = ["--mysqlx=OFF", "--gtid-mode=ON", "--enforce-gtid-consistency=ON"];

function mariadbOptions(server: SourceServer): string[] {
  return [
    `--basedir=${server.basedir}`,
    ...(server.libraries === null ? [] : [`--lc-messages-dir=${path.join(server.basedir, "share")}`]),
    "--gtid-strict-mode=ON",
    "--innodb-log-file-size=128M",
    "--skip-name-resolve",
    // Making certificates at each start takes seconds, and nothing leaves this machine.
    "--skip-ssl",
  ];
}
