import kafkajs from "kafkajs";
import { messageOf } from "../../../lambdas/core/errors.ts";
import { AwsError } from "../aws-error.ts";

const { KafkaJSAggregateError, KafkaJSProtocolError } = kafkajs;

/** The broker's refusals that MSK answers under a name of its own; any other is a KafkaRequestException. */
const BY_TYPE: Readonly<Record<string, readonly [code: string, status: number]>> = {
  TOPIC_ALREADY_EXISTS: ["TopicExistsException", 409],
  UNKNOWN_TOPIC_OR_PARTITION: ["UnknownTopicOrPartitionException", 404],
  REQUEST_TIMED_OUT: ["KafkaTimeoutException", 409],
  REASSIGNMENT_IN_PROGRESS: ["ReassignmentInProgressException", 409],
  NOT_CONTROLLER: ["NotControllerException", 409],
};

/** What the broker threw, as MSK answers it. AwsErrors pass. */
export function toMskError(error: unknown): AwsError {
  if (error instanceof AwsError) return error;
  const first = error instanceof KafkaJSAggregateError ? error.errors[0] : error;
  if (first instanceof KafkaJSProtocolError) {
    const [code, status] = BY_TYPE[first.type] ?? ["KafkaRequestException", 400];
    return new AwsError(code, first.message, status);
  }
  return new AwsError("ClusterConnectivityException", `The broker does not answer: ${messageOf(first)}`, 409);
}

export function notFound(what: string): AwsError {
  return new AwsError("NotFoundException", `${what} does not exist.`, 404);
}

export function badRequest(message: string, invalidParameter?: string): AwsError {
  return new AwsError("BadRequestException", message, 400, invalidParameter === undefined ? {} : { invalidParameter });
}
