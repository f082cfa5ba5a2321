import type { Broker, TopicDescription } from "../../../../localstack/services/msk/broker.ts";
import type { TopicConfig } from "../../../../localstack/services/msk/topic-config.ts";

/** One broker in memory, for tests of what stands in front of it. */
export function fakeBroker() {
  const topics = new Map<string, { partitions: number; replicas: number; config: TopicConfig }>();
  const describe = (topic: string): TopicDescription | null => {
    const found = topics.get(topic);
    if (found === undefined) return null;
    const replicas = Array.from({ length: found.replicas }, (_, index) => index + 1);
    const partitions = Array.from({ length: found.partitions }, (_, partition) => ({
      partition,
      leader: 1,
      replicas,
      isr: replicas,
    }));
    return { topic, partitions };
  };
  const broker: Broker = {
    brokers: async () => [{ nodeId: 1, host: "127.0.0.1", port: 9092 }],
    topics: async () => [...topics.keys()].map(describe).filter((topic) => topic !== null),
    topic: async (name) => describe(name),
    config: async (name) => topics.get(name)?.config ?? {},
    create: async ({ name, partitions, replicationFactor, config }) => {
      if (topics.has(name)) return false;
      topics.set(name, { partitions, replicas: replicationFactor, config });
      return true;
    },
    configure: async (name, config) => {
      const found = topics.get(name);
      if (found !== undefined) found.config = config;
    },
    grow: async (name, partitions) => {
      const found = topics.get(name);
      if (found !== undefined) found.partitions = partitions;
    },
    remove: async (name) => void topics.delete(name),
    close: async () => undefined,
  };
  return { broker, topics };
}
