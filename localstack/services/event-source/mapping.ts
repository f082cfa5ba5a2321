import type { EventSourceMappingConfiguration } from "@aws-sdk/client-lambda";

/** Where a mapping with no committed offset begins. */
export type StartingPosition =
  { readonly at: "TRIM_HORIZON" | "LATEST" } | { readonly at: "AT_TIMESTAMP"; readonly timestamp: number };

export type Destination =
  | { readonly kind: "s3"; readonly bucket: string }
  | { readonly kind: "sqs" | "sns"; readonly arn: string }
  | { readonly kind: "kafka"; readonly topic: string };

/** How failures are handled; the features of provisioned mode are off without it, as on AWS. */
export interface RetryRules {
  /** Infinity: until it succeeds. */
  readonly maximumRetries: number;
  /** Infinity: records never get too old. */
  readonly maximumAgeMs: number;
  readonly bisect: boolean;
  readonly partialResponses: boolean;
}

/** An MSK event source mapping as the worker runs it. */
export interface Mapping {
  readonly uuid: string;
  readonly functionArn: string;
  readonly eventSourceArn: string;
  readonly topic: string;
  readonly groupId: string;
  readonly batchSize: number;
  readonly windowMs: number;
  readonly start: StartingPosition;
  readonly rules: RetryRules;
  readonly destination: Destination | null;
  /** Invocations at a time; at most one holds a partition. */
  readonly concurrency: number;
}

/** Retries when infinite retries meet an on-failure destination (Lambda guide, Kafka retry configurations). */
const RETRIES_WITH_DESTINATION = 10;
/** Batching window of Kafka sources when none is set (Lambda guide, MSK parameters). */
const DEFAULT_WINDOW_MS = 500;
/** On AWS pollers scale with the partitions; each invocation at a time is a process here. */
const LOCAL_CONCURRENCY = 2;

export type ParsedMapping =
  { readonly mapping: Mapping; readonly warnings: readonly string[] } | { readonly problem: string };

/** Reads a mapping of a kafka ARN from Lambda's answer; what cannot be run here is a sentence. */
export function parseMapping(config: EventSourceMappingConfiguration): ParsedMapping {
  const { UUID: uuid, FunctionArn: functionArn, EventSourceArn: eventSourceArn } = config;
  const topic = config.Topics?.[0];
  if (uuid === undefined || functionArn === undefined || eventSourceArn === undefined || topic === undefined) {
    return { problem: "UUID, FunctionArn, EventSourceArn and one topic are needed." };
  }
  if ((config.Topics?.length ?? 0) > 1) return { problem: "A mapping reads one topic." };
  if ((config.FilterCriteria?.Filters?.length ?? 0) > 0) return { problem: "FilterCriteria is not supported locally." };
  if (config.AmazonManagedKafkaEventSourceConfig?.SchemaRegistryConfig !== undefined) {
    return { problem: "SchemaRegistryConfig is not supported locally." };
  }
  const start = parseStart(config);
  if (typeof start === "string") return { problem: start };
  const provisioned = config.ProvisionedPollerConfig !== undefined;
  const destination = parseDestination(config.DestinationConfig?.OnFailure?.Destination, topic, provisioned);
  if (typeof destination === "string") return { problem: destination };
  const window = config.MaximumBatchingWindowInSeconds;
  const maximumPollers = config.ProvisionedPollerConfig?.MaximumPollers;
  return {
    mapping: {
      uuid,
      functionArn,
      eventSourceArn,
      topic,
      groupId: config.AmazonManagedKafkaEventSourceConfig?.ConsumerGroupId ?? uuid,
      batchSize: Math.min(config.BatchSize ?? 100, 10_000),
      windowMs: window === undefined ? DEFAULT_WINDOW_MS : window * 1000,
      start,
      rules: parseRules(config, provisioned, destination !== null),
      destination,
      concurrency: Math.min(maximumPollers ?? LOCAL_CONCURRENCY, LOCAL_CONCURRENCY),
    },
    warnings: provisioned ? [] : ignoredWithoutProvisionedMode(config),
  };
}

function parseStart(config: EventSourceMappingConfiguration): StartingPosition | string {
  switch (config.StartingPosition ?? "TRIM_HORIZON") {
    case "TRIM_HORIZON":
      return { at: "TRIM_HORIZON" };
    case "LATEST":
      return { at: "LATEST" };
    default: {
      const timestamp = config.StartingPositionTimestamp?.getTime();
      if (timestamp === undefined) return "StartingPositionTimestamp is needed with AT_TIMESTAMP.";
      return { at: "AT_TIMESTAMP", timestamp };
    }
  }
}

function parseRules(
  config: EventSourceMappingConfiguration,
  provisioned: boolean,
  hasDestination: boolean,
): RetryRules {
  const asked = provisioned ? (config.MaximumRetryAttempts ?? -1) : -1;
  const age = provisioned ? (config.MaximumRecordAgeInSeconds ?? -1) : -1;
  const unlimited = hasDestination ? RETRIES_WITH_DESTINATION : Number.POSITIVE_INFINITY;
  return {
    maximumRetries: asked < 0 ? unlimited : asked,
    maximumAgeMs: age < 0 ? Number.POSITIVE_INFINITY : age * 1000,
    bisect: provisioned && config.BisectBatchOnFunctionError === true,
    partialResponses: provisioned && (config.FunctionResponseTypes ?? []).includes("ReportBatchItemFailures"),
  };
}

/** @returns null for none, a sentence for what cannot be used */
function parseDestination(
  value: string | undefined,
  source: string,
  provisioned: boolean,
): Destination | null | string {
  if (value === undefined || value === "") return null;
  if (value.startsWith("kafka://")) {
    const topic = value.slice("kafka://".length);
    if (!provisioned) return "An on-failure topic needs provisioned mode.";
    return topic === source ? "The on-failure topic must not be the source topic." : { kind: "kafka", topic };
  }
  const [, , service, , , ...resource] = value.split(":");
  if (service === "s3") return { kind: "s3", bucket: resource.join(":") };
  if (service === "sqs" || service === "sns") return { kind: service, arn: value };
  return `The on-failure destination ${value} is no S3 bucket, SQS queue, SNS topic or kafka:// topic.`;
}

function ignoredWithoutProvisionedMode(config: EventSourceMappingConfiguration): readonly string[] {
  const asked = [
    (config.MaximumRetryAttempts ?? -1) >= 0 && "MaximumRetryAttempts",
    (config.MaximumRecordAgeInSeconds ?? -1) >= 0 && "MaximumRecordAgeInSeconds",
    config.BisectBatchOnFunctionError === true && "BisectBatchOnFunctionError",
    (config.FunctionResponseTypes ?? []).length > 0 && "FunctionResponseTypes",
  ];
  return asked.filter((name) => name !== false).map((name) => `${name} has no effect without ProvisionedPollerConfig.`);
}
