import { copyFile, mkdir, readdir, rm, writeFile } from "node:fs/promises";
import { existsSync } from "node:fs";
import path from "node:path";
import type { EngineOptions, RunningEngine } from "./engine.ts";
import { EngineError } from "./engine.ts";
import { hasController } from "./kafka-probe.ts";
import { kafkaJars, templates } from "./paths.ts";
import { choosePort, freePort } from "./ports.ts";
import type { StartedProcess } from "./process.ts";
import { runToEnd, startProcess } from "./process.ts";
import { readTools } from "./tools.ts";

const CLUSTER_ID = "MkU3OEVBNTcwNTJENDM2Qk";
/** Formatted storage; copied, it saves a second JVM start. */
const STORAGE_FILES = ["meta.properties", "bootstrap.checkpoint"];

export interface KafkaOptions extends EngineOptions {
  /** Port that clients are told to connect to: that of a proxy. @default - the broker's own */
  readonly advertisedPort?: number;
}

/** Apache Kafka 4 as one node, broker and controller at once, without ZooKeeper or a distribution archive. */
export async function startKafka(options: KafkaOptions): Promise<RunningEngine> {
  const port = await choosePort("kafka", options.port);
  const { started } = await startBroker(options, port, path.join(templates, "kafka"));
  return { name: "kafka", endpoint: `127.0.0.1:${port}`, ...started };
}

/**
 * One short run that leaves in `target` what makes later starts fast: an archive of loaded classes, which the JVM
 * writes when it ends, and formatted storage.
 */
export async function prepareKafka(target: string, workFolder: string): Promise<void> {
  await mkdir(target, { recursive: true });
  const { started, storage } = await startBroker({ dataDir: workFolder }, await freePort(), target, true);
  for (const file of STORAGE_FILES) await copyFile(path.join(storage, file), path.join(target, file));
  await started.stop();
  await rm(workFolder, { recursive: true, force: true });
}

async function startBroker(
  options: KafkaOptions,
  port: number,
  prepared: string,
  preparing = false,
): Promise<{ started: StartedProcess; storage: string }> {
  const { java } = await readTools();
  const folder = path.join(options.dataDir, "kafka");
  const storage = path.join(folder, "storage");
  const properties = path.join(folder, "server.properties");
  const logs = path.join(options.dataDir, "logs");
  const classPath = await classPathOf(kafkaJars);
  await mkdir(storage, { recursive: true });
  await writeFile(
    properties,
    serverProperties({ port, advertised: options.advertisedPort ?? port, controllerPort: await freePort() }, storage),
  );

  if (!existsSync(path.join(storage, "meta.properties"))) {
    if (existsSync(path.join(prepared, "meta.properties"))) {
      for (const file of STORAGE_FILES) await copyFile(path.join(prepared, file), path.join(storage, file));
    } else {
      const format = ["kafka.tools.StorageTool", "format", "-t", CLUSTER_ID, "-c", properties];
      const args = ["-XX:TieredStopAtLevel=1", "-XX:+UseSerialGC", "-cp", classPath, ...format];
      await runToEnd({ name: "kafka format", command: java, args, log: path.join(logs, "kafka-format.log") });
    }
  }
  const archive = path.join(prepared, "classes.jsa");
  const classSharing = preparing
    ? [`-XX:ArchiveClassesAtExit=${archive}`]
    : existsSync(archive)
      ? [`-XX:SharedArchiveFile=${archive}`, "-Xshare:auto"]
      : [];
  const started = await startProcess({
    name: "kafka",
    command: java,
    args: [...JVM_OPTIONS, ...classSharing, "-cp", classPath, "kafka.Kafka", properties],
    cwd: folder,
    log: path.join(logs, "kafka.log"),
    ready: async () => hasController(port),
    signal: options.signal,
  });
  return { started, storage };
}

/** The archive of classes holds for exactly this class path, so its order must not depend on the file system's. */
async function classPathOf(folder: string): Promise<string> {
  const jars = await readdir(folder).catch(() => []);
  if (jars.length === 0) throw new EngineError("Kafka is not installed: start `node localstack/setup/main.mjs`.");
  return jars
    .filter((name) => name.endsWith(".jar"))
    .sort()
    .map((name) => path.join(folder, name))
    .join(path.delimiter);
}

/** C1 only: a broker that lives for minutes on two cores loses more to C2's compiling than it gains. */
const JVM_OPTIONS = [
  "-Xms64m",
  "-Xmx512m",
  "-XX:+UseSerialGC",
  "-XX:TieredStopAtLevel=1",
  "-Xss512k",
  "-XX:MaxDirectMemorySize=256m",
  "-XX:-UsePerfData",
  "-Djava.awt.headless=true",
  "-Dorg.slf4j.simpleLogger.logFile=System.err",
  "-Dorg.slf4j.simpleLogger.defaultLogLevel=warn",
  "-Dorg.slf4j.simpleLogger.showDateTime=true",
];

interface Ports {
  readonly port: number;
  readonly advertised: number;
  readonly controllerPort: number;
}

function serverProperties({ port, advertised, controllerPort }: Ports, storage: string): string {
  const settings: Record<string, string | number> = {
    "process.roles": "broker,controller",
    "node.id": 1,
    "controller.quorum.voters": `1@127.0.0.1:${controllerPort}`,
    listeners: `PLAINTEXT://127.0.0.1:${port},CONTROLLER://127.0.0.1:${controllerPort}`,
    "advertised.listeners": `PLAINTEXT://127.0.0.1:${advertised}`,
    "controller.listener.names": "CONTROLLER",
    "inter.broker.listener.name": "PLAINTEXT",
    "listener.security.protocol.map": "PLAINTEXT:PLAINTEXT,CONTROLLER:PLAINTEXT",
    "log.dirs": storage,
    "num.partitions": 1,
    "default.replication.factor": 1,
    "min.insync.replicas": 1,
    "offsets.topic.replication.factor": 1,
    "offsets.topic.num.partitions": 1,
    "transaction.state.log.replication.factor": 1,
    "transaction.state.log.min.isr": 1,
    "transaction.state.log.num.partitions": 1,
    "share.coordinator.state.topic.replication.factor": 1,
    "share.coordinator.state.topic.min.isr": 1,
    "share.coordinator.state.topic.num.partitions": 1,
    "group.initial.rebalance.delay.ms": 0,
    // Topics come from the definitions, through the API: a name misspelt must not become one.
    "auto.create.topics.enable": "false",
    "num.network.threads": 2,
    "num.io.threads": 2,
    "num.recovery.threads.per.data.dir": 2,
    "log.cleaner.dedupe.buffer.size": 8_388_608,
    "log.cleaner.io.buffer.size": 524_288,
    "socket.send.buffer.bytes": 1_048_576,
    "socket.receive.buffer.bytes": 1_048_576,
    "message.max.bytes": 10_485_760,
    "log.segment.bytes": 268_435_456,
    "log.retention.ms": -1,
  };
  return Object.entries(settings)
    .map(([key, value]) => `${key}=${value}\n`)
    .join("");
}
