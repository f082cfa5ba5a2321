import { omit } from "../omit.ts";
import type { StoredCluster, StoredConfiguration } from "./store.ts";

/**
 * CloudFormation writes `BrokerNodeGroupInfo` and `EBSStorageInfo`, the API `brokerNodeGroupInfo` and
 * `ebsStorageInfo`: the first word in lower case, all the way down.
 */
export function toApiNames(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(toApiNames);
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(
    Object.entries(value).map(([name, inner]) => [
      name.replace(/^([A-Z]+(?=[A-Z][a-z])|[A-Z])/, (word) => word.toLowerCase()),
      toApiNames(inner),
    ]),
  );
}

/** ClusterInfo of DescribeCluster and ListClusters. */
export function clusterInfo(cluster: StoredCluster): Readonly<Record<string, unknown>> {
  return { ...common(cluster), ...details(cluster) };
}

/** Cluster of DescribeClusterV2 and ListClustersV2. */
export function clusterInfoV2(cluster: StoredCluster): Readonly<Record<string, unknown>> {
  return { ...common(cluster), clusterType: "PROVISIONED", provisioned: details(cluster) };
}

/** Whether clients authenticate by IAM: decides which bootstrap string the cluster answers. */
export function usesIam(cluster: StoredCluster): boolean {
  const sasl = at(at(at(cluster.properties, "ClientAuthentication"), "Sasl"), "Iam");
  return isTrue(at(sasl, "Enabled"));
}

export function configurationInfo(configuration: StoredConfiguration): Readonly<Record<string, unknown>> {
  const latest = configuration.revisions.at(-1);
  return {
    arn: configuration.arn,
    name: configuration.name,
    creationTime: configuration.createdAt,
    description: configuration.description,
    kafkaVersions: configuration.kafkaVersions,
    state: "ACTIVE",
    latestRevision: {
      revision: configuration.revisions.length,
      creationTime: latest?.createdAt,
      description: latest?.description,
    },
  };
}

function common(cluster: StoredCluster): Readonly<Record<string, unknown>> {
  return {
    clusterArn: cluster.arn,
    clusterName: cluster.name,
    creationTime: cluster.createdAt,
    currentVersion: `K${cluster.version}`,
    state: "ACTIVE",
    tags: cluster.properties["Tags"] ?? {},
  };
}

function details(cluster: StoredCluster): Readonly<Record<string, unknown>> {
  const { KafkaVersion, ConfigurationInfo, NumberOfBrokerNodes } = cluster.properties;
  const rest = omit(cluster.properties, [
    "ClusterName",
    "Tags",
    "KafkaVersion",
    "ConfigurationInfo",
    "NumberOfBrokerNodes",
  ]);
  return {
    ...(toApiNames(rest) as Record<string, unknown>),
    numberOfBrokerNodes: Number(NumberOfBrokerNodes ?? 1),
    currentBrokerSoftwareInfo: {
      kafkaVersion: KafkaVersion,
      configurationArn: at(ConfigurationInfo, "Arn"),
      configurationRevision: at(ConfigurationInfo, "Revision") === undefined ? undefined : revision(ConfigurationInfo),
    },
  };
}

function revision(info: unknown): number {
  return Number(at(info, "Revision"));
}

function at(value: unknown, name: string): unknown {
  return typeof value === "object" && value !== null ? (value as Record<string, unknown>)[name] : undefined;
}

/** CloudFormation passes booleans as text here and there. */
function isTrue(value: unknown): boolean {
  return value === true || value === "true";
}
