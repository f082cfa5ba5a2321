import { MillraceError } from "../../core/errors.ts";

/** The broker's error codes that this client meets (https://kafka.apache.org/protocol#protocol_error_codes). */
export const KAFKA_ERROR = {
  none: 0,
  corruptMessage: 2,
  unknownTopicOrPartition: 3,
  leaderNotAvailable: 5,
  notLeaderOrFollower: 6,
  requestTimedOut: 7,
  messageTooLarge: 10,
  networkException: 13,
  coordinatorLoadInProgress: 14,
  invalidTopic: 17,
  recordListTooLarge: 18,
  notEnoughReplicas: 19,
  notEnoughReplicasAfterAppend: 20,
  topicAuthorizationFailed: 29,
  clusterAuthorizationFailed: 31,
  outOfOrderSequence: 45,
  duplicateSequence: 46,
  invalidProducerEpoch: 47,
  kafkaStorageError: 56,
  unknownProducerId: 59,
  saslAuthenticationFailed: 58,
} as const;

/** The same batch again can succeed, perhaps at another broker. */
export const RETRIABLE_CODES: ReadonlySet<number> = new Set([
  KAFKA_ERROR.corruptMessage,
  KAFKA_ERROR.unknownTopicOrPartition,
  KAFKA_ERROR.leaderNotAvailable,
  KAFKA_ERROR.notLeaderOrFollower,
  KAFKA_ERROR.requestTimedOut,
  KAFKA_ERROR.networkException,
  KAFKA_ERROR.coordinatorLoadInProgress,
  KAFKA_ERROR.notEnoughReplicas,
  KAFKA_ERROR.notEnoughReplicasAfterAppend,
  KAFKA_ERROR.kafkaStorageError,
]);

/** No broker could be reached, or the connection broke. */
export class KafkaConnectionError extends MillraceError {
  override readonly name = "KafkaConnectionError";
  override readonly retryable = true;
}

/** Records were not acknowledged within the delivery time; whether the brokers hold them is not known. */
export class KafkaDeliveryError extends MillraceError {
  override readonly name = "KafkaDeliveryError";
  override readonly retryable = true;
}

/** The broker refused who we are or what we may do. */
export class KafkaAccessError extends MillraceError {
  override readonly name = "KafkaAccessError";
  override readonly retryable = false;
}

/**
 * The broker's idea of this producer's sequence differs from ours, so exactly-once within it has ended. A new producer
 * that starts again from the checkpoint is right; this one must not go on.
 */
export class KafkaSequenceError extends MillraceError {
  override readonly name = "KafkaSequenceError";
  override readonly retryable = true;
}

/** One record is larger than the topic takes. */
export class KafkaRecordTooLargeError extends MillraceError {
  override readonly name = "KafkaRecordTooLargeError";
  override readonly retryable = false;
}

/** The broker answered something this client does not know. */
export class KafkaProtocolError extends MillraceError {
  override readonly name = "KafkaProtocolError";
  override readonly retryable = false;
}
