import { createHmac } from "node:crypto";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import type { MSKEvent, MSKRecord } from "aws-lambda";
import { Kafka, logLevel } from "kafkajs";
import type { Connection } from "mysql2/promise";
import { captureChanges } from "../../../lambdas/capture-changes/capture-changes.ts";
import { copyChunk } from "../../../lambdas/capture-snapshot/chunk.ts";
import { finishSnapshot } from "../../../lambdas/capture-snapshot/finish.ts";
import { planSnapshot } from "../../../lambdas/capture-snapshot/plan.ts";
import { binlogOf } from "../../../lambdas/adapters/binlog/index.ts";
import { newId, now, sleep } from "../../../lambdas/adapters/clock/index.ts";
import { createPublisher, openOffsets } from "../../../lambdas/adapters/kafka/index.ts";
import type { KafkaConnection } from "../../../lambdas/adapters/kafka/index.ts";
import { connectSource, parseMysqlUrl } from "../../../lambdas/adapters/mysql/index.ts";
import { personalDataOf } from "../../../lambdas/adapters/personal-data/index.ts";
import { parseCheckpoint } from "../../../lambdas/core/checkpoint.ts";
import { checkpointKey } from "../../../lambdas/core/state-keys.ts";
import { comparePositions } from "../../../lambdas/core/version.ts";
import { encoderCache } from "../../../lambdas/land-batch/encode-range.ts";
import { landBatch } from "../../../lambdas/land-batch/land-batch.ts";
import { connectTo, parseSourceUrl } from "../../../localstack/demo/source/connection.ts";
import type { RunningEngine } from "../../../localstack/engines/engine.ts";
import { startKafka } from "../../../localstack/engines/kafka.ts";
import { startMysql } from "../../../localstack/engines/mysql.ts";
import type { RunningSource } from "../../../localstack/engines/mysql.ts";
import { topicName } from "../../../schemas/naming.ts";
import { startLoading } from "../../support/loading/loading.ts";
import type { Loading } from "../../support/loading/loading.ts";
import { mskRecord } from "../../support/loading/records.ts";
import { memoryStore } from "../../support/memory-store.ts";
import { PEOPLE_DDL, persons, places, visits } from "../../support/people.ts";
import { recordingTelemetry } from "../../support/recording.ts";

const KEY = "k".repeat(64);
export const personal = personalDataOf(KEY);
export const pseudonym = (text: string): string => createHmac("sha256", KEY).update(text).digest("hex");
export const tables = [persons, visits, places];
const settings = { sourceName: "test", definitions: tables };

export interface Message {
  readonly topic: string;
  readonly offset: number;
  readonly key: Buffer | null;
  readonly value: Buffer | null;
}

let folder: string;
let kafka: RunningEngine;
export let source: RunningSource;
let connection: KafkaConnection;
export let writer: Connection;
export let loading: Loading;
export const state = memoryStore("state");
export const telemetry = recordingTelemetry();
export let messages: readonly Message[];

/** State objects as they were between two runs of a chunk. */
export const kept: string[] = [];

const row = (who: string, city: string): string =>
  `('${who}', 'Kanarie ${who}', 'unknown kanarie', 7700123456789, '1911-11-11', 'kanarie token', '+49 kanarie', '{"a":"kanarie"}', '${city}')`;

async function change(): Promise<void> {
  await writer.query(`INSERT INTO people.persons VALUES ${row("kanarie-c@x.org", "Rome")}`);
  await writer.query(
    "UPDATE people.persons SET fullName = 'Kanarie Neu', phone = 'kanarie 2' WHERE email = 'kanarie-a@x.org'",
  );
  await writer.query("UPDATE people.persons SET email = 'kanarie-moved@x.org' WHERE email = 'kanarie-b@x.org'");
  await writer.query("ALTER TABLE people.persons ADD COLUMN unknown3 VARCHAR(50) DEFAULT 'kanarie default' FIRST");
  await writer.query(
    "UPDATE people.persons SET unknown3 = 'kanarie 3', city = NULL, fullName = NULL WHERE email = 'kanarie-c@x.org'",
  );
  await writer.query(
    "INSERT INTO people.visits VALUES (2, 'kanarie-a@x.org', 'kanarie', 'b'), (3, 'kanarie-c@x.org', NULL, REPEAT('z', 70000))",
  );
  await writer.query("UPDATE people.visits SET page = REPEAT('y', 70000) WHERE id = 2");
  await writer.query("INSERT INTO people.places VALUES (2, 'Rome', 'seven hills')");
  await writer.query("DELETE FROM people.persons WHERE email = 'kanarie-d@x.org'");
}

/** As a Debezium connector and as anybody would write it: the source's own values. */
async function writeForeign(): Promise<void> {
  const value = {
    before: null,
    after: { email: "kanarie-f@x.org", fullName: "Kanarie", tax: 7700123456789, city: "Oslo" },
    op: "c",
    ts_ms: 1,
    source: { file: "binlog.000001", pos: 4, row: 0, ts_ms: 1, snapshot: "false" },
  };
  const ours = { ...value, source: { ...value.source, epoch: 1 } };
  const producer = new Kafka({ brokers: [kafka.endpoint], logLevel: logLevel.NOTHING }).producer();
  await producer.connect();
  await producer.send({
    topic: topicName(persons),
    messages: [JSON.stringify(value), JSON.stringify(ours), "kanarie is no JSON"].map((text) => ({
      key: "kanarie",
      value: text,
    })),
  });
  await producer.disconnect();
}

async function consume(ends: ReadonlyMap<string, readonly number[]>): Promise<readonly Message[]> {
  const found: Message[] = [];
  const wanted = [...ends.values()].flat().reduce((sum, end) => sum + end, 0);
  const consumer = new Kafka({ brokers: [kafka.endpoint], logLevel: logLevel.NOTHING }).consumer({
    groupId: `c${wanted}`,
  });
  await consumer.connect();
  await consumer.subscribe({ topics: [...ends.keys()], fromBeginning: true });
  await new Promise<void>((resolve, reject) => {
    consumer
      .run({
        eachMessage: async ({ topic, message: { offset, key, value } }) => {
          found.push({ topic, offset: Number(offset), key, value });
          if (found.length === wanted) resolve();
        },
      })
      .catch(reject);
  });
  await consumer.disconnect();
  return found.sort((a, b) => a.offset - b.offset);
}

async function landAndLoad(of: readonly Message[]): Promise<void> {
  for (const table of tables) {
    const topic = topicName(table);
    const records = of
      .filter((message) => message.topic === topic)
      .map(({ offset, key, value }): MSKRecord => ({
        ...mskRecord(topic, 0, offset, value?.toString("utf8") ?? null),
        key: key?.toString("base64") ?? "",
      }));
    const event = { records: { [`${topic}-0`]: records } } as unknown as MSKEvent;
    const { landing, quarantine } = loading;
    await landBatch(
      event,
      { cluster: "test-0", wakeSlotSeconds: 10, tables, encoders: encoderCache(1) },
      { landing, quarantine, wake: async () => undefined, telemetry, now },
    );
    await loading.load(table);
  }
}

/** Runs change capture until it has published all that the source has committed. */
async function captureAll(target: ReturnType<typeof parseMysqlUrl>, end: { file: string; pos: number }): Promise<void> {
  await captureChanges(
    { sourceName: "test", tables, serverIdBase: 7_100, runSeconds: 120, handover: false },
    {
      state,
      telemetry,
      now,
      newId,
      sleep: async (_, signal) => {
        await sleep(50, signal);
        const stored = state.objects.get(checkpointKey("test"));
        if (stored === undefined) throw new Error("no checkpoint");
        const { position } = parseCheckpoint(stored.body.toString(), "");
        if (comparePositions(position, { epoch: 1, ...end }) >= 0)
          state.objects.set(checkpointKey("test"), { ...stored, etag: "taken" });
      },
      openBinlog: binlogOf(target, personal),
      openSource: () => connectSource(target, personal),
      openPublisher: () => createPublisher(connection),
      invokeNext: async () => undefined,
    },
  );
}

/** Copies and captures persons, visits and places while they change, then lands and loads all that is in Kafka. */
export async function startWorld(): Promise<void> {
  folder = await mkdtemp(path.join(tmpdir(), "millrace-canary-"));
  [kafka, source, loading] = await Promise.all([
    startKafka({ dataDir: folder }),
    startMysql({ dataDir: folder }),
    startLoading(),
  ]);
  await loading.migrate(tables);
  connection = { brokers: [kafka.endpoint], auth: "none", region: "us-east-1" };
  const admin = new Kafka({ brokers: [kafka.endpoint], logLevel: logLevel.NOTHING }).admin();
  await admin.connect();
  await admin.createTopics({ topics: tables.map((t) => ({ topic: topicName(t), numPartitions: 1 })) });
  await admin.disconnect();

  writer = await connectTo(parseSourceUrl(source.endpoint));
  for (const statement of PEOPLE_DDL) await writer.query(statement);
  const rows = ["a", "b", "d"].map((letter) => row(`kanarie-${letter}@x.org`, "Bern"));
  await writer.query(
    `INSERT INTO people.persons VALUES ${rows.join(", ")}, ('plain@x.org', NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL)`,
  );
  await writer.query("INSERT INTO people.visits VALUES (1, 'kanarie-a@x.org', 'kanarie', 'a')");
  await writer.query("INSERT INTO people.places VALUES (1, 'Bern', 'bears')");

  const target = parseMysqlUrl(source.captureEndpoint);
  const reader = await connectSource(target, personal);
  const { snapshotId, chunks } = await planSnapshot(
    { ...settings, kind: "copy", only: null, chunkRows: 500 },
    { state, source: reader, endOffsets: async () => new Map(), telemetry, now, newId },
  );
  const publisher = await createPublisher(connection);
  for (const { chunk } of chunks) {
    const request = { ...settings, snapshotId, chunk, rowsPerSecond: 0 };
    const ports = { state, source: reader, publisher, telemetry, now, sleep, seal: personal.seal };
    // Out of time after the first rows: what it keeps to go on from is a key.
    await copyChunk(request, { ...ports, remaining: () => 0 });
    kept.push(...[...state.objects.values()].map(({ body }) => body.toString("utf8")));
    await copyChunk(request, { ...ports, remaining: () => 600_000 });
  }
  const offsets = await openOffsets(connection);
  await finishSnapshot({ ...settings, snapshotId }, { state, publisher, endOffsets: offsets.endOffsets, now });
  await publisher.close();
  await change();
  await captureAll(target, await reader.currentPlace());
  const ours = await offsets.endOffsets(tables.map(topicName));
  messages = await consume(ours);
  await writeForeign();
  await landAndLoad(await consume(await offsets.endOffsets(tables.map(topicName))));
  await offsets.close();
  await reader.close();
}

export async function stopWorld(): Promise<void> {
  await writer.end();
  await Promise.all([kafka.stop(), source.stop(), loading.stop()]);
  await rm(folder, { recursive: true, force: true });
}
