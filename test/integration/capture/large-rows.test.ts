import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterAll, beforeAll, expect, it } from "@jest/globals";
import { Kafka, logLevel } from "kafkajs";
import { binlogOf } from "../../../lambdas/adapters/binlog/index.ts";
import { createPublisher } from "../../../lambdas/adapters/kafka/index.ts";
import { connectSource, parseMysqlUrl } from "../../../lambdas/adapters/mysql/index.ts";
import { openSession } from "../../../lambdas/adapters/mysql/session.ts";
import { Pump } from "../../../lambdas/capture-changes/pump.ts";
import type { ChangeRecord } from "../../../lambdas/core/record.ts";
import { MAX_VALUE_BYTES, withSizeLimit } from "../../../lambdas/core/size-limit.ts";
import type { RunningEngine } from "../../../localstack/engines/engine.ts";
import { startKafka } from "../../../localstack/engines/kafka.ts";
import { startMysql } from "../../../localstack/engines/mysql.ts";
import type { RunningSource } from "../../../localstack/engines/mysql.ts";
import * as c from "../../../schemas/model/column.ts";
import { defineTable } from "../../../schemas/model/table.ts";
import { topicConfig } from "../../../schemas/topic.ts";
import { memoryStore } from "../../support/memory-store.ts";
import { recordingTelemetry } from "../../support/recording.ts";

const DATABASE = "millrace_large_rows";
const table = defineTable({
  ...{ area: { name: "lab", database: DATABASE }, name: "pictures", comment: "", partitions: 1 },
  columns: { id: c.column("id", c.int()), body: c.column("body", c.text()) },
  key: ["id"],
});
const topic = topicConfig(table, { retentionHours: 1, minInsyncReplicas: 1 });

let folder: string;
let kafka: RunningEngine;
let source: RunningSource;

beforeAll(async () => {
  folder = await mkdtemp(path.join(tmpdir(), "millrace-large-rows-"));
  [kafka, source] = await Promise.all([startKafka({ dataDir: folder }), startMysql({ dataDir: folder })]);
  const admin = new Kafka({ brokers: [kafka.endpoint], logLevel: logLevel.NOTHING }).admin();
  await admin.connect();
  const configEntries = Object.entries(topic.config).map(([name, value]) => ({ name, value }));
  await admin.createTopics({ topics: [{ topic: topic.name, numPartitions: topic.partitions, configEntries }] });
  await admin.disconnect();
}, 120_000);

afterAll(async () => {
  await Promise.all([kafka.stop(), source.stop()]);
  await rm(folder, { recursive: true, force: true });
});

it("neither stop the capture nor block the topic: what is too large is in quarantine, all else arrives", async () => {
  const admin = await openSession(parseMysqlUrl(source.endpoint));
  await admin.query("SET GLOBAL max_allowed_packet = 134217728");
  admin.close();
  const writer = await openSession(parseMysqlUrl(source.endpoint));
  await writer.query(`CREATE DATABASE ${DATABASE}`);
  await writer.query(`CREATE TABLE ${DATABASE}.pictures (id INT PRIMARY KEY, body LONGTEXT CHARACTER SET utf8mb4)`);
  const target = parseMysqlUrl(source.captureEndpoint);
  const reader = await connectSource(target);
  const from = await reader.currentPlace();

  const million = (count: number): string => `REPEAT('x', ${count * 1e6})`;
  const pictures = `${DATABASE}.pictures`;
  await writer.query(`INSERT INTO ${pictures} VALUES (1, 'small'), (2, ${million(4)}), (3, ${million(5)})`);
  await writer.query(`UPDATE ${pictures} SET body = CONCAT(body, 'y') WHERE id = 2`);
  await writer.query(`INSERT INTO ${pictures} VALUES (4, ${million(20)})`);
  await writer.query(`DELETE FROM ${pictures} WHERE id IN (3, 4)`);
  await writer.query(`INSERT INTO ${pictures} VALUES (5, 'last')`);
  writer.close();
  await reader.close();

  const quarantine = memoryStore();
  const telemetry = recordingTelemetry();
  const publisher = withSizeLimit(
    await createPublisher({ brokers: [kafka.endpoint], auth: "none", region: "us-east-1" }),
    { quarantine, telemetry, now: Date.now },
  );
  const start = {
    ...{ position: { epoch: 1, ...from }, sent: null, gtid: null, server: "", turn: 0, owner: "", savedAt: "" },
    committedAt: null,
  };
  const pump = new Pump({ sourceName: "test", connector: "mariadb", tables: [table], start }, publisher, {
    ...{ telemetry, now: Date.now, state: memoryStore() },
  });
  const open = binlogOf(target, { untilEnd: true });
  const { signal } = new AbortController();
  for await (const events of open({ from, gtid: null, serverId: 8_400, tables: [table], signal })) {
    await pump.push(events);
  }
  await publisher.flush();
  await publisher.close();

  const records = await allRecords(6);
  const seen = records.map(({ key, record: { op, before, after } }) => [key, op, lengthOf(before), lengthOf(after)]);
  expect(seen).toEqual([
    ['{"id":1}', "c", null, 5],
    ['{"id":2}', "c", null, 4_000_000],
    ['{"id":2}', "u", 0, 4_000_001],
    ['{"id":3}', "d", 0, null],
    ['{"id":4}', "d", 0, null],
    ['{"id":5}', "c", null, 4],
  ]);
  expect(records.every(({ bytes }) => bytes <= MAX_VALUE_BYTES)).toBe(true);
  const kept = [...quarantine.objects.values()].map(({ body }) => {
    const { value } = JSON.parse(body.toString()) as { value: string };
    return JSON.parse(Buffer.from(value, "base64").toString()) as ChangeRecord;
  });
  expect(kept.map(({ after }) => [after?.["id"], lengthOf(after)])).toEqual([
    [3, 5_000_000],
    [4, 20_000_000],
  ]);
}, 120_000);

/** Characters of the row's body; 0: it has none. */
const lengthOf = (row: ChangeRecord["before"]): number | null =>
  row === null ? null : String(row["body"] ?? "").length;

async function allRecords(count: number) {
  const records: { key: string; record: ChangeRecord; bytes: number }[] = [];
  const consumer = new Kafka({ brokers: [kafka.endpoint], logLevel: logLevel.NOTHING }).consumer({
    ...{ groupId: "check", maxBytesPerPartition: 10_000_000 },
  });
  await consumer.connect();
  await consumer.subscribe({ topics: [topic.name], fromBeginning: true });
  await new Promise<void>((resolve, reject) => {
    const eachMessage = async ({ message }: { message: { key: Buffer | null; value: Buffer | null } }) => {
      const value = message.value ?? Buffer.alloc(0);
      const record = JSON.parse(value.toString()) as ChangeRecord;
      records.push({ key: message.key?.toString() ?? "", record, bytes: value.length });
      if (records.length === count) resolve();
    };
    consumer.run({ eachMessage }).catch(reject);
  });
  await consumer.disconnect();
  return records;
}
