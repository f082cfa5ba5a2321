import { encodeEvent, partitionKey, type Envelope } from "./event.ts";
import type { PolledRecord } from "./record.ts";

export type FailureCondition = "RetryAttemptsExhausted" | "RecordAgeExceeded" | "MaximumPayloadSizeExceeded";

export interface LastAttempt {
  readonly requestId: string;
  readonly version: string;
  /** null when the function answered, with a report of failures. */
  readonly functionError: string | null;
}

/** Records that are given up. */
export interface Failure {
  readonly condition: FailureCondition;
  readonly records: readonly PolledRecord[];
  readonly invocations: number;
  /** null when the function never saw them. */
  readonly last: LastAttempt | null;
}

/** Hands a failure to the on-failure destination; throws when it was not taken. */
export type Discard = (failure: Failure) => Promise<void>;

export interface FailureContext {
  readonly functionArn: string;
  readonly envelope: Envelope;
  readonly at: Date;
  /** Used as the request id when no invocation gave one. */
  readonly newId: () => string;
}

/**
 * What S3, SQS and SNS destinations get: the invocation record of the Lambda guide (discarded batches of Kafka
 * sources). S3 also gets the event itself as text in `payload`.
 */
export function invocationRecord(failure: Failure, context: FailureContext, withPayload: boolean): object {
  const payload = encodeEvent(context.envelope, failure.records);
  return {
    ...metadata(failure, context, failure.condition),
    KafkaBatchInfo: {
      batchSize: failure.records.length,
      eventSourceArn: context.envelope.eventSourceArn,
      bootstrapServers: context.envelope.bootstrapServers,
      payloadSize: Buffer.byteLength(payload),
      recordsInfo: recordsInfo(failure.records),
    },
    ...(withPayload ? { payload } : {}),
  };
}

/** What an on-failure topic gets, once per record, with the event as an object (Lambda guide, Kafka destination). */
export function topicRecord(record: PolledRecord, failure: Failure, context: FailureContext): object {
  const payload = encodeEvent(context.envelope, [record]);
  const condition = failure.condition === "RetryAttemptsExhausted" ? "RetriesExhausted" : failure.condition;
  return {
    ...metadata(failure, context, condition),
    KafkaBatchInfo: {
      batchSize: 1,
      eventSourceArn: context.envelope.eventSourceArn,
      bootstrapServers: context.envelope.bootstrapServers,
      payloadSize: Buffer.byteLength(payload),
      recordInfo: { offset: String(record.offset), timestamp: iso(record.timestamp) },
    },
    payload: JSON.parse(payload) as object,
  };
}

/**
 * The object's key in an S3 destination. The guide documents it for streams, with the shard where the partition is
 * here (`aws/lambda/<mapping>/<shard>/YYYY/MM/DD/YYYY-MM-DDTHH.MM.SS-<UUID>`), and not for Kafka.
 */
export function objectKey(uuid: string, failure: Failure, at: Date, newId: () => string): string {
  const [day = "", time = ""] = at.toISOString().split("T");
  const first = failure.records[0];
  const partition = first === undefined ? "none" : partitionKey(first);
  const clock = time.slice(0, 8).replaceAll(":", ".");
  return `aws/lambda/${uuid}/${partition}/${day.replaceAll("-", "/")}/${day}T${clock}-${newId()}`;
}

function metadata(failure: Failure, context: FailureContext, condition: string): object {
  const { last } = failure;
  return {
    requestContext: {
      requestId: last?.requestId ?? context.newId(),
      functionArn: context.functionArn,
      condition,
      approximateInvokeCount: failure.invocations,
    },
    responseContext:
      last === null
        ? null
        : {
            statusCode: 200,
            executedVersion: last.version,
            ...(last.functionError === null ? {} : { functionError: last.functionError }),
          },
    version: "1.0",
    timestamp: context.at.toISOString(),
  };
}

function recordsInfo(records: readonly PolledRecord[]): object {
  const info: Record<string, object> = {};
  for (const key of new Set(records.map(partitionKey))) {
    const own = records.filter((record) => partitionKey(record) === key);
    const [first, last] = [own[0], own.at(-1)];
    if (first === undefined || last === undefined) continue;
    info[key] = {
      firstRecordOffset: String(first.offset),
      lastRecordOffset: String(last.offset),
      firstRecordTimestamp: iso(first.timestamp),
      lastRecordTimestamp: iso(last.timestamp),
    };
  }
  return info;
}

function iso(milliseconds: number): string {
  return new Date(milliseconds).toISOString();
}
