import { Kafka, logLevel } from "kafkajs";
import type { Admin } from "kafkajs";
import type { CommittedOffsets, EndOffsets } from "../../core/capture-ports.ts";
import { TransientError, messageOf } from "../../core/errors.ts";
import type { KafkaConnection } from "./connection.ts";
import { securityOf } from "./security.ts";

export interface KafkaOffsets {
  readonly endOffsets: EndOffsets;
  readonly committedOffsets: CommittedOffsets;
  close(): Promise<void>;
}

/** Reads offsets; nothing is consumed or committed. @throws TransientError when no broker answers */
export async function openOffsets(connection: KafkaConnection): Promise<KafkaOffsets> {
  const admin = adminOf(connection);
  await translated("connect to Kafka", () => admin.connect());
  const endOffsets: EndOffsets = async (topics) =>
    translated("read end offsets", async () => {
      const found = await Promise.all(
        topics.map(async (topic) => [topic, await admin.fetchTopicOffsets(topic)] as const),
      );
      return new Map(
        found.map(([topic, partitions]) => {
          const ends: number[] = [];
          for (const { partition, high } of partitions) ends[partition] = Number(high);
          return [topic, ends];
        }),
      );
    });
  const committedOffsets: CommittedOffsets = async (groups) =>
    translated("read committed offsets", async () => {
      const found = await Promise.all(
        groups.map(async ({ group, topic }) => {
          const [answer] = await admin.fetchOffsets({ groupId: group, topics: [topic] });
          const offsets: (number | null)[] = [];
          // -1 stands for nothing committed.
          for (const { partition, offset } of answer?.partitions ?? []) {
            offsets[partition] = offset === "-1" ? null : Number(offset);
          }
          return [topic, offsets] as const;
        }),
      );
      return new Map(found);
    });
  return { endOffsets, committedOffsets, close: () => admin.disconnect() };
}

function adminOf(connection: KafkaConnection): Admin {
  const { brokers } = connection;
  const kafka = new Kafka({
    clientId: "millrace",
    brokers: [...brokers],
    logLevel: logLevel.NOTHING,
    ...securityOf(connection),
  });
  return kafka.admin({ retry: { retries: 5 } });
}

async function translated<T>(what: string, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (cause) {
    throw new TransientError(`cannot ${what}: ${messageOf(cause)}`, { cause });
  }
}
