import type { EndOffsets, Publisher } from "../../lambdas/core/capture-ports.ts";
import { topicName } from "../../schemas/naming.ts";
import type { AnyTable } from "../../schemas/model/table.ts";
import type { Loading } from "./loading/loading.ts";

/** Records of one landing object. */
const LANDED_AT_ONCE = 50_000;

/** Topics as arrays in place of Kafka: all records of a topic are in its first partition. */
export interface ArrayTopics {
  readonly publisher: Publisher;
  /** @param names topics; each counts as many partitions as `partitions` says, and all but the first are empty */
  readonly endOffsets: EndOffsets;
  /** Values of a table's records. */
  readonly sent: (table: AnyTable) => readonly string[];
  /** Lands what has not landed yet, and loads it. */
  load(tables: readonly AnyTable[], loading: Loading): Promise<void>;
}

/** @param partitions of a topic by name @default - one */
export function arrayTopics(partitions: (name: string) => number = () => 1): ArrayTopics {
  const topics = new Map<string, { readonly sent: string[]; landed: number }>();
  const topic = (name: string) => {
    const known = topics.get(name) ?? { sent: [], landed: 0 };
    topics.set(name, known);
    return known;
  };
  return {
    publisher: {
      send: (name, _key, value) => topic(name).sent.push(value) > 0,
      sendToAll: async (name, value) => void topic(name).sent.push(value),
      drained: async () => undefined,
      flush: async () => undefined,
      close: async () => undefined,
    },
    endOffsets: async (names) =>
      new Map(names.map((name) => [name, [topic(name).sent.length, ...Array<number>(partitions(name) - 1).fill(0)]])),
    sent: (table) => topic(topicName(table)).sent,
    load: async (tables, loading) => {
      for (const table of tables) {
        const of = topic(topicName(table));
        while (of.landed < of.sent.length) {
          const values = of.sent.slice(of.landed, of.landed + LANDED_AT_ONCE);
          await loading.land(table, values, { offset: of.landed });
          of.landed += values.length;
          await loading.load(table);
        }
      }
    },
  };
}
