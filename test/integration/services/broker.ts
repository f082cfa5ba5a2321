import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { Kafka, logLevel, Partitioners, type Message } from "kafkajs";
import { until } from "./until.ts";
import { startKafka } from "../../../localstack/engines/kafka.ts";

/** A real broker of its own for one test file. */
export interface TestBroker {
  readonly kafka: Kafka;
  readonly address: string;
  createTopic(topic: string, partitions?: number): Promise<void>;
  /** To one partition, in order, acknowledged. */
  produce(topic: string, partition: number, messages: readonly Omit<Message, "partition">[]): Promise<void>;
  /** What the group has committed, by partition; -1 for nothing. */
  committed(groupId: string, topic: string): Promise<readonly number[]>;
  stop(): Promise<void>;
}

export async function startTestBroker(): Promise<TestBroker> {
  const dataDir = await mkdtemp(path.join(tmpdir(), "millrace-broker-"));
  const engine = await startKafka({ dataDir });
  const kafka = new Kafka({ clientId: "test", brokers: [engine.endpoint], logLevel: logLevel.NOTHING });
  const admin = kafka.admin();
  await admin.connect();
  await until("the group coordinator", () =>
    admin.fetchOffsets({ groupId: "warm-up" }).then(
      () => true,
      () => false,
    ),
  );
  return {
    kafka,
    address: engine.endpoint,
    createTopic: async (topic, partitions = 1) => {
      await admin.createTopics({ waitForLeaders: true, topics: [{ topic, numPartitions: partitions }] });
    },
    produce: async (topic, partition, messages) => {
      // A new one each time: kafkajs drops, in silence, messages for partitions younger than its metadata.
      const producer = kafka.producer({ createPartitioner: Partitioners.DefaultPartitioner });
      await producer.connect();
      await producer.send({ topic, acks: -1, messages: messages.map((message) => ({ ...message, partition })) });
      await producer.disconnect();
    },
    committed: async (groupId, topic) => {
      const [offsets] = await admin.fetchOffsets({ groupId, topics: [topic] });
      const partitions = [...(offsets?.partitions ?? [])].sort((a, b) => a.partition - b.partition);
      return partitions.map(({ offset }) => Number(offset));
    },
    stop: async () => {
      await admin.disconnect();
      await engine.stop();
      await rm(dataDir, { recursive: true, force: true });
    },
  };
}
