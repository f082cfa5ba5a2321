import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { sleep } from "../../../lambdas/adapters/clock/index.ts";
import { parseMysqlUrl } from "../../../lambdas/adapters/mysql/index.ts";
import type { MysqlTarget } from "../../../lambdas/adapters/mysql/index.ts";
import { identify } from "../../../lambdas/adapters/mysql/server.ts";
import { openSession } from "../../../lambdas/adapters/mysql/session.ts";
import type { MysqlSession } from "../../../lambdas/adapters/mysql/session.ts";
import { startMysql } from "../../../localstack/engines/mysql.ts";

/** One server of a pair. */
export interface Server {
  readonly target: MysqlTarget;
  readonly admin: MysqlSession;
}

/** A source and the replica that may take its place. */
export interface Pair {
  readonly source: Server;
  readonly replica: Server;
  /** Waits until the replica has executed all that the source has. */
  replicated(): Promise<void>;
  /** The replica gets nothing more; what is on its way is lost with the source. */
  cutOff(): Promise<void>;
  /** The source is gone without a word. */
  kill(): Promise<void>;
  /** The replica becomes a server of its own. */
  promote(): Promise<void>;
  stop(): Promise<void>;
}

/** Words that the two flavours do not share. */
const WORDS = {
  mariadb: {
    follow: (to: MysqlTarget) =>
      `CHANGE MASTER TO MASTER_HOST='${to.host}', MASTER_PORT=${to.port}, MASTER_USER='${to.user}', MASTER_PASSWORD='${to.password}', MASTER_USE_GTID=slave_pos`,
    start: "START SLAVE",
    cutOff: "STOP SLAVE IO_THREAD",
    leave: ["STOP SLAVE", "RESET SLAVE ALL"],
    executed: "SELECT @@gtid_binlog_pos AS gtid",
    wait: (gtid: string) => `SELECT MASTER_GTID_WAIT('${gtid}', 60) AS done`,
    reset: ["RESET MASTER", "SET GLOBAL gtid_slave_pos = ''"],
  },
  mysql: {
    follow: (to: MysqlTarget) =>
      `CHANGE REPLICATION SOURCE TO SOURCE_HOST='${to.host}', SOURCE_PORT=${to.port}, SOURCE_USER='${to.user}', SOURCE_PASSWORD='${to.password}', SOURCE_AUTO_POSITION=1, GET_SOURCE_PUBLIC_KEY=1`,
    start: "START REPLICA",
    cutOff: "STOP REPLICA IO_THREAD",
    leave: ["STOP REPLICA", "RESET REPLICA ALL"],
    executed: "SELECT @@gtid_executed AS gtid",
    wait: (gtid: string) => `SELECT WAIT_FOR_EXECUTED_GTID_SET('${gtid}', 60) AS done`,
    reset: ["RESET BINARY LOGS AND GTIDS"],
  },
} as const;

async function link(source: Server, replica: Server, ends: Pick<Pair, "kill" | "stop">): Promise<Pair> {
  const { flavour } = await identify(source.admin);
  const words = WORDS[flavour];
  await replica.admin.query(words.follow(source.target));
  await replica.admin.query(words.start);
  return {
    source,
    replica,
    replicated: async () => {
      const [row] = await source.admin.query(words.executed);
      const [waited] = await replica.admin.query(words.wait((row?.gtid ?? "").replace(/\s/g, "")));
      if (waited?.done !== "0") throw new Error(`the replica did not get ${row?.gtid ?? ""} within a minute`);
    },
    cutOff: async () => {
      await replica.admin.query(words.cutOff);
    },
    promote: async () => {
      for (const statement of words.leave) await replica.admin.query(statement);
    },
    ...ends,
  };
}

/** Empties a server's log and forgets what it replicated from. */
export async function forgetHistory(server: Server): Promise<void> {
  const { flavour } = await identify(server.admin);
  for (const statement of WORDS[flavour].reset) await server.admin.query(statement);
}

async function serverAt(url: string): Promise<Server> {
  const target = parseMysqlUrl(url);
  return { target, admin: await openSession(target) };
}

/**
 * Two processes of the local server.
 * @param logsUpdates whether the replica writes what it replicates to its own log
 */
export async function startLocalPair(logsUpdates = true): Promise<Pair> {
  const folders = await Promise.all(["a", "b"].map((name) => mkdtemp(path.join(tmpdir(), `millrace-pair-${name}-`))));
  // The variable has one name on MariaDB and another on MySQL.
  const updates = ["slave", "replica"].map((who) => `--loose-log-${who}-updates=${logsUpdates ? "ON" : "OFF"}`);
  const [a, b] = await Promise.all(
    folders.map((dataDir, i) => startMysql({ dataDir, server: [`--server-id=${101 + i}`, ...updates] })),
  );
  if (a === undefined || b === undefined) throw new Error("two servers were to start");
  const source = await serverAt(a.endpoint);
  const replica = await serverAt(b.endpoint);
  return link(source, replica, {
    kill: async () => {
      process.kill(a.pid ?? 0, "SIGKILL");
      await a.stop();
    },
    stop: async () => {
      source.admin.destroy();
      replica.admin.destroy();
      await Promise.all([a.stop(), b.stop()]);
      for (const folder of folders) await rm(folder, { recursive: true, force: true });
    },
  });
}

/**
 * Two servers that somebody runs for tests: their logs and replication settings are reset. They are not killed: their
 * connections are, and nobody asks the source again.
 */
async function givenPair(urls: readonly [string, string], databases: readonly string[]): Promise<Pair> {
  const source = await serverAt(urls[0]);
  const replica = await serverAt(urls[1]);
  const leave = async (): Promise<void> => {
    const { flavour } = await identify(replica.admin);
    for (const statement of WORDS[flavour].leave) await replica.admin.query(statement);
  };
  await leave();
  for (const server of [source, replica]) {
    for (const name of databases) await server.admin.query(`DROP DATABASE IF EXISTS ${name}`);
    await forgetHistory(server);
  }
  return link(source, replica, {
    kill: async () => {
      const rows = await source.admin.query(
        "SELECT ID AS id FROM information_schema.PROCESSLIST WHERE ID <> CONNECTION_ID() AND COMMAND LIKE 'Binlog Dump%'",
      );
      for (const { id } of rows) await source.admin.query(`KILL ${id ?? ""}`);
      await sleep(0);
    },
    stop: async () => {
      await leave();
      source.admin.destroy();
      replica.admin.destroy();
    },
  });
}

const given = (name: string, version: string) => {
  const urls = [process.env[`MILLRACE_${version}_URL`], process.env[`MILLRACE_${version}_REPLICA_URL`]] as const;
  const [source, replica] = urls;
  if (source === undefined || replica === undefined) return [];
  return [{ name, start: async (databases: readonly string[]) => givenPair([source, replica], databases) }];
};

/**
 * Two processes of the local server always; a pair of MySQL 9 or 8.4 where MILLRACE_MYSQL9_URL and
 * MILLRACE_MYSQL9_REPLICA_URL (MILLRACE_MYSQL84_...) name one, both as a user that may do everything.
 */
export const PAIRS: readonly { readonly name: string; start(databases: readonly string[]): Promise<Pair> }[] = [
  { name: "two local servers", start: () => startLocalPair() },
  ...given("MySQL 9", "MYSQL9"),
  ...given("MySQL 8.4", "MYSQL84"),
];
