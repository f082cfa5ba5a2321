import { existsSync } from "node:fs";
import { copyFile, mkdir, writeFile } from "node:fs/promises";
import path from "node:path";
import { local, root } from "../../localstack/engines/paths.ts";
import { runToEnd } from "../../localstack/engines/process.ts";
import { readTools } from "../../localstack/engines/tools.ts";
import type { BenchEngines } from "./engines.ts";
import { measure } from "./measure.ts";
import { DATABASE } from "./orders-table.ts";

/** Where the engine's jars and our classes are, once installed. */
export const debeziumClassPath = (): string => `${CLASSES}:${JARS}/*`;

const FOLDER = path.join(local, "java", "debezium");
const JARS = path.join(FOLDER, "jars");
const CLASSES = path.join(FOLDER, "classes");
const PROGRAMS = ["CapturePeer", "PrintChanges"];
const SOURCE = path.join(root, "bench", "debezium");

export interface PeerRun {
  readonly engines: BenchEngines;
  /** Keeps offsets and schema history from one run to the next. */
  readonly dir: string;
  readonly topic: string;
  /** Records to wait for. */
  readonly records: number;
  /** `no_data`: changes only, from the offset kept or from now. `initial_only`: the snapshot. */
  readonly snapshotMode: "no_data" | "initial_only";
}

export interface PeerReport {
  readonly rate: number;
  readonly peakMb: number;
}

/** Fetches the engine's jars with Maven, once, and compiles what runs it. */
export async function installDebezium(): Promise<void> {
  const { java } = await readTools();
  await mkdir(CLASSES, { recursive: true });
  if (!existsSync(path.join(FOLDER, "installed"))) {
    await copyFile(path.join(SOURCE, "pom.xml"), path.join(FOLDER, "pom.xml"));
    await runToEnd({
      name: "maven",
      command: "mvn",
      args: ["-B", "-q", "dependency:copy-dependencies", `-DoutputDirectory=${JARS}`, "-DincludeScope=runtime"],
      cwd: FOLDER,
      log: path.join(FOLDER, "maven.log"),
    });
    await writeFile(path.join(FOLDER, "installed"), "");
  }
  await runToEnd({
    name: "javac",
    command: path.join(path.dirname(java), "javac"),
    args: ["-cp", `${JARS}/*`, "-d", CLASSES, ...PROGRAMS.map((name) => path.join(SOURCE, `${name}.java`))],
    log: path.join(FOLDER, "javac.log"),
  });
}

/** Properties of the engine: JSON with schemas off, decimals as text, as our records have them. */
function engineProperties({ engines, dir, snapshotMode }: PeerRun): string {
  const { target, flavour } = engines;
  const connector = flavour === "mariadb" ? "mariadb.MariaDbConnector" : "mysql.MySqlConnector";
  const properties = {
    name: "peer",
    "connector.class": `io.debezium.connector.${connector}`,
    "database.hostname": target.host,
    "database.port": target.port,
    "database.user": target.user,
    "database.password": target.password,
    "database.server.id": 7_100,
    [flavour === "mariadb" ? "database.protocol" : "database.connectionTimeZone"]:
      flavour === "mariadb" ? "jdbc:mariadb" : "UTC",
    "topic.prefix": "peer",
    "database.include.list": DATABASE,
    "include.schema.changes": false,
    "decimal.handling.mode": "string",
    "tombstones.on.delete": false,
    "snapshot.mode": snapshotMode,
    "converter.schemas.enable": false,
    "offset.storage": "org.apache.kafka.connect.storage.FileOffsetBackingStore",
    "offset.storage.file.filename": path.join(dir, "offsets"),
    "offset.flush.interval.ms": 1000,
    "schema.history.internal": "io.debezium.storage.file.history.FileSchemaHistory",
    "schema.history.internal.file.filename": path.join(dir, "history"),
  };
  return Object.entries(properties)
    .map(([key, value]) => `${key}=${value}\n`)
    .join("");
}

/** Runs the peer until so many records are acknowledged. `meanwhile` runs beside it, for records it waits for. */
export async function runDebezium(run: PeerRun, meanwhile?: () => Promise<void>): Promise<PeerReport> {
  const { java } = await readTools();
  await mkdir(run.dir, { recursive: true });
  const file = path.join(run.dir, "engine.properties");
  await writeFile(file, engineProperties(run));
  const args = ["-Xmx1g", "-Dorg.slf4j.simpleLogger.defaultLogLevel=warn", "-cp", debeziumClassPath()];
  const measuring = measure(java, [...args, "CapturePeer", file, run.engines.broker, run.topic, String(run.records)]);
  if (meanwhile !== undefined) await Promise.race([meanwhile(), measuring]);
  const { output, peakMb } = await measuring;
  return { rate: run.records / Number(output.trim().split("\n").at(-1)), peakMb };
}
