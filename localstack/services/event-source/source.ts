import type { Consumer, Kafka } from "kafkajs";
import { messageOf } from "../../../lambdas/core/errors.ts";
import type { Log } from "../log.ts";
import { startingOffsets } from "./start.ts";
import type { StartingPosition } from "./mapping.ts";
import type { RawMessage } from "./record.ts";

export interface SourceOptions {
  readonly kafka: Kafka;
  readonly topic: string;
  readonly groupId: string;
  readonly start: StartingPosition;
  readonly log: Log;
}

export interface SourceHandlers {
  /** Messages of one partition in offset order; the first ones may lie before the position asked for. */
  readonly onMessages: (partition: number, messages: readonly RawMessage[]) => void;
  /** The source is not to be used any further, except to commit and close. */
  readonly onLost: (error: Error) => void;
}

/** A topic as one member of its consumer group. Offsets move only by `commit`. */
export interface Source {
  commit(positions: ReadonlyMap<number, number>): Promise<void>;
  pause(partition: number): void;
  resume(partition: number): void;
  close(): Promise<void>;
}

/**
 * New data ends a fetch at once (minBytes 1), so the wait costs no latency; it bounds how long seek, resume and stop
 * may hang. The short session lets a restart after a crash take its group over within seconds.
 */
const TIMING = {
  maxWaitTimeInMs: 200,
  minBytes: 1,
  maxBytes: 8 * 1024 * 1024,
  maxBytesPerPartition: 1024 * 1024,
  sessionTimeout: 10_000,
  rebalanceTimeout: 10_000,
  heartbeatInterval: 2_000,
  metadataMaxAge: 5_000,
};

/**
 * Joins the group and begins to poll. Partitions without a committed offset get the starting position committed
 * first: LATEST then means the end as it was when the mapping began, also after a restart.
 */
export async function openSource(options: SourceOptions, handlers: SourceHandlers): Promise<Source> {
  const { kafka, topic, groupId, log } = options;
  const starts = await startingOffsets(kafka, topic, groupId, options.start);
  const consumer = kafka.consumer({
    groupId,
    ...TIMING,
    retry: { retries: 5, initialRetryTime: 100, maxRetryTime: 2_000, restartOnFailure: async () => false },
  });
  const life: { joins: number; crash: Error | null } = { joins: 0, crash: null };
  consumer.on(consumer.events.CRASH, ({ payload }) => {
    life.crash = payload.error;
    handlers.onLost(payload.error);
  });
  consumer.on(consumer.events.GROUP_JOIN, () => {
    life.joins += 1;
    // Positions start again from what is committed: whoever holds polled records drops them and opens anew.
    if (life.joins > 1) handlers.onLost(new Error("the consumer group was rebalanced"));
  });
  try {
    await consumer.connect();
    await consumer.subscribe({ topics: [topic], fromBeginning: true });
    await run(consumer, topic, starts, handlers);
    // kafkajs reports a failed join by the event only.
    if (life.crash !== null) throw life.crash;
  } catch (error) {
    await consumer.disconnect().catch(() => undefined);
    throw error;
  }

  const one = (partition: number): [{ topic: string; partitions: number[] }] => [{ topic, partitions: [partition] }];
  return {
    commit: (positions) => commit(consumer, topic, positions),
    pause: (partition) => consumer.pause(one(partition)),
    resume: (partition) => consumer.resume(one(partition)),
    close: async () => {
      await consumer.disconnect().catch((error: unknown) => {
        log.warn("leaving the group failed", { error: messageOf(error) });
      });
    },
  };
}

async function run(
  consumer: Consumer,
  topic: string,
  starts: ReadonlyMap<number, number>,
  handlers: SourceHandlers,
): Promise<void> {
  let open: () => void = () => undefined;
  const positioned = new Promise<void>((resolve) => {
    open = resolve;
  });
  await consumer.run({
    autoCommit: false,
    eachBatch: async ({ batch, ...state }) => {
      await positioned;
      if (state.isRunning() && !state.isStale()) handlers.onMessages(batch.partition, batch.messages);
    },
  });
  try {
    for (const [partition, offset] of starts) consumer.seek({ topic, partition, offset: String(offset) });
    if (starts.size > 0) await commit(consumer, topic, starts);
  } finally {
    open();
  }
}

async function commit(consumer: Consumer, topic: string, positions: ReadonlyMap<number, number>): Promise<void> {
  await consumer.commitOffsets(
    [...positions].map(([partition, offset]) => ({ topic, partition, offset: String(offset) })),
  );
}
