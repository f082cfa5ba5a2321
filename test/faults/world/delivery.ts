import { topicName } from "../../../schemas/naming.ts";
import type { Random } from "../../../localstack/demo/generator/random.ts";
import { CLUSTER_ARN } from "./functions.ts";
import type { Message, Topics } from "./topics.ts";

/** Records of one topic on their way to land-batch. */
export interface Batch {
  readonly topic: string;
  readonly event: unknown;
  /** The event source notes that the batch is done; without it the records are delivered again, split otherwise. */
  commit(): void;
}

/** Records of one partition from an offset on. */
interface Part {
  readonly partition: number;
  readonly messages: readonly Message[];
}

const MOST_RECORDS = 120;

/**
 * The event source of the topics: batches of seeded size over some of a topic's partitions. What a batch held is
 * delivered again, in other pieces, until its offsets are committed.
 */
export class Delivery {
  readonly #topics: Topics;
  readonly #random: Random;
  readonly #next = new Map<string, number>();
  #loses = false;

  constructor(topics: Topics, random: Random) {
    this.#topics = topics;
    this.#random = random;
  }

  /** Whether any topic has undelivered records. */
  hasNext(): boolean {
    return this.#topicsWaiting().length > 0;
  }

  /** A batch of any topic that has undelivered records; null when there is none. */
  next(): Batch | null {
    const waiting = this.#topicsWaiting();
    return waiting.length === 0 ? null : this.#batch(this.#random.pick(waiting));
  }

  /** A batch that was delivered before, from anywhere in a topic; null when nothing was. */
  again(): Batch | null {
    const delivered = this.#topics.tables.map(topicName).flatMap((topic) =>
      Array.from({ length: this.#topics.partitions(topic) }, (_, partition) => ({
        topic,
        partition,
        end: this.#at(topic, partition),
      })).filter(({ end }) => end > 0),
    );
    if (delivered.length === 0) return null;
    const { topic, partition, end } = this.#random.pick(delivered);
    const first = this.#random.int(0, end - 1);
    const messages = this.#topics.of(topic, partition).slice(first, first + this.#random.int(1, MOST_RECORDS));
    return { topic, event: mskEvent(topic, [{ partition, messages }]), commit: () => undefined };
  }

  /** The next batch lacks the value of one record: a planted loss, which no offset shows. */
  loseOne(): void {
    this.#loses = true;
  }

  /** Delivers everything from the start again. */
  rewind(): void {
    this.#next.clear();
  }

  #batch(topic: string): Batch {
    const some = this.#random.shuffled(this.#waiting(topic)).slice(0, this.#random.int(1, 4));
    const parts = some.map((partition): Part => {
      const from = this.#at(topic, partition);
      const size = this.#random.int(1, MOST_RECORDS);
      return { partition, messages: this.#topics.of(topic, partition).slice(from, from + size) };
    });
    return {
      topic,
      event: mskEvent(topic, this.#loses ? this.#without(parts) : parts),
      commit: () => {
        for (const { partition, messages } of parts) {
          this.#next.set(`${topic}-${partition}`, (messages.at(-1)?.offset ?? -1) + 1);
        }
      },
    };
  }

  #without(parts: readonly Part[]): readonly Part[] {
    this.#loses = false;
    const lost = this.#random.pick(parts.flatMap(({ messages }) => messages));
    const emptied = (message: Message): Message => (message === lost ? { ...message, value: null } : message);
    return parts.map(({ partition, messages }) => ({ partition, messages: messages.map(emptied) }));
  }

  #at(topic: string, partition: number): number {
    return this.#next.get(`${topic}-${partition}`) ?? 0;
  }

  #topicsWaiting(): readonly string[] {
    return this.#topics.tables.map(topicName).filter((topic) => this.#waiting(topic).length > 0);
  }

  #waiting(topic: string): readonly number[] {
    return Array.from({ length: this.#topics.partitions(topic) }, (_, partition) => partition).filter(
      (partition) => this.#at(topic, partition) < this.#topics.of(topic, partition).length,
    );
  }
}

/** https://docs.aws.amazon.com/lambda/latest/dg/with-msk.html */
function mskEvent(topic: string, parts: readonly Part[]): unknown {
  const records = parts.map(({ partition, messages }) => [
    `${topic}-${partition}`,
    messages.map(({ offset, timestamp, key, value }) => ({
      ...{ topic, partition, offset, timestamp, timestampType: "CREATE_TIME", headers: [] },
      key: key?.toString("base64") ?? null,
      value: value?.toString("base64") ?? null,
    })),
  ]);
  return {
    eventSource: "aws:kafka",
    eventSourceArn: CLUSTER_ARN,
    bootstrapServers: "127.0.0.1",
    records: Object.fromEntries(records) as unknown,
  };
}
