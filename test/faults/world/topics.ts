import { setTimeout as sleep } from "node:timers/promises";
import { Kafka, logLevel } from "kafkajs";
import type { Admin, Consumer } from "kafkajs";
import { qualifiedName, topicName } from "../../../schemas/naming.ts";
import type { AnyTable } from "../../../schemas/model/table.ts";

/** A record as the broker has it. */
export interface Message {
  readonly offset: number;
  readonly timestamp: number;
  readonly key: Buffer | null;
  readonly value: Buffer | null;
}

const RETRY = { initialRetryTime: 50, maxRetryTime: 500, retries: 200 };

/** All records of all topics, in memory, as far as they were read: what is delivered, replayed and compared. */
export class Topics {
  readonly tables: readonly AnyTable[];
  readonly #kafka: Kafka;
  readonly #admin: Admin;
  readonly #messages = new Map<string, Message[][]>();
  #consumer: Consumer | null = null;
  #groups = 0;

  constructor(tables: readonly AnyTable[], port: number) {
    this.tables = tables;
    this.#kafka = new Kafka({
      clientId: "faults",
      brokers: [`127.0.0.1:${port}`],
      logLevel: logLevel.NOTHING,
      connectionTimeout: 2_000,
      requestTimeout: 10_000,
      retry: RETRY,
    });
    this.#admin = this.#kafka.admin();
  }

  async create(): Promise<void> {
    await this.#admin.connect();
    await this.#admin.createTopics({
      waitForLeaders: true,
      topics: this.tables.map((table) => ({ topic: topicName(table), numPartitions: partitionsOf(table) })),
    });
    for (const table of this.tables) {
      this.#messages.set(
        qualifiedName(table),
        Array.from({ length: partitionsOf(table) }, () => []),
      );
    }
    await this.consume();
  }

  /**
   * Reads from the start of all topics, in a group of its own: one that lost its broker would wait for the members that
   * it had.
   */
  async consume(): Promise<void> {
    void this.#consumer?.disconnect().catch(() => undefined);
    const consumer = this.#kafka.consumer({
      groupId: `faults-${++this.#groups}`,
      maxWaitTimeInMs: 50,
      sessionTimeout: 30_000,
      retry: { ...RETRY, restartOnFailure: async () => this.#consumer === consumer },
    });
    this.#consumer = consumer;
    await consumer.connect();
    await consumer.subscribe({ topics: this.tables.map(topicName), fromBeginning: true });
    await consumer.run({
      autoCommit: false,
      eachBatch: async ({ batch: { topic, partition, messages } }) => {
        const known = this.of(topic, partition);
        for (const { offset, timestamp, key, value } of messages) {
          // A consumer that joins again reads from the start again.
          known[Number(offset)] ??= { offset: Number(offset), timestamp: Number(timestamp), key, value };
        }
      },
    });
  }

  /** Records of one partition by offset. */
  of(topic: string, partition: number): Message[] {
    const found = this.#messages.get(topic)?.[partition];
    if (found === undefined) throw new Error(`there is no partition ${partition} of topic ${topic}`);
    return found;
  }

  partitions(topic: string): number {
    return this.#messages.get(topic)?.length ?? 0;
  }

  /** Waits until everything that the broker has now is read. @returns records in all topics */
  async catchUp(): Promise<number> {
    let total = 0;
    for (const table of this.tables) {
      const topic = topicName(table);
      for (const { partition, high } of await this.#admin.fetchTopicOffsets(topic)) {
        const known = this.of(topic, partition);
        while (known.length < Number(high)) await sleep(10);
        total += Number(high);
      }
    }
    return total;
  }

  async close(): Promise<void> {
    const consumer = this.#consumer;
    this.#consumer = null;
    await consumer?.disconnect().catch(() => undefined);
    await this.#admin.disconnect().catch(() => undefined);
  }
}

export const partitionsOf = (table: AnyTable): number => table.partitions ?? 4;
