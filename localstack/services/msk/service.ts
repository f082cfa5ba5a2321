import type { NewId, Now } from "../../../lambdas/core/ports.ts";
import type { ApiService } from "../call-context.ts";
import type { Lifecycle } from "../cloudformation/request.ts";
import { checkClusterArn, checkConfigurationArn } from "./arn.ts";
import type { Broker } from "./broker.ts";
import { createMskLifecycle } from "./cfn.ts";
import { clusterInfo, clusterInfoV2, configurationInfo, usesIam } from "./describe.ts";
import { badRequest, notFound, toMskError } from "./errors.ts";
import { page } from "./page.ts";
import { notHere } from "./paths.ts";
import type { MskStore, StoredCluster, StoredConfiguration } from "./store.ts";
import { createTopicOperations } from "./topics.ts";

type Input = Readonly<Record<string, unknown>>;
type Operation = (input: Input) => Promise<unknown>;

export interface MskDependencies {
  readonly broker: Broker;
  readonly store: MskStore;
  /** host:port of the broker, the answer of GetBootstrapBrokers. */
  readonly bootstrap: string;
  readonly now: Now;
  readonly newId: NewId;
}

/**
 * Amazon MSK over one real broker: every declared cluster answers with it, and a topic is seen by all of them.
 * Errors are AwsError with MSK's exception names.
 */
export function createMsk(dependencies: MskDependencies): ApiService & { readonly cfn: Lifecycle } {
  const { broker, store, bootstrap } = dependencies;
  const topics = createTopicOperations(broker);

  const cluster = (input: Input): StoredCluster => {
    const arn = checkClusterArn(String(input["clusterArn"]));
    const found = store.cluster(arn);
    if (found === null) throw notFound(`The cluster ${arn}`);
    return found;
  };
  const configuration = (input: Input): StoredConfiguration => {
    const arn = checkConfigurationArn(String(input["arn"]));
    const found = store.configuration(arn);
    if (found === null) throw notFound(`The configuration ${arn}`);
    return found;
  };
  const ofCluster =
    (operation: Operation): Operation =>
    async (input) => {
      cluster(input);
      return operation(input);
    };
  const list = (input: Input, name: string, describe: (stored: StoredCluster) => unknown): object => {
    const filter = typeof input["clusterNameFilter"] === "string" ? input["clusterNameFilter"] : "";
    const { items, nextToken } = page(
      store.clusters().filter((candidate) => candidate.name.startsWith(filter)),
      input,
    );
    return { [name]: items.map(describe), nextToken };
  };

  const operations: Readonly<Record<string, Operation>> = {
    GetBootstrapBrokers: async (input) =>
      usesIam(cluster(input)) ? { bootstrapBrokerStringSaslIam: bootstrap } : { bootstrapBrokerString: bootstrap },
    DescribeCluster: async (input) => ({ clusterInfo: clusterInfo(cluster(input)) }),
    DescribeClusterV2: async (input) => ({ clusterInfo: clusterInfoV2(cluster(input)) }),
    ListClusters: async (input) => list(input, "clusterInfoList", clusterInfo),
    ListClustersV2: async (input) => list(input, "clusterInfoList", clusterInfoV2),
    ListNodes: async (input) => {
      const { arn, createdAt } = cluster(input);
      const { items, nextToken } = page(await broker.brokers(), input);
      return {
        nodeInfoList: items.map(({ nodeId, host }) => ({
          nodeARN: `${arn.replace(":cluster/", ":broker/")}/${nodeId}`,
          nodeType: "BROKER",
          addedToClusterTime: createdAt,
          brokerNodeInfo: { brokerId: nodeId, clientVpcIpAddress: host, endpoints: [host] },
        })),
        nextToken,
      };
    },
    CreateTopic: ofCluster(topics.create),
    UpdateTopic: ofCluster(topics.update),
    DeleteTopic: ofCluster(topics.remove),
    DescribeTopic: ofCluster(topics.describe),
    ListTopics: ofCluster(topics.list),
    DescribeTopicPartitions: ofCluster(topics.partitions),
    DescribeConfiguration: async (input) => configurationInfo(configuration(input)),
    DescribeConfigurationRevision: async (input) => {
      const revision = Number(input["revision"]);
      const found = configuration(input).revisions[revision - 1];
      if (found === undefined) throw badRequest(`There is no revision ${revision}.`, "revision");
      const { createdAt, description, serverProperties } = found;
      return { arn: input["arn"], creationTime: createdAt, description, revision, serverProperties };
    },
    ListConfigurations: async (input) => {
      const { items, nextToken } = page(store.configurations(), input);
      return { configurations: items.map(configurationInfo), nextToken };
    },
    ListTagsForResource: async (input) => ({
      tags: store.cluster(String(input["resourceArn"]))?.properties["Tags"] ?? {},
    }),
  };

  return {
    handle: async (operation, input) => {
      const work = operations[operation];
      if (work === undefined) throw notHere(operation);
      try {
        return await work(input);
      } catch (error) {
        throw toMskError(error);
      }
    },
    cfn: createMskLifecycle({ ...dependencies, topics }),
    close: () => broker.close(),
  };
}
