import { spawn } from "node:child_process";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { createInterface } from "node:readline";
import { debeziumClassPath, installDebezium } from "../../../bench/capture/debezium.ts";
import { sleep } from "../../../lambdas/adapters/clock/index.ts";
import type { MysqlTarget } from "../../../lambdas/adapters/mysql/index.ts";
import { readTools } from "../../../localstack/engines/tools.ts";
import { CONNECTOR_SETTINGS } from "../../support/interop/differences.ts";

/** A record as a topic would have it; a value of null is a tombstone. */
export interface PeerRecord {
  readonly table: string;
  readonly key: string | null;
  readonly value: string | null;
}

export interface Peer {
  /** All that it has written, in order. */
  readonly records: readonly PeerRecord[];
  /** Waits until the records are as wanted. @throws Error with the engine's last words when it ends before */
  until(wanted: (records: readonly PeerRecord[]) => boolean): Promise<void>;
  /** The same, or until the engine has ended. */
  untilOrEnd(wanted: (records: readonly PeerRecord[]) => boolean): Promise<void>;
  stop(): Promise<void>;
}

function properties(target: MysqlTarget, flavour: "mysql" | "mariadb", database: string, folder: string): string {
  const all = {
    ...CONNECTOR_SETTINGS,
    name: "peer",
    "connector.class": `io.debezium.connector.${flavour === "mariadb" ? "mariadb.MariaDbConnector" : "mysql.MySqlConnector"}`,
    "database.hostname": target.host,
    "database.port": target.port,
    "database.user": target.user,
    "database.password": target.password,
    "database.server.id": 7_300,
    ...(flavour === "mariadb"
      ? { "database.protocol": "jdbc:mariadb", "database.jdbc.driver": "org.mariadb.jdbc.Driver" }
      : {}),
    "topic.prefix": "peer",
    "database.include.list": database,
    "offset.storage": "org.apache.kafka.connect.storage.FileOffsetBackingStore",
    "offset.storage.file.filename": path.join(folder, "offsets"),
    "schema.history.internal": "io.debezium.storage.file.history.FileSchemaHistory",
    "schema.history.internal.file.filename": path.join(folder, "history"),
  };
  return Object.entries(all)
    .map(([key, value]) => `${key}=${value}\n`)
    .join("");
}

const decoded = (text: string | undefined): string | null =>
  text === undefined || text === "-" ? null : Buffer.from(text, "base64").toString("utf8");

/** Starts the engine: first all rows as they are, then the changes. */
export async function startDebezium(
  target: MysqlTarget,
  flavour: "mysql" | "mariadb",
  database: string,
): Promise<Peer> {
  await installDebezium();
  const { java } = await readTools();
  const folder = await mkdtemp(path.join(tmpdir(), "millrace-debezium-"));
  const file = path.join(folder, "engine.properties");
  await writeFile(file, properties(target, flavour, database, folder));
  const args = ["-Xmx512m", "-Duser.timezone=UTC", "-Dorg.slf4j.simpleLogger.defaultLogLevel=warn"];
  const child = spawn(java, [...args, "-cp", debeziumClassPath(), "PrintChanges", file], {
    stdio: ["ignore", "pipe", "pipe"],
  });
  const records: PeerRecord[] = [];
  let words = "";
  let ended = false;
  child.once("exit", () => (ended = true));
  child.once("error", (error) => {
    words += error.message;
    ended = true;
  });
  child.stderr.on("data", (chunk: Buffer) => (words = `${words}${chunk.toString()}`.slice(-4_000)));
  createInterface({ input: child.stdout }).on("line", (line) => {
    const [topic = "", key, value] = line.split(" ");
    records.push({ table: topic.slice(topic.lastIndexOf(".") + 1), key: decoded(key), value: decoded(value) });
  });
  return {
    records,
    until: async (wanted) => {
      while (!wanted(records)) {
        if (ended) throw new Error(`the Debezium engine has ended:\n${words}`);
        await sleep(50);
      }
    },
    untilOrEnd: async (wanted) => {
      while (!ended && !wanted(records)) await sleep(50);
    },
    stop: async () => {
      child.kill("SIGTERM");
      while (!ended) await sleep(50);
      await rm(folder, { recursive: true, force: true });
    },
  };
}
