import { ChangeMessageVisibilityCommand, DeleteMessageCommand, ReceiveMessageCommand } from "@aws-sdk/client-sqs";
import type { Message } from "@aws-sdk/client-sqs";
import type { QUEUES } from "./functions.ts";
import type { World } from "./world.ts";

type QueueName = keyof typeof QUEUES;

/** Messages that a queue hands out now, of all groups that are not at work. */
export async function receive({ sqs, queueUrl }: World, queue: QueueName): Promise<readonly Message[]> {
  const { Messages = [] } = await sqs.send(
    new ReceiveMessageCommand({
      QueueUrl: queueUrl(queue),
      MaxNumberOfMessages: 10,
      VisibilityTimeout: 600,
      MessageSystemAttributeNames: ["MessageGroupId"],
    }),
  );
  return Messages;
}

/** The consumer took it. */
export async function remove({ sqs, queueUrl }: World, queue: QueueName, { ReceiptHandle }: Message): Promise<void> {
  await sqs.send(new DeleteMessageCommand({ QueueUrl: queueUrl(queue), ReceiptHandle }));
}

/** The visibility time-out is over: the message is handed out again. */
export async function giveBack({ sqs, queueUrl }: World, queue: QueueName, message: Message): Promise<void> {
  const { ReceiptHandle } = message;
  await sqs.send(
    new ChangeMessageVisibilityCommand({ QueueUrl: queueUrl(queue), ReceiptHandle, VisibilityTimeout: 0 }),
  );
}

/** As the event source mapping of a queue hands messages to a function. */
export function sqsEvent(messages: readonly Message[]): unknown {
  return {
    Records: messages.map(({ MessageId, ReceiptHandle, Body, Attributes }) => ({
      messageId: MessageId,
      receiptHandle: ReceiptHandle,
      body: Body,
      attributes: Attributes ?? {},
      messageAttributes: {},
      md5OfBody: "",
      eventSource: "aws:sqs",
      eventSourceARN: "arn:aws:sqs:us-east-1:000000000000:faults",
      awsRegion: "us-east-1",
    })),
  };
}
