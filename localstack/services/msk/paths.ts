import { AwsError } from "../aws-error.ts";

/**
 * Where each operation's members are in its path (API models of kafka 2018-11-14; REST-JSON). The forwarder names the
 * operation, so only the captures are needed. ARNs come percent-encoded or not: the greedy group takes both.
 */
const PATHS: Readonly<Record<string, RegExp>> = {
  GetBootstrapBrokers: /^\/v1\/clusters\/(?<clusterArn>.+)\/bootstrap-brokers$/,
  DescribeCluster: /^\/v1\/clusters\/(?<clusterArn>.+)$/,
  DescribeClusterV2: /^\/api\/v2\/clusters\/(?<clusterArn>.+)$/,
  ListClusters: /^\/v1\/clusters$/,
  ListClustersV2: /^\/api\/v2\/clusters$/,
  ListNodes: /^\/v1\/clusters\/(?<clusterArn>.+)\/nodes$/,
  CreateTopic: /^\/v1\/clusters\/(?<clusterArn>.+)\/topics$/,
  ListTopics: /^\/v1\/clusters\/(?<clusterArn>.+)\/topics$/,
  DescribeTopic: /^\/v1\/clusters\/(?<clusterArn>.+)\/topics\/(?<topicName>[^/]+)$/,
  UpdateTopic: /^\/v1\/clusters\/(?<clusterArn>.+)\/topics\/(?<topicName>[^/]+)$/,
  DeleteTopic: /^\/v1\/clusters\/(?<clusterArn>.+)\/topics\/(?<topicName>[^/]+)$/,
  DescribeTopicPartitions: /^\/v1\/clusters\/(?<clusterArn>.+)\/topics\/(?<topicName>[^/]+)\/partitions$/,
  DescribeConfiguration: /^\/v1\/configurations\/(?<arn>.+)$/,
  DescribeConfigurationRevision: /^\/v1\/configurations\/(?<arn>.+)\/revisions\/(?<revision>\d+)$/,
  ListConfigurations: /^\/v1\/configurations$/,
  ListTagsForResource: /^\/v1\/tags\/(?<resourceArn>.+)$/,
};

/**
 * An operation's input from its path, query and body, as the SDK's members are called on the wire.
 * @param target the request's path with its query, as it came
 * @throws AwsError for an operation or a path that is not known here
 */
export function readRestInput(operation: string, target: string, body: Buffer): Readonly<Record<string, unknown>> {
  const template = PATHS[operation];
  if (template === undefined) throw notHere(operation);
  const url = new URL(target, "http://local");
  const match = template.exec(url.pathname.replace(/\/+$/, ""));
  if (match === null) throw new AwsError("BadRequestException", `${url.pathname} is not a path of ${operation}.`);
  const fromPath = Object.entries(match.groups ?? {}).map(([name, value]) => [name, decodeURIComponent(value)]);
  return {
    ...Object.fromEntries(url.searchParams),
    ...readBody(body),
    ...(Object.fromEntries(fromPath) as Record<string, string>),
  };
}

/** The error for an operation of MSK that the local service does not have. */
export function notHere(operation: string): AwsError {
  return new AwsError("BadRequestException", `The local MSK does not have the operation ${operation}.`);
}

function readBody(body: Buffer): Readonly<Record<string, unknown>> {
  if (body.length === 0) return {};
  try {
    const parsed: unknown = JSON.parse(body.toString("utf8"));
    if (typeof parsed === "object" && parsed !== null) return parsed as Record<string, unknown>;
  } catch {
    // Said below, with the same words for both.
  }
  throw new AwsError("BadRequestException", "The request's body is not a JSON object.");
}
