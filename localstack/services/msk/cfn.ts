import type { NewId, Now } from "../../../lambdas/core/ports.ts";
import type { Lifecycle, LifecycleRequest, ResourceModel } from "../cloudformation/request.ts";
import { AwsError } from "../aws-error.ts";
import { omit } from "../omit.ts";
import type { MskStore, StoredConfiguration } from "./store.ts";
import type { TopicAnswer, TopicOperations } from "./topics.ts";

interface Dependencies {
  readonly store: MskStore;
  readonly topics: TopicOperations;
  readonly now: Now;
  readonly newId: NewId;
}

/**
 * CloudFormation's lifecycle of AWS::MSK::Cluster, ::Topic and ::Configuration. Deleting what is gone succeeds, and
 * creating what is there already adopts it, unlike on AWS: LocalStack forgets its stacks at a restart and the broker
 * keeps its topics, so the next deployment finds them.
 */
export function createMskLifecycle(dependencies: Dependencies): Lifecycle {
  const handlers: Readonly<Record<string, Lifecycle>> = {
    "AWS::MSK::Cluster": cluster(dependencies),
    "AWS::MSK::Topic": topic(dependencies),
    "AWS::MSK::Configuration": configuration(dependencies),
  };
  return async (request) => {
    const handler = handlers[request.type];
    if (handler === undefined) throw new Error(`The local MSK does not handle the resource type ${request.type}.`);
    return handler(request);
  };
}

function cluster({ store, now, newId }: Dependencies): Lifecycle {
  return async (request) => {
    const arn = text(request.previous["Arn"]) ?? text(request.desired["Arn"]);
    if (request.action === "delete") {
      if (arn !== undefined) store.removeCluster(arn);
      return {};
    }
    const name = text(request.desired["ClusterName"]);
    if (name === undefined) throw new Error("ClusterName: is required.");
    const before =
      store.clusters().find((known) => (arn === undefined ? known.name === name : known.arn === arn)) ?? null;
    const made = {
      arn: before?.arn ?? `arn:aws:kafka:${request.region}:${request.account}:cluster/${name}/${newId()}-1`,
      name,
      createdAt: before?.createdAt ?? new Date(now()).toISOString(),
      version: (before?.version ?? 0) + 1,
      properties: { ...omit(request.desired, ["Arn", "CurrentVersion"]) },
    };
    store.putCluster(made);
    return { ...request.desired, Arn: made.arn, CurrentVersion: `K${made.version}` };
  };
}

function topic({ store, topics }: Dependencies): Lifecycle {
  return async (request) => {
    const model = { ...(request.action === "delete" ? request.previous : {}), ...request.desired };
    const input = {
      clusterArn: text(model["ClusterArn"]) ?? "",
      topicName: text(model["TopicName"]) ?? "",
      partitionCount: model["PartitionCount"],
      replicationFactor: model["ReplicationFactor"],
      configs: text(model["Configs"]) ?? "",
    };
    if (request.action === "delete") {
      await ignoreMissing(() => topics.remove(input));
      return {};
    }
    if (store.cluster(input.clusterArn) === null) throw new Error(`The cluster ${input.clusterArn} does not exist.`);
    const { topicArn } = await (request.action === "create" ? createOrAdopt(topics, input) : topics.update(input));
    return { ...model, TopicArn: topicArn };
  };
}

async function createOrAdopt(topics: TopicOperations, input: ResourceModel): Promise<TopicAnswer> {
  try {
    return await topics.create(input);
  } catch (error) {
    if (error instanceof AwsError && error.code === "TopicExistsException") return topics.update(input);
    throw error;
  }
}

function configuration({ store, now, newId }: Dependencies): Lifecycle {
  return async (request) => {
    const arn = text(request.previous["Arn"]) ?? text(request.desired["Arn"]);
    if (request.action === "delete") {
      if (arn !== undefined) store.removeConfiguration(arn);
      return {};
    }
    const createdAt = new Date(now()).toISOString();
    const before = request.action === "update" && arn !== undefined ? store.configuration(arn) : null;
    const made = revise(request, before, createdAt, newId);
    store.putConfiguration(made);
    const latest = made.revisions.at(-1);
    return {
      ...request.desired,
      Arn: made.arn,
      LatestRevision: {
        Revision: made.revisions.length,
        CreationTime: latest?.createdAt,
        Description: latest?.description,
      },
    };
  };
}

function revise(
  request: LifecycleRequest,
  before: StoredConfiguration | null,
  createdAt: string,
  newId: NewId,
): StoredConfiguration {
  const name = text(request.desired["Name"]);
  const serverProperties = text(request.desired["ServerProperties"]);
  if (name === undefined || serverProperties === undefined) throw new Error("Name and ServerProperties are required.");
  const description = text(request.desired["Description"]) ?? "";
  const versions = request.desired["KafkaVersionsList"];
  // CloudFormation takes the properties as text and the API as base64.
  const encoded = Buffer.from(serverProperties, "utf8").toString("base64");
  return {
    arn: before?.arn ?? `arn:aws:kafka:${request.region}:${request.account}:configuration/${name}/${newId()}-1`,
    name,
    createdAt: before?.createdAt ?? createdAt,
    description,
    kafkaVersions: Array.isArray(versions) ? versions.map(String) : [],
    revisions: [...(before?.revisions ?? []), { createdAt, description, serverProperties: encoded }],
  };
}

async function ignoreMissing(work: () => Promise<unknown>): Promise<void> {
  try {
    await work();
  } catch (error) {
    const gone = error instanceof AwsError && /NotFound|UnknownTopic/.test(error.code);
    if (!gone) throw error;
  }
}

function text(value: unknown): string | undefined {
  return typeof value === "string" && value !== "" ? value : undefined;
}
