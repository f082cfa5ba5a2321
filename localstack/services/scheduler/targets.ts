import { InvokeCommand } from "@aws-sdk/client-lambda";
import { StartExecutionCommand } from "@aws-sdk/client-sfn";
import { GetQueueUrlCommand, SendMessageCommand, type SQSClient } from "@aws-sdk/client-sqs";
import { z } from "zod";
import type { AwsClients } from "../aws-clients.ts";
import type { ScheduleTarget } from "./schedule.ts";

export type TargetClients = Pick<AwsClients, "lambda" | "sqs" | "stepFunctions">;
/** Calls the target's API once. Throws what the API answered, or UnusableTargetError. */
export type CallTarget = (target: ScheduleTarget, payload: string) => Promise<void>;

/** The schedule names something that is not there locally or cannot be called as written: never retried. */
export class UnusableTargetError extends Error {
  override readonly name = "UnusableTargetError";
}

const UNIVERSAL = "arn:aws:scheduler:::aws-sdk:";
const invokeInput = z.object({
  FunctionName: z.string(),
  InvocationType: z.enum(["Event", "RequestResponse", "DryRun"]).optional(),
  Qualifier: z.string().optional(),
  Payload: z.union([z.string(), z.record(z.string(), z.unknown())]).optional(),
});
const sendMessageInput = z.object({
  QueueUrl: z.string(),
  MessageBody: z.string(),
  MessageGroupId: z.string().optional(),
  MessageDeduplicationId: z.string().optional(),
  DelaySeconds: z.number().optional(),
});
const startExecutionInput = z.object({
  StateMachineArn: z.string(),
  Input: z.string().optional(),
  Name: z.string().optional(),
});

/** Templated targets by the ARN's service, universal targets (`aws-sdk:service:action`) by their name. */
export function createCallTarget(clients: TargetClients): CallTarget {
  const universal: Readonly<Record<string, (payload: string) => Promise<unknown>>> = {
    "lambda:invoke": (payload) => {
      const { Payload, ...rest } = read(invokeInput, payload);
      const text = typeof Payload === "object" ? JSON.stringify(Payload) : Payload;
      return clients.lambda.send(
        new InvokeCommand({ ...rest, ...(text === undefined ? {} : { Payload: Buffer.from(text) }) }),
      );
    },
    "sqs:sendMessage": (payload) => clients.sqs.send(new SendMessageCommand(read(sendMessageInput, payload))),
    "sfn:startExecution": (payload) => {
      const { StateMachineArn, Input, Name } = read(startExecutionInput, payload);
      return clients.stepFunctions.send(
        new StartExecutionCommand({ stateMachineArn: StateMachineArn, input: Input, name: Name }),
      );
    },
  };

  return async (target, payload) => {
    if (target.arn.startsWith(UNIVERSAL)) {
      const action = target.arn.slice(UNIVERSAL.length);
      const call = universal[action];
      if (call === undefined) throw new UnusableTargetError(`The universal target ${action} is not supported locally.`);
      await call(payload);
      return;
    }
    const service = target.arn.split(":")[2];
    switch (service) {
      case "lambda":
        await clients.lambda.send(
          new InvokeCommand({ FunctionName: target.arn, InvocationType: "Event", Payload: Buffer.from(payload) }),
        );
        return;
      case "sqs":
        await clients.sqs.send(
          new SendMessageCommand({
            QueueUrl: await queueUrl(clients.sqs, target.arn),
            MessageBody: payload,
            ...(target.messageGroupId === null ? {} : { MessageGroupId: target.messageGroupId }),
          }),
        );
        return;
      case "states":
        await clients.stepFunctions.send(new StartExecutionCommand({ stateMachineArn: target.arn, input: payload }));
        return;
      default:
        throw new UnusableTargetError(`A target of the service ${service ?? target.arn} is not supported locally.`);
    }
  };
}

/** The URL of a queue by its ARN. */
export async function queueUrl(sqs: SQSClient, arn: string): Promise<string> {
  const [, , , , account, name] = arn.split(":");
  const { QueueUrl } = await sqs.send(new GetQueueUrlCommand({ QueueName: name, QueueOwnerAWSAccountId: account }));
  if (QueueUrl === undefined) throw new UnusableTargetError(`The queue ${arn} has no URL.`);
  return QueueUrl;
}

function read<S extends z.ZodType>(schema: S, payload: string): z.output<S> {
  try {
    return schema.parse(JSON.parse(payload));
  } catch (cause) {
    throw new UnusableTargetError(`The target's input is not what the API takes: ${String(cause)}`);
  }
}
