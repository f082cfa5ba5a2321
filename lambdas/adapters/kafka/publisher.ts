import type { Publisher } from "../../core/capture-ports.ts";
import type { KafkaConnection } from "./connection.ts";
import { Producer } from "./producer/producer.ts";
import type { ProducerSettings } from "./producer/settings.ts";

interface Queued {
  readonly key: string | null;
  readonly value: string;
}

/** UTF-8 takes at most three bytes per UTF-16 unit. */
const BYTES_PER_UNIT = 3;

/**
 * The captures' publisher over our producer. Records for a topic that is not known yet wait until it is; the caller is
 * told to, too, by `send` answering false.
 * @throws KafkaConnectionError, KafkaAccessError
 */
export async function createPublisher(connection: KafkaConnection, settings?: ProducerSettings): Promise<Publisher> {
  const producer = await Producer.open(connection, settings);
  const unknown = new Map<string, { readonly records: Queued[]; readonly learned: Promise<void> }>();
  let scratch = Buffer.allocUnsafeSlow(64 * 1024);

  const append = (topic: string, key: string | null, value: string, partition?: number): boolean => {
    const room = (value.length + (key?.length ?? 0)) * BYTES_PER_UNIT;
    if (room > scratch.length) scratch = Buffer.allocUnsafeSlow(room * 2);
    const valueEnd = scratch.write(value, 0, "utf8");
    if (key === null) return producer.append(topic, scratch, -1, -1, 0, valueEnd, partition);
    const keyEnd = valueEnd + scratch.write(key, valueEnd, "utf8");
    return producer.append(topic, scratch, valueEnd, keyEnd, 0, valueEnd, partition);
  };

  const learn = async (topic: string, records: readonly Queued[]): Promise<void> => {
    await producer.learn(topic);
    for (const { key, value } of records) append(topic, key, value);
    unknown.delete(topic);
  };

  const learned = async (): Promise<void> => {
    while (unknown.size > 0) await Promise.all([...unknown.values()].map((topic) => topic.learned));
  };

  return {
    send(topic, key, value) {
      if (producer.partitions(topic) > 0 && !unknown.has(topic)) return append(topic, key, value);
      const waiting = unknown.get(topic);
      if (waiting !== undefined) waiting.records.push({ key, value });
      else {
        const records = [{ key, value }];
        const promise = learn(topic, records);
        // Whoever awaits it hears of the failure; nobody may be there yet.
        promise.catch(() => undefined);
        unknown.set(topic, { records, learned: promise });
      }
      return false;
    },
    async sendToAll(topic, value) {
      await learned();
      await producer.learn(topic);
      for (let p = 0; p < producer.partitions(topic); p += 1) append(topic, null, value, p);
    },
    async drained() {
      await learned();
      await producer.drained();
    },
    async flush() {
      await learned();
      await producer.flush();
    },
    close: () => producer.close(),
  };
}
