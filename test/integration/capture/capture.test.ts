import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "@jest/globals";
import { Kafka, logLevel } from "kafkajs";
import { captureChanges } from "../../../lambdas/capture-changes/capture-changes.ts";
import { copyChunk } from "../../../lambdas/capture-snapshot/chunk.ts";
import { finishSnapshot } from "../../../lambdas/capture-snapshot/finish.ts";
import { planSnapshot } from "../../../lambdas/capture-snapshot/plan.ts";
import { binlogOf } from "../../../lambdas/adapters/binlog/index.ts";
import { newId, now, sleep } from "../../../lambdas/adapters/clock/index.ts";
import { createPublisher, openOffsets } from "../../../lambdas/adapters/kafka/index.ts";
import type { KafkaConnection } from "../../../lambdas/adapters/kafka/index.ts";
import { connectSource, parseMysqlUrl } from "../../../lambdas/adapters/mysql/index.ts";
import { parseCheckpoint } from "../../../lambdas/core/checkpoint.ts";
import type { ChangeRecord, Row } from "../../../lambdas/core/record.ts";
import { recordVersion } from "../../../lambdas/core/record.ts";
import { checkpointKey } from "../../../lambdas/core/state-keys.ts";
import { comparePositions } from "../../../lambdas/core/version.ts";
import { runMix } from "../../../localstack/demo/changes/mix.ts";
import { generateShop } from "../../../localstack/demo/generator/shop.ts";
import { connectTo, parseSourceUrl, rowsOf } from "../../../localstack/demo/source/connection.ts";
import { fillSource } from "../../../localstack/demo/source/fill.ts";
import type { RunningEngine } from "../../../localstack/engines/engine.ts";
import { startKafka } from "../../../localstack/engines/kafka.ts";
import { startMysql } from "../../../localstack/engines/mysql.ts";
import type { RunningSource } from "../../../localstack/engines/mysql.ts";
import { topicName } from "../../../schemas/naming.ts";
import { tables } from "../../../schemas/sources/index.ts";
import { memoryStore } from "../../support/memory-store.ts";
import { recordingTelemetry } from "../../support/recording.ts";

const DATABASE = "classicmodels";
const PARTITIONS = 3;
const settings = { sourceName: "test", definitions: tables };

let folder: string;
let kafka: RunningEngine;
let source: RunningSource;
let connection: KafkaConnection;

beforeAll(async () => {
  folder = await mkdtemp(path.join(tmpdir(), "millrace-capture-"));
  [kafka, source] = await Promise.all([startKafka({ dataDir: folder }), startMysql({ dataDir: folder })]);
  connection = { brokers: [kafka.endpoint], auth: "none", region: "us-east-1" };
  const admin = new Kafka({ brokers: [kafka.endpoint], logLevel: logLevel.NOTHING }).admin();
  await admin.connect();
  await admin.createTopics({ topics: tables.map((t) => ({ topic: topicName(t), numPartitions: PARTITIONS })) });
  await admin.disconnect();
}, 120_000);

afterAll(async () => {
  await Promise.all([kafka.stop(), source.stop()]);
  await rm(folder, { recursive: true, force: true });
});

describe("both captures on real engines", () => {
  it("leave in the topics, newest version per key, exactly what is at the source, though it changes meanwhile", async () => {
    const state = memoryStore();
    const telemetry = recordingTelemetry();
    const writer = await connectTo(parseSourceUrl(source.endpoint));
    await fillSource(writer, {
      database: DATABASE,
      rows: generateShop({ orders: 300, seed: 7 }),
      onProgress: () => undefined,
    });
    const target = parseMysqlUrl(source.captureEndpoint);
    const reader = await connectSource(target);

    const mixing = runMix(writer, { transactions: 60, seed: 7, pause: () => sleep(2), onProgress: () => undefined });
    const offsets = await openOffsets(connection);
    const { snapshotId, chunks } = await planSnapshot(
      { ...settings, kind: "copy", only: null, chunkRows: 500 },
      { state, source: reader, endOffsets: offsets.endOffsets, telemetry, now, newId },
    );
    const publisher = await createPublisher(connection);
    for (const { chunk } of chunks) {
      await copyChunk(
        { ...settings, snapshotId, chunk, rowsPerSecond: 0 },
        { state, source: reader, publisher, telemetry, now, sleep, remaining: () => 600_000 },
      );
    }
    await finishSnapshot({ ...settings, snapshotId }, { state, publisher, endOffsets: offsets.endOffsets, now });
    await publisher.close();
    await mixing;

    // A run captures until it is told that its successor took over: here, once it is past the source's end.
    const end = await reader.currentPlace();
    const stop = async (): Promise<void> => {
      const stored = state.objects.get(checkpointKey("test"));
      if (stored === undefined) throw new Error("no checkpoint");
      const { position } = parseCheckpoint(stored.body.toString(), "");
      if (comparePositions(position, { epoch: 1, ...end }) >= 0)
        state.objects.set(checkpointKey("test"), { ...stored, etag: "taken" });
    };
    const outcome = await captureChanges(
      { sourceName: "test", tables, serverIdBase: 7_000, runSeconds: 120, handover: false },
      {
        state,
        telemetry,
        now,
        newId,
        sleep: async (_, signal) => {
          await sleep(50, signal);
          await stop();
        },
        openBinlog: binlogOf(target),
        openSource: () => connectSource(target),
        openPublisher: () => createPublisher(connection),
        invokeNext: async () => undefined,
      },
    );
    expect(outcome.status).toBe("handed-over");
    expect(outcome.rows).toBeGreaterThan(0);

    const ends = await offsets.endOffsets(tables.map(topicName));
    await offsets.close();
    const found = await newestRows(ends);
    for (const table of tables) {
      const expected = await rowsOf<Row>(writer, `SELECT * FROM ${DATABASE}.${table.source}`);
      const got = [...(found.get(topicName(table)) ?? new Map<string, Row>()).values()];
      expect(got.length).toBe(expected.length);
      expect(got.map(canonical).sort()).toEqual(expected.map(canonical).sort());
    }
    await reader.close();
    await writer.end();
  }, 180_000);
});

/** Numbers as text: the reference reads everything as text. Buffers (the reference's binary values) as base64. */
function canonical(row: Row): string {
  const entries = Object.entries(row).map(([name, value]) => [
    name,
    value === null ? null : Buffer.isBuffer(value) ? (value as Buffer).toString("base64") : String(value),
  ]);
  return JSON.stringify(Object.fromEntries(entries));
}

/** What every reader of the topics can know: per key the row of the newest version, unless that is a delete. */
async function newestRows(ends: ReadonlyMap<string, readonly number[]>): Promise<Map<string, Map<string, Row>>> {
  const newest = new Map<string, Map<string, { version: string; row: Row | null }>>();
  let missing = [...ends.values()].flat().reduce((sum, end) => sum + end, 0);
  const consumer = new Kafka({ brokers: [kafka.endpoint], logLevel: logLevel.NOTHING }).consumer({ groupId: "check" });
  await consumer.connect();
  await consumer.subscribe({ topics: [...ends.keys()], fromBeginning: true });
  await new Promise<void>((resolve, reject) => {
    consumer
      .run({
        eachMessage: async ({ topic, message }) => {
          const record = JSON.parse(message.value?.toString() ?? "") as ChangeRecord;
          const version = recordVersion(record.op, record.source, 1);
          const rows = newest.get(topic) ?? new Map<string, { version: string; row: Row | null }>();
          newest.set(topic, rows);
          const key = message.key?.toString() ?? "";
          const known = rows.get(key);
          if (known === undefined || known.version <= version) rows.set(key, { version, row: record.after });
          if (--missing === 0) resolve();
        },
      })
      .catch(reject);
  });
  await consumer.disconnect();
  return new Map(
    [...newest].map(([topic, rows]) => [
      topic,
      new Map([...rows].flatMap(([key, { row }]) => (row === null ? [] : [[key, row] as const]))),
    ]),
  );
}
