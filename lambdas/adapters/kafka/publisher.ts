import { Kafka, logLevel, Partitioners } from "kafkajs";
import type { Message } from "kafkajs";
import type { Publisher } from "../../core/capture-ports.ts";
import { TransientError, messageOf } from "../../core/errors.ts";
import { securityOf } from "./security.ts";
import type { KafkaConnection } from "./connection.ts";

/** Interim producer over kafkajs, replaced by the lean one: same port. */
export async function createPublisher(connection: KafkaConnection): Promise<Publisher> {
  const kafka = new Kafka({
    clientId: "millrace",
    brokers: [...connection.brokers],
    logLevel: logLevel.NOTHING,
    ...securityOf(connection),
  });
  const producer = kafka.producer({
    idempotent: true,
    maxInFlightRequests: 1,
    createPartitioner: Partitioners.DefaultPartitioner,
  });
  const admin = kafka.admin();
  await producer.connect();
  let queued = new Map<string, Message[]>();
  let count = 0;
  let sending: Promise<void> = Promise.resolve();
  let failure: TransientError | null = null;
  const ship = (): Promise<void> => {
    const batch = queued;
    if (count === 0) return sending;
    queued = new Map();
    count = 0;
    sending = sending.then(async () => {
      if (failure !== null) return;
      try {
        await producer.sendBatch({
          acks: -1,
          topicMessages: [...batch].map(([topic, messages]) => ({ topic, messages })),
        });
      } catch (cause) {
        failure = new TransientError(`Kafka did not acknowledge: ${messageOf(cause)}`, { cause });
      }
    });
    return sending;
  };
  const add = (topic: string, message: Message): void => {
    const messages = queued.get(topic) ?? [];
    if (messages.push(message) === 1) queued.set(topic, messages);
    count += 1;
  };
  const settled = async (): Promise<void> => {
    await ship();
    if (failure !== null) throw failure;
  };
  return {
    send(topic, key, value) {
      add(topic, { key, value });
      return count < 2_000;
    },
    async sendToAll(topic, value) {
      await admin.connect();
      const offsets = await admin.fetchTopicOffsets(topic);
      await admin.disconnect();
      for (const { partition } of offsets) add(topic, { key: null, value, partition });
    },
    drained: settled,
    flush: settled,
    async close() {
      await ship();
      await producer.disconnect();
    },
  };
}
