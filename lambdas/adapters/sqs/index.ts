import {
  ChangeMessageVisibilityCommand,
  SendMessageCommand,
  SQSClient,
  SQSServiceException,
} from "@aws-sdk/client-sqs";
import { messageOf, TransientError } from "../../core/errors.ts";
import type { Wake } from "../../core/ports.ts";

/**
 * Wakes the next stage up through a FIFO queue. The slot in the deduplication id makes any number of wake-ups for one
 * table and slot one message; the queue's delivery delay, as long as a slot, keeps the last of them from being lost.
 * @param group one group for the whole queue (the star); @default - a group per table
 */
export function createWake(queueUrl: string, group?: string, client: SQSClient = new SQSClient()): Wake {
  return async (message) => {
    try {
      await client.send(
        new SendMessageCommand({
          QueueUrl: queueUrl,
          MessageBody: JSON.stringify(message),
          MessageGroupId: group ?? message.table,
          MessageDeduplicationId: `${message.table}-${message.slot}`,
        }),
      );
    } catch (error) {
      const status = error instanceof SQSServiceException ? (error.$metadata.httpStatusCode ?? 500) : 500;
      const text = `wake-up of ${message.table}: ${messageOf(error)}`;
      throw status >= 500 || status === 429
        ? new TransientError(text, { cause: error })
        : new Error(text, { cause: error });
    }
  };
}

/** Makes a message that is being worked on visible again after so many seconds. */
export function createRelease(
  queueUrl: string,
  client: SQSClient = new SQSClient(),
): (receiptHandle: string, seconds: number) => Promise<void> {
  return async (receiptHandle, seconds) => {
    await client.send(
      new ChangeMessageVisibilityCommand({
        QueueUrl: queueUrl,
        ReceiptHandle: receiptHandle,
        VisibilityTimeout: seconds,
      }),
    );
  };
}
