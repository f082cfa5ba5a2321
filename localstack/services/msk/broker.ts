// Node sees only some of kafkajs's names as ESM exports: the rest through its default.
import kafkajs, { type Admin, type ITopicMetadata, type Kafka } from "kafkajs";
import { setTimeout as delay } from "node:timers/promises";
import type { TopicConfig } from "./topic-config.ts";

const { ConfigResourceTypes, ConfigSource, KafkaJSAggregateError, KafkaJSProtocolError } = kafkajs;

export interface TopicPartition {
  readonly partition: number;
  readonly leader: number;
  readonly replicas: readonly number[];
  readonly isr: readonly number[];
}

export interface TopicDescription {
  readonly topic: string;
  readonly partitions: readonly TopicPartition[];
}

/** The broker behind the MSK API, over one admin connection that is made again after a failure. */
export interface Broker {
  brokers(): Promise<readonly { readonly nodeId: number; readonly host: string; readonly port: number }[]>;
  topics(): Promise<readonly TopicDescription[]>;
  /** null when there is no such topic. */
  topic(name: string): Promise<TopicDescription | null>;
  /** What was set on the topic itself, without the broker's defaults. */
  config(name: string): Promise<TopicConfig>;
  /** @returns whether it was made; false when the name was taken already (nothing changed) */
  create(topic: {
    readonly name: string;
    readonly partitions: number;
    readonly replicationFactor: number;
    readonly config: TopicConfig;
  }): Promise<boolean>;
  /** Sets exactly these; what is left out returns to the broker's default. */
  configure(name: string, config: TopicConfig): Promise<void>;
  grow(name: string, partitions: number): Promise<void>;
  remove(name: string): Promise<void>;
  close(): Promise<void>;
}

export function createBroker(kafka: Kafka): Broker {
  let connected: Promise<Admin> | null = null;

  async function connect(): Promise<Admin> {
    const admin = kafka.admin({ retry: { retries: 5, initialRetryTime: 100, maxRetryTime: 1000 } });
    await admin.connect();
    return admin;
  }

  async function use<T>(work: (admin: Admin) => Promise<T>): Promise<T> {
    const current = (connected ??= connect());
    try {
      return await work(await current);
    } catch (error) {
      // A refusal leaves the connection good for the calls beside this one; otherwise the next call makes a new one.
      if (!isRefusal(error) && connected === current) {
        connected = null;
        void current.then((admin) => admin.disconnect()).catch(() => undefined);
      }
      throw error;
    }
  }

  const describe = async (names: string[]): Promise<TopicDescription[]> => {
    const { topics } = await use((admin) => admin.fetchTopicMetadata({ topics: names }));
    return topics.map(toDescription);
  };

  return {
    brokers: async () => (await use((admin) => admin.describeCluster())).brokers,
    topics: async () => {
      const names = (await use((admin) => admin.listTopics())).filter((name) => !name.startsWith("__"));
      return names.length === 0 ? [] : describe(names.sort());
    },
    topic: async (name) => {
      const names = await use((admin) => admin.listTopics());
      if (!names.includes(name)) return null;
      return (await describe([name]))[0] ?? null;
    },
    config: async (name) => {
      const { resources } = await use((admin) =>
        admin.describeConfigs({ includeSynonyms: false, resources: [{ type: ConfigResourceTypes.TOPIC, name }] }),
      );
      const entries = resources[0]?.configEntries ?? [];
      return Object.fromEntries(
        entries
          .filter((entry) => entry.configSource === ConfigSource.TOPIC_CONFIG)
          .map((entry) => [entry.configName, entry.configValue]),
      );
    },
    create: async (topic) => {
      const created = await use((admin) =>
        admin.createTopics({
          // kafkajs gives up when the broker asked has not heard of the topic yet, which in KRaft is ordinary.
          waitForLeaders: false,
          topics: [
            {
              topic: topic.name,
              numPartitions: topic.partitions,
              replicationFactor: topic.replicationFactor,
              configEntries: toEntries(topic.config),
            },
          ],
        }),
      );
      if (created) await untilLed(() => describe([topic.name]));
      return created;
    },
    configure: async (name, config) => {
      await use((admin) =>
        admin.alterConfigs({
          validateOnly: false,
          resources: [{ type: ConfigResourceTypes.TOPIC, name, configEntries: toEntries(config) }],
        }),
      );
    },
    grow: async (name, partitions) => {
      await use((admin) => admin.createPartitions({ topicPartitions: [{ topic: name, count: partitions }] }));
    },
    remove: (name) => use((admin) => admin.deleteTopics({ topics: [name] })),
    close: async () => {
      const current = connected;
      connected = null;
      await current?.then((admin) => admin.disconnect()).catch(() => undefined);
    },
  };
}

const NOT_YET = new Set(["UNKNOWN_TOPIC_OR_PARTITION", "LEADER_NOT_AVAILABLE"]);
const LEADERS_MS = 60_000;
const POLL_MS = 50;

/** Resolves when the broker knows the new topic and every partition has a leader. */
async function untilLed(describe: () => Promise<readonly TopicDescription[]>): Promise<void> {
  for (const began = Date.now(); ;) {
    try {
      const [topic] = await describe();
      if (topic !== undefined && topic.partitions.every(({ leader }) => leader >= 0)) return;
    } catch (error) {
      if (!isEarly(error) || Date.now() - began > LEADERS_MS) throw error;
    }
    if (Date.now() - began > LEADERS_MS) throw new Error("A new topic has found no leaders within a minute.");
    await delay(POLL_MS);
  }
}

/** After retries of its own, the client gives what the broker said as the cause of its giving up. */
function isEarly(error: unknown): boolean {
  const said = [error, error instanceof Error ? error.cause : undefined];
  return said.some((each) => each instanceof KafkaJSProtocolError && NOT_YET.has(each.type));
}

function isRefusal(error: unknown): boolean {
  return error instanceof KafkaJSProtocolError || error instanceof KafkaJSAggregateError;
}

function toDescription(metadata: ITopicMetadata): TopicDescription {
  const partitions = metadata.partitions
    .map(({ partitionId, leader, replicas, isr }) => ({ partition: partitionId, leader, replicas, isr }))
    .sort((a, b) => a.partition - b.partition);
  return { topic: metadata.name, partitions };
}

function toEntries(config: TopicConfig): { name: string; value: string }[] {
  return Object.entries(config).map(([name, value]) => ({ name, value }));
}
