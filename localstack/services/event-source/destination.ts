import type { PutObjectCommandInput } from "@aws-sdk/client-s3";
import { GetQueueUrlCommand, SendMessageCommand, type SQSClient } from "@aws-sdk/client-sqs";
import { PublishCommand, type SNSClient } from "@aws-sdk/client-sns";
import { PutObjectCommand, type S3Client } from "@aws-sdk/client-s3";
import type { NewId, Now } from "../../../lambdas/core/ports.ts";
import {
  invocationRecord,
  objectKey,
  topicRecord,
  type Discard,
  type Failure,
  type FailureContext,
} from "./failure.ts";
import type { Envelope } from "./event.ts";
import type { Destination, Mapping } from "./mapping.ts";

export interface DestinationClients {
  readonly s3: S3Client;
  readonly sqs: SQSClient;
  readonly sns: SNSClient;
  /** Produces to the source's cluster; a key of null goes round robin. */
  readonly produce: (
    topic: string,
    messages: readonly { readonly key: Buffer | null; readonly value: string }[],
  ) => Promise<void>;
  readonly now: Now;
  readonly newId: NewId;
}

/** The mapping's on-failure destination; null without one. */
export function createDiscard(mapping: Mapping, envelope: Envelope, clients: DestinationClients): Discard | null {
  const { destination } = mapping;
  if (destination === null) return null;
  return async (failure) => {
    const at = new Date(clients.now());
    await send(
      destination,
      failure,
      mapping,
      { functionArn: mapping.functionArn, envelope, at, newId: clients.newId },
      clients,
    );
  };
}

async function send(
  destination: Destination,
  failure: Failure,
  mapping: Mapping,
  context: FailureContext,
  clients: DestinationClients,
): Promise<void> {
  switch (destination.kind) {
    case "s3":
      await clients.s3.send(new PutObjectCommand(object(destination.bucket, failure, mapping, context)));
      return;
    case "sqs": {
      const body = JSON.stringify(invocationRecord(failure, context, false));
      const QueueName = destination.arn.split(":").at(-1);
      const { QueueUrl } = await clients.sqs.send(new GetQueueUrlCommand({ QueueName }));
      await clients.sqs.send(new SendMessageCommand({ QueueUrl, MessageBody: body }));
      return;
    }
    case "sns": {
      const body = JSON.stringify(invocationRecord(failure, context, false));
      await clients.sns.send(new PublishCommand({ TopicArn: destination.arn, Message: body }));
      return;
    }
    case "kafka":
      await clients.produce(
        destination.topic,
        failure.records.map((record) => ({
          key: keyOf(record.json),
          value: JSON.stringify(topicRecord(record, failure, context)),
        })),
      );
  }
}

function object(bucket: string, failure: Failure, mapping: Mapping, context: FailureContext): PutObjectCommandInput {
  return {
    Bucket: bucket,
    Key: objectKey(mapping.uuid, failure, context.at, context.newId),
    Body: JSON.stringify(invocationRecord(failure, context, true)),
    ContentType: "application/json",
  };
}

/** The record's own key, so that the on-failure topic is partitioned as the source is. */
function keyOf(json: string): Buffer | null {
  const { key } = JSON.parse(json) as { readonly key?: string };
  return key === undefined ? null : Buffer.from(key, "base64");
}
