import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { parseMysqlUrl } from "../../../lambdas/adapters/mysql/index.ts";
import type { MysqlTarget } from "../../../lambdas/adapters/mysql/index.ts";
import { openSession } from "../../../lambdas/adapters/mysql/session.ts";
import type { MysqlSession } from "../../../lambdas/adapters/mysql/session.ts";
import { startMysql } from "../../../localstack/engines/mysql.ts";

export interface ServerUnderTest {
  readonly target: MysqlTarget;
  stop(): Promise<void>;
}

/**
 * The servers that source tests run on: the local one, and a real MySQL 9 when MILLRACE_MYSQL9_URL names one (a user
 * that may do everything; databases with the tests' names are dropped).
 */
export const SERVERS: readonly { readonly name: string; start(): Promise<ServerUnderTest> }[] = [
  { name: "the local server", start: startLocal },
  ...(process.env.MILLRACE_MYSQL9_URL === undefined
    ? []
    : [{ name: "MySQL 9", start: async () => given(process.env.MILLRACE_MYSQL9_URL ?? "") }]),
];

async function startLocal(): Promise<ServerUnderTest> {
  const folder = await mkdtemp(path.join(tmpdir(), "millrace-binlog-"));
  const engine = await startMysql({ dataDir: folder });
  return {
    target: parseMysqlUrl(engine.endpoint),
    stop: async () => {
      await engine.stop();
      await rm(folder, { recursive: true, force: true });
    },
  };
}

const given = (url: string): ServerUnderTest => ({ target: parseMysqlUrl(url), stop: async () => {} });

/** A session that takes any value a column can hold, also those that strict mode refuses. */
export async function openWriter(target: MysqlTarget): Promise<MysqlSession> {
  const session = await openSession(target);
  await session.query("SET SESSION sql_mode = 'ALLOW_INVALID_DATES', foreign_key_checks = 0");
  return session;
}

/** Drops and makes the database anew. */
export async function freshDatabase(session: MysqlSession, name: string): Promise<void> {
  await session.query(`DROP DATABASE IF EXISTS ${name}`);
  await session.query(`CREATE DATABASE ${name} CHARACTER SET utf8mb4`);
}
