import { z } from "zod";
import { AwsError } from "../aws-error.ts";
import { topicArn } from "./arn.ts";
import type { Broker, TopicDescription } from "./broker.ts";
import { badRequest, notFound } from "./errors.ts";
import { page } from "./page.ts";
import { decodeConfigs, encodeConfigs, fitToBrokers } from "./topic-config.ts";

const topicName = z
  .string()
  .regex(/^[a-zA-Z0-9._-]{1,249}$/, "1 to 249 of letters, digits, '.', '_' and '-'")
  .refine((name) => name !== "." && name !== "..", "must not be '.' or '..'");
const positive = z.coerce.number().int().positive();

const createInput = z.object({
  clusterArn: z.string(),
  topicName,
  partitionCount: positive,
  replicationFactor: positive,
  configs: z.string().default(""),
});
const updateInput = z.object({
  clusterArn: z.string(),
  topicName,
  partitionCount: positive.optional(),
  configs: z.string().optional(),
});
const oneInput = z.object({ clusterArn: z.string(), topicName });

type Input = Readonly<Record<string, unknown>>;
export interface TopicAnswer {
  readonly topicArn: string;
  readonly topicName: string;
  readonly status: "CREATING" | "UPDATING" | "DELETING" | "ACTIVE";
}

/** The topic operations of MSK on the broker. The caller has checked that the cluster exists. */
export function createTopicOperations(broker: Broker) {
  async function existing(name: string): Promise<TopicDescription> {
    const topic = await broker.topic(name);
    if (topic === null) throw notFound(`The topic ${name}`);
    return topic;
  }

  async function create(input: Input): Promise<TopicAnswer> {
    const asked = parse(createInput, input);
    const brokers = (await broker.brokers()).length;
    const created = await broker.create({
      name: asked.topicName,
      partitions: asked.partitionCount,
      // Fewer brokers than on AWS: the factor is cut to what there is (localstack/README.md).
      replicationFactor: Math.min(asked.replicationFactor, brokers),
      config: fitToBrokers(decodeConfigs(asked.configs), brokers),
    });
    if (!created) throw new AwsError("TopicExistsException", `The topic ${asked.topicName} exists already.`, 409);
    return answer(asked, "CREATING");
  }

  async function update(input: Input): Promise<TopicAnswer> {
    const asked = parse(updateInput, input);
    const { partitions } = await existing(asked.topicName);
    const count = asked.partitionCount ?? partitions.length;
    if (count < partitions.length) {
      throw badRequest(
        `The topic ${asked.topicName} has ${partitions.length} partitions; Kafka cannot take any away (asked: ${count}).`,
        "partitionCount",
      );
    }
    if (asked.configs !== undefined) {
      const brokers = (await broker.brokers()).length;
      await broker.configure(asked.topicName, fitToBrokers(decodeConfigs(asked.configs), brokers));
    }
    if (count > partitions.length) await broker.grow(asked.topicName, count);
    return answer(asked, "UPDATING");
  }

  async function remove(input: Input): Promise<TopicAnswer> {
    const asked = parse(oneInput, input);
    await existing(asked.topicName);
    await broker.remove(asked.topicName);
    return answer(asked, "DELETING");
  }

  async function describe(input: Input): Promise<object> {
    const asked = parse(oneInput, input);
    const topic = await existing(asked.topicName);
    return {
      ...answer(asked, "ACTIVE"),
      replicationFactor: replicationFactor(topic),
      partitionCount: topic.partitions.length,
      configs: encodeConfigs(await broker.config(asked.topicName)),
    };
  }

  async function list(input: Input): Promise<object> {
    const clusterArn = String(input["clusterArn"]);
    const filter = typeof input["topicNameFilter"] === "string" ? input["topicNameFilter"] : "";
    const topics = (await broker.topics()).filter((topic) => topic.topic.includes(filter));
    const { items, nextToken } = page(topics, input);
    return {
      topics: items.map((topic) => ({
        topicArn: topicArn(clusterArn, topic.topic),
        topicName: topic.topic,
        replicationFactor: replicationFactor(topic),
        partitionCount: topic.partitions.length,
        outOfSyncReplicaCount: sum(topic.partitions.map(({ replicas, isr }) => replicas.length - isr.length)),
      })),
      nextToken,
    };
  }

  async function partitions(input: Input): Promise<object> {
    const asked = parse(oneInput, input);
    const topic = await existing(asked.topicName);
    const { items, nextToken } = page(topic.partitions, input);
    return { partitions: items, nextToken };
  }

  return { create, update, remove, describe, list, partitions };
}

export type TopicOperations = ReturnType<typeof createTopicOperations>;

function parse<S extends z.ZodType>(schema: S, input: Input): z.output<S> {
  const result = schema.safeParse(input);
  if (result.success) return result.data;
  const first = result.error.issues[0];
  const member = first?.path.join(".") ?? "";
  throw badRequest(`${member}: ${first?.message ?? "is wrong"}`, member);
}

function answer(asked: { clusterArn: string; topicName: string }, status: TopicAnswer["status"]): TopicAnswer {
  return { topicArn: topicArn(asked.clusterArn, asked.topicName), topicName: asked.topicName, status };
}

function replicationFactor(topic: TopicDescription): number {
  return topic.partitions[0]?.replicas.length ?? 0;
}

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0);
}
