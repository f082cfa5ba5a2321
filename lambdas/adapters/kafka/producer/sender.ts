import {
  KAFKA_ERROR,
  KafkaAccessError,
  KafkaConnectionError,
  KafkaDeliveryError,
  KafkaProtocolError,
  KafkaRecordTooLargeError,
  KafkaSequenceError,
  RETRIABLE_CODES,
} from "../errors.ts";
import { API, produceRequest, readProduce } from "../wire/requests.ts";
import type { ProduceOutcome } from "../wire/requests.ts";
import type { Cluster } from "./cluster.ts";
import type { PartitionQueue } from "./partition.ts";
import type { ProducerIdentity } from "./record-batch.ts";
import type { ProducerSettings } from "./settings.ts";

const REQUEST_TIMEOUT_MS = 30_000;
const FIRST_BACKOFF_MS = 50;
const MAX_BACKOFF_MS = 1_000;
/** Requests under way at one broker. */
const MAX_IN_FLIGHT = 5;
/** Bytes of one request: the partitions of a broker travel together. */
const MAX_REQUEST_BYTES = 4 * 1024 * 1024;

export interface SenderEvents {
  /** So many bytes of records are written. */
  acknowledged(queue: PartitionQueue, bytes: number): void;
  /** Sending has ended for good. */
  failed(error: Error): void;
}

/** Sends batches to the leaders of their partitions, again when that can help. */
export class Sender {
  private readonly cluster: Cluster;
  private readonly identity: ProducerIdentity;
  private readonly settings: Required<ProducerSettings>;
  private readonly events: SenderEvents;
  private readonly active = new Set<PartitionQueue>();
  private readonly requests = new Map<number, number>();
  private timer: NodeJS.Timeout | null = null;
  private timerAt = Infinity;
  private soon = false;
  private stopped = false;
  private refreshing: Promise<void> | null = null;

  constructor(
    cluster: Cluster,
    identity: ProducerIdentity,
    settings: Required<ProducerSettings>,
    events: SenderEvents,
  ) {
    this.cluster = cluster;
    this.identity = identity;
    this.settings = settings;
    this.events = events;
  }

  /** Tells that a queue has records. */
  add(queue: PartitionQueue): void {
    this.active.add(queue);
    if (queue.full) this.wake(0);
    else this.wake(this.settings.lingerMs);
  }

  /** Looks for batches to send in `ms`; at once means once per turn of the event loop. */
  wake(ms: number): void {
    if (this.stopped || this.soon) return;
    if (ms <= 0) {
      this.soon = true;
      this.clearTimer();
      setImmediate(() => this.pump());
      return;
    }
    const at = Date.now() + ms;
    if (at >= this.timerAt) return;
    this.clearTimer();
    this.timerAt = at;
    this.timer = setTimeout(() => this.pump(), ms);
  }

  stop(): void {
    this.stopped = true;
    this.clearTimer();
  }

  private clearTimer(): void {
    if (this.timer !== null) clearTimeout(this.timer);
    this.timer = null;
    this.timerAt = Infinity;
  }

  private pump(): void {
    this.soon = false;
    this.clearTimer();
    if (this.stopped) return;
    const now = Date.now();
    const byLeader = new Map<number, PartitionQueue[]>();
    let next = Infinity;
    for (const queue of this.active) {
      if (queue.idle) {
        this.active.delete(queue);
        continue;
      }
      const due = queue.dueIn(now, this.settings.lingerMs);
      if (due > 0) {
        next = Math.min(next, due);
        continue;
      }
      const leader = this.cluster.leadersOf(queue.topic)?.[queue.partition] ?? -1;
      if (leader < 0) {
        this.refresh();
        next = Math.min(next, MAX_BACKOFF_MS);
        continue;
      }
      const group = byLeader.get(leader);
      if (group === undefined) byLeader.set(leader, [queue]);
      else group.push(queue);
    }
    for (const [leader, queues] of byLeader) this.send(leader, queues, now);
    if (next < Infinity) this.wake(Math.ceil(next));
  }

  /** In requests of bounded size and number; queues that find no room are looked at again when an answer comes. */
  private send(leader: number, queues: readonly PartitionQueue[], now: number): void {
    let group: PartitionQueue[] = [];
    let bytes = 0;
    for (const [i, queue] of queues.entries()) {
      if ((this.requests.get(leader) ?? 0) >= MAX_IN_FLIGHT) return;
      const batch = queue.take();
      if (batch.sentAt === 0) batch.sentAt = now;
      group.push(queue);
      bytes += batch.size;
      if (bytes < MAX_REQUEST_BYTES && i < queues.length - 1) continue;
      void this.request(leader, group);
      group = [];
      bytes = 0;
    }
  }

  private async request(leader: number, queues: readonly PartitionQueue[]): Promise<void> {
    this.requests.set(leader, (this.requests.get(leader) ?? 0) + 1);
    try {
      const parts = queues.flatMap(({ topic, partition, current, sequence }) =>
        current === null
          ? []
          : [{ topic, partition, records: current.seal(this.identity, sequence, this.settings.codec) }],
      );
      const broker = await this.cluster.broker(leader);
      const outcomes = readProduce(await broker.request(API.produce, produceRequest(parts, REQUEST_TIMEOUT_MS)));
      for (const queue of queues) {
        const outcome = outcomes.find((o) => o.topic === queue.topic && o.partition === queue.partition);
        if (outcome === undefined) throw new KafkaProtocolError(`no answer for ${queue.topic}-${queue.partition}`);
        this.settle(queue, outcome);
      }
    } catch (error) {
      if (error instanceof KafkaConnectionError) for (const queue of queues) this.retry(queue, error.message);
      else this.end(error instanceof Error ? error : new Error(String(error)));
    } finally {
      this.requests.set(leader, (this.requests.get(leader) ?? 1) - 1);
      this.wake(0);
    }
  }

  private settle(queue: PartitionQueue, { error, message }: ProduceOutcome): void {
    switch (error) {
      case KAFKA_ERROR.none:
      case KAFKA_ERROR.duplicateSequence:
        // Duplicate: an earlier attempt was written and its answer lost.
        this.events.acknowledged(queue, queue.acknowledged());
        break;
      default:
        if (RETRIABLE_CODES.has(error)) this.retry(queue, `error ${error} ${message ?? ""}`);
        else this.end(refusal(queue, error, message));
    }
  }

  /** Leaves the batch to be sent again after a pause that grows and is never the same. */
  private retry(queue: PartitionQueue, why: string): void {
    const now = Date.now();
    queue.flying = false;
    queue.failures += 1;
    if (now - (queue.current?.sentAt ?? now) > this.settings.deliveryMs) {
      const where = `${queue.topic}-${queue.partition}`;
      this.end(
        new KafkaDeliveryError(`${where} was not acknowledged within ${this.settings.deliveryMs} ms; last: ${why}`),
      );
      return;
    }
    const backoff = Math.min(MAX_BACKOFF_MS, FIRST_BACKOFF_MS * 2 ** (queue.failures - 1));
    queue.notBefore = now + backoff * (0.5 + Math.random() / 2);
    this.refresh();
  }

  /** Asks anew where the partitions are; one question at a time. */
  private refresh(): void {
    if (this.refreshing !== null) return;
    const topics = [...new Set([...this.active].map((queue) => queue.topic))];
    this.refreshing = this.cluster
      .refresh(topics)
      .then(
        () => this.wake(1),
        (error: unknown) => {
          if (error instanceof KafkaAccessError) this.end(error);
        },
      )
      .finally(() => (this.refreshing = null));
  }

  private end(error: Error): void {
    if (this.stopped) return;
    this.stop();
    this.events.failed(error);
  }
}

function refusal(queue: PartitionQueue, error: number, message: string | null): Error {
  const where = `${queue.topic}-${queue.partition}`;
  switch (error) {
    case KAFKA_ERROR.outOfOrderSequence:
    case KAFKA_ERROR.unknownProducerId:
    case KAFKA_ERROR.invalidProducerEpoch:
      return new KafkaSequenceError(`${where}: the broker lost track of this producer (error ${error})`);
    case KAFKA_ERROR.messageTooLarge:
    case KAFKA_ERROR.recordListTooLarge:
      return new KafkaRecordTooLargeError(
        `A batch of ${queue.current?.size ?? 0} bytes is more than topic ${queue.topic} takes: raise its max.message.bytes`,
      );
    case KAFKA_ERROR.topicAuthorizationFailed:
    case KAFKA_ERROR.clusterAuthorizationFailed:
      return new KafkaAccessError(`Topic ${queue.topic} may not be written to by this role`);
    default:
      return new KafkaProtocolError(`${where}: the broker answers error ${error} ${message ?? ""}`);
  }
}
