import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "@jest/globals";
import { Kafka, logLevel } from "kafkajs";
import { createPublisher, openOffsets } from "../../../lambdas/adapters/kafka/index.ts";
import type { KafkaConnection } from "../../../lambdas/adapters/kafka/index.ts";
import type { RunningEngine } from "../../../localstack/engines/engine.ts";
import { startKafka } from "../../../localstack/engines/kafka.ts";

let folder: string;
let engine: RunningEngine;
let connection: KafkaConnection;

beforeAll(async () => {
  folder = await mkdtemp(path.join(tmpdir(), "millrace-kafka-"));
  engine = await startKafka({ dataDir: folder });
  connection = { brokers: [engine.endpoint], auth: "none", region: "local" };
}, 60_000);

afterAll(async () => {
  await engine.stop();
  await rm(folder, { recursive: true, force: true });
});

const client = (): Kafka => new Kafka({ brokers: [engine.endpoint], logLevel: logLevel.NOTHING });

async function makeTopic(topic: string): Promise<void> {
  const admin = client().admin();
  await admin.connect();
  await admin.createTopics({ waitForLeaders: false, topics: [{ topic, numPartitions: 3, replicationFactor: 1 }] });
  await admin.disconnect();
}

interface Consumed {
  readonly partition: number;
  readonly key: string | null;
  readonly value: string;
}

async function consume(topic: string, count: number): Promise<Consumed[]> {
  const consumer = client().consumer({ groupId: `read-${topic}`, maxWaitTimeInMs: 100 });
  await consumer.connect();
  await consumer.subscribe({ topic, fromBeginning: true });
  const records: Consumed[] = [];
  await new Promise<void>((resolve, reject) => {
    consumer
      .run({
        eachMessage: async ({ partition, message: { key, value } }) => {
          records.push({ partition, key: key?.toString() ?? null, value: value?.toString() ?? "" });
          if (records.length === count) resolve();
        },
      })
      .catch(reject);
  });
  await consumer.disconnect();
  return records;
}

describe("the producer against a real broker", () => {
  it.each(["none", "gzip"] as const)(
    "writes each record once and in order (%s)",
    async (codec) => {
      const topic = `written-${codec}`;
      await makeTopic(topic);
      const publisher = await createPublisher(connection, { codec, batchBytes: 16_000 });
      const records = 5_000;
      for (let i = 0; i < records; i += 1) {
        const key = i % 10 === 0 ? null : `{"id":"é${i % 97}"}`;
        if (!publisher.send(topic, key, `{"n":${i},"text":"ünï ${"z".repeat(i % 300)}"}`)) await publisher.drained();
      }
      await publisher.flush();
      await publisher.sendToAll(topic, "floor");
      await publisher.flush();

      const found = await consume(topic, records + 3);
      const floors = found.filter((r) => r.value === "floor");
      expect(floors.map((r) => r.partition).sort()).toEqual([0, 1, 2]);
      const rows = found.filter((r) => r.value !== "floor");
      const numbers = rows.map((r) => (JSON.parse(r.value) as { n: number }).n);
      expect(new Set(numbers).size).toBe(records);
      const last = new Map<number, number>();
      const home = new Map<string, number>();
      for (const [i, { partition, key }] of rows.entries()) {
        expect((last.get(partition) ?? -1) < (numbers[i] ?? 0)).toBe(true);
        last.set(partition, numbers[i] ?? 0);
        if (key !== null) expect(home.get(key) ?? partition).toBe(partition);
        if (key !== null) home.set(key, partition);
      }
      const offsets = await openOffsets(connection);
      const ends = (await offsets.endOffsets([topic])).get(topic) ?? [];
      expect(ends.reduce((a, b) => a + b, 0)).toBe(records + 3);
      await offsets.close();
      await publisher.close();
    },
    60_000,
  );

  it("chooses partitions as kafkajs's Java-compatible partitioner does", async () => {
    await makeTopic("keys");
    const publisher = await createPublisher(connection);
    const producer = client().producer();
    await producer.connect();
    const keys = Array.from({ length: 60 }, (_, i) => `{"key":"${i}"}`);
    for (const key of keys) if (!publisher.send("keys", key, "ours")) await publisher.drained();
    await publisher.flush();
    await producer.send({ topic: "keys", messages: keys.map((key) => ({ key, value: "theirs" })) });
    const found = await consume("keys", keys.length * 2);
    for (const key of keys) expect(new Set(found.filter((r) => r.key === key).map((r) => r.partition)).size).toBe(1);
    await producer.disconnect();
    await publisher.close();
  }, 60_000);

  it("names a record that is too large and a topic that does not exist", async () => {
    await makeTopic("small");
    const publisher = await createPublisher(connection);
    publisher.send("small", "k", "x".repeat(11 * 1024 * 1024));
    await expect(publisher.flush()).rejects.toThrow(expect.objectContaining({ name: "KafkaRecordTooLargeError" }));
    await publisher.close();
    const lost = await createPublisher(connection);
    lost.send("nowhere", "k", "v");
    await expect(lost.flush()).rejects.toThrow(expect.objectContaining({ name: "ConfigurationError" }));
    await lost.close();
  }, 60_000);
});
