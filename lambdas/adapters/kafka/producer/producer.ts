import { setTimeout as sleep } from "node:timers/promises";
import { ConfigurationError } from "../../../core/errors.ts";
import type { KafkaConnection } from "../connection.ts";
import { KafkaConnectionError } from "../errors.ts";
import { partitionOf } from "../wire/murmur2.ts";
import { Cluster } from "./cluster.ts";
import { BatchPool, PartitionQueue } from "./partition.ts";
import type { ProducerIdentity } from "./record-batch.ts";
import { Sender } from "./sender.ts";
import { DEFAULT_SETTINGS } from "./settings.ts";
import type { ProducerSettings } from "./settings.ts";

/** How long a topic may take to appear after it was created. */
const TOPIC_WAIT_MS = 10_000;
const TOPIC_POLL_MS = 200;

interface Waiter {
  readonly done: () => boolean;
  readonly resolve: () => void;
  readonly reject: (error: Error) => void;
}

/**
 * An idempotent producer (acks=all): each record is written exactly once and in order while the producer lives. Records
 * are copied into batch buffers at once. The first failure that trying again cannot cure ends it: every later call
 * throws that error, and nothing after the failed batch counts as written.
 */
export class Producer {
  private readonly settings: Required<ProducerSettings>;
  private readonly cluster: Cluster;
  private readonly sender: Sender;
  private readonly pool: BatchPool;
  private readonly topics = new Map<string, readonly PartitionQueue[]>();
  /** Where records without a key go now: moved on with each batch. */
  private readonly keyless = new Map<string, number>();
  private waiters: Waiter[] = [];
  private failure: Error | null = null;
  private buffered = 0;

  private constructor(cluster: Cluster, identity: ProducerIdentity, settings: ProducerSettings) {
    this.settings = { ...DEFAULT_SETTINGS, ...settings };
    this.cluster = cluster;
    this.pool = new BatchPool(this.settings.batchBytes);
    this.sender = new Sender(cluster, identity, this.settings, {
      acknowledged: (queue, bytes) => {
        this.buffered -= bytes;
        if (this.keyless.has(queue.topic)) this.keyless.set(queue.topic, queue.partition + 1);
        this.settle();
      },
      failed: (error) => this.fail(error),
    });
  }

  /** @throws KafkaConnectionError, KafkaAccessError */
  static async open(connection: KafkaConnection, settings: ProducerSettings = {}): Promise<Producer> {
    const cluster = new Cluster(connection);
    try {
      return new Producer(cluster, await cluster.producerIdentity(), settings);
    } catch (error) {
      await cluster.close();
      throw error;
    }
  }

  /** Number of partitions; 0 while the topic is not known and `learn` must be awaited. */
  partitions(topic: string): number {
    return this.topics.get(topic)?.length ?? 0;
  }

  /**
   * Learns a topic's partitions, waiting a little for one that is being created.
   * @throws ConfigurationError when the topic does not exist
   */
  async learn(topic: string): Promise<void> {
    const deadline = Date.now() + TOPIC_WAIT_MS;
    while (this.partitions(topic) === 0) {
      const missing = await this.cluster.refresh([topic]);
      const leaders = this.cluster.leadersOf(topic);
      if (missing.length === 0 && leaders !== undefined && this.partitions(topic) === 0) {
        this.topics.set(
          topic,
          leaders.map((_, partition) => new PartitionQueue(topic, partition, this.pool)),
        );
      } else if (Date.now() > deadline) {
        throw new ConfigurationError(`Topic ${topic} does not exist: deploy the topics first`);
      } else {
        await sleep(TOPIC_POLL_MS);
      }
    }
  }

  /**
   * Queues one record, copied from `from`; the topic must be known.
   * @param keyStart -1 for a record without a key
   * @param partition chosen by the key when left out
   * @returns false when the buffer is full: await `drained` before the next one
   */
  append(
    topic: string,
    from: Buffer,
    keyStart: number,
    keyEnd: number,
    valueStart: number,
    valueEnd: number,
    partition?: number,
  ): boolean {
    if (this.failure !== null) throw this.failure;
    const queues = this.topics.get(topic);
    if (queues === undefined) throw new RangeError(`topic ${topic} is not known yet`);
    const queue = queues[partition ?? this.choose(topic, queues.length, from, keyStart, keyEnd)];
    if (queue === undefined) throw new RangeError(`topic ${topic} has no partition ${partition ?? ""}`);
    this.buffered += queue.append(from, keyStart, keyEnd, valueStart, valueEnd, Date.now());
    this.sender.add(queue);
    return this.buffered < this.settings.bufferBytes;
  }

  private choose(topic: string, partitions: number, from: Buffer, keyStart: number, keyEnd: number): number {
    if (keyStart >= 0) return partitionOf(from, keyStart, keyEnd, partitions);
    const current = this.keyless.get(topic) ?? 0;
    this.keyless.set(topic, current);
    return current % partitions;
  }

  /** Resolves when there is room again. */
  drained(): Promise<void> {
    return this.until(() => this.buffered < this.settings.bufferBytes / 2);
  }

  /** Resolves when everything appended before the call is acknowledged; later records go on meanwhile. */
  flush(): Promise<void> {
    const marks = [...this.topics.values()]
      .flat()
      .filter((queue) => !queue.idle)
      .map((queue) => ({ queue, mark: queue.hurry() }));
    this.sender.wake(0);
    return this.until(() => marks.every(({ queue, mark }) => queue.passed(mark)));
  }

  /** Gives up what is not acknowledged: flush before. */
  async close(): Promise<void> {
    this.fail(new KafkaConnectionError("The producer was closed"));
    await this.cluster.close();
  }

  private fail(error: Error): void {
    this.failure ??= error;
    this.sender.stop();
    this.settle();
  }

  private until(done: () => boolean): Promise<void> {
    if (this.failure !== null) return Promise.reject(this.failure);
    if (done()) return Promise.resolve();
    return new Promise((resolve, reject) => this.waiters.push({ done, resolve, reject }));
  }

  private settle(): void {
    if (this.waiters.length === 0) return;
    const { waiters, failure } = this;
    this.waiters = [];
    for (const waiter of waiters) {
      if (failure !== null) waiter.reject(failure);
      else if (waiter.done()) waiter.resolve();
      else this.waiters.push(waiter);
    }
  }
}
