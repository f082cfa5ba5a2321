import type { GetScheduleCommandOutput } from "@aws-sdk/client-scheduler";
import type { SQSClient } from "@aws-sdk/client-sqs";
import { describe, expect, it } from "@jest/globals";
import { silentLog } from "../../../../localstack/services/log.ts";
import {
  createBury,
  deliverOccurrence,
  type DeadLetter,
  type DeliveryPorts,
} from "../../../../localstack/services/scheduler/delivery.ts";
import { parseSchedule } from "../../../../localstack/services/scheduler/schedule.ts";
import {
  createCallTarget,
  UnusableTargetError,
  type TargetClients,
} from "../../../../localstack/services/scheduler/targets.ts";

const SLOT = Date.parse("2026-01-01T00:01:00Z");
const ARN = "arn:aws:scheduler:us-east-1:000000000000:schedule/default/tick";
type Target = NonNullable<GetScheduleCommandOutput["Target"]>;

function occurrence(target: Partial<Target> = {}) {
  const schedule = parseSchedule({
    $metadata: {},
    Arn: ARN,
    Name: "tick",
    ScheduleExpression: "rate(1 minute)",
    CreationDate: new Date(0),
    Target: { Arn: "arn:aws:lambda:us-east-1:000000000000:function:f", RoleArn: "r", ...target },
  });
  return { schedule, slot: SLOT, executionId: "exec" };
}

function fault(name: string, httpStatusCode: number): Error {
  const $fault = httpStatusCode < 500 ? "client" : "server";
  return Object.assign(new Error(name), { name, $fault, $metadata: { httpStatusCode } });
}

async function deliverTo(target: Partial<Target>, errors: Error[]) {
  const payloads: string[] = [];
  const buried: DeadLetter[] = [];
  let clock = SLOT;
  const ports: DeliveryPorts = {
    call: async (_, payload) => {
      payloads.push(payload);
      const error = errors.shift();
      if (error !== undefined) throw error;
    },
    bury: async (letter) => void buried.push(letter),
    now: () => clock,
    sleep: async (ms) => void (clock += ms),
    random: () => 1,
    log: silentLog,
  };
  await deliverOccurrence(occurrence(target), ports, new AbortController().signal);
  return { payloads, buried };
}

describe("delivering a schedule's occurrence", () => {
  it("fills in the service's keywords, the attempt among them", async () => {
    const { payloads } = await deliverTo(
      {
        Input:
          "<aws.scheduler.schedule-arn> <aws.scheduler.scheduled-time> <aws.scheduler.execution-id> <aws.scheduler.attempt-number>",
      },
      [fault("ServiceException", 500)],
    );
    expect(payloads).toEqual([`${ARN} 2026-01-01T00:01:00Z exec 1`, `${ARN} 2026-01-01T00:01:00Z exec 2`]);
  });

  it("sends the service's notification when there is no input", async () => {
    const { payloads } = await deliverTo({}, []);
    expect(JSON.parse(payloads[0] ?? "")).toMatchObject({
      "detail-type": "Scheduled Event",
      source: "aws.scheduler",
      time: "2026-01-01T00:01:00Z",
      resources: [ARN],
    });
  });

  it("retries faults up to the attempts allowed", async () => {
    const RetryPolicy = { MaximumRetryAttempts: 2 };
    const { payloads, buried } = await deliverTo(
      { RetryPolicy },
      Array.from({ length: 9 }, () => fault("Throttling", 400)),
    );
    expect(payloads).toHaveLength(3);
    expect(buried).toMatchObject([{ retries: 2, exhausted: "MaximumRetryAttempts" }]);
  });

  it("retries faults up to the age allowed", async () => {
    const RetryPolicy = { MaximumEventAgeInSeconds: 60 };
    const { payloads, buried } = await deliverTo(
      { RetryPolicy },
      Array.from({ length: 99 }, () => fault("Down", 503)),
    );
    // Pauses of 1, 2, 4, 8, 16 s; the next one, 32 s, would pass the minute.
    expect(payloads).toHaveLength(6);
    expect(buried).toMatchObject([{ retries: 5, exhausted: "MaximumEventAgeInSeconds" }]);
  });

  it.each([
    ["no such function", fault("ResourceNotFoundException", 404)],
    ["no such target", new UnusableTargetError("no such target")],
  ])("does not retry what cannot help: %s", async (_, error) => {
    const { payloads, buried } = await deliverTo({}, [error]);
    expect(payloads).toHaveLength(1);
    expect(buried).toMatchObject([{ retries: 0, exhausted: null }]);
  });
});

describe("dead letters and targets", () => {
  const sent: { readonly name: string; readonly input: unknown }[] = [];
  const client = {
    send: async (command: { readonly constructor: { readonly name: string }; readonly input: unknown }) => {
      sent.push({ name: command.constructor.name, input: command.input });
      return { QueueUrl: "http://queue" };
    },
  };
  const clients = { lambda: client, sqs: client, stepFunctions: client } as unknown as TargetClients;
  const call = async (arn: string, payload: string, group: string | null = null) => {
    sent.splice(0);
    const { target } = occurrence({ Arn: arn }).schedule;
    await createCallTarget(clients)({ ...target, messageGroupId: group }, payload);
    return sent.at(-1);
  };

  it("carry the documented attributes", async () => {
    sent.splice(0);
    const letter: DeadLetter = {
      occurrence: occurrence({ DeadLetterConfig: { Arn: "arn:aws:sqs:us-east-1:000000000000:dead" } }),
      payload: "p",
      error: fault("Down", 503),
      retries: 3,
      exhausted: "MaximumRetryAttempts",
    };
    await createBury(client as unknown as SQSClient, silentLog)(letter);
    const { MessageBody, MessageAttributes } = sent.at(-1)?.input as {
      MessageBody: string;
      MessageAttributes: Record<string, { StringValue: string }>;
    };
    expect(MessageBody).toBe("p");
    expect(
      Object.fromEntries(Object.entries(MessageAttributes).map(([key, value]) => [key, value.StringValue])),
    ).toEqual({
      ERROR_CODE: "Down",
      ERROR_MESSAGE: "Down",
      EXECUTION_ID: "exec",
      EXHAUSTED_RETRY_CONDITION: "MaximumRetryAttempts",
      IS_PAYLOAD_TRUNCATED: "false",
      RETRY_ATTEMPTS: "3",
      SCHEDULED_TIME: "2026-01-01T00:01:00Z",
      SCHEDULE_ARN: ARN,
      TARGET_ARN: "arn:aws:lambda:us-east-1:000000000000:function:f",
    });
  });

  it("functions are invoked asynchronously", async () => {
    expect(await call("arn:aws:lambda:us-east-1:000000000000:function:f", "{}")).toMatchObject({
      name: "InvokeCommand",
      input: { InvocationType: "Event", Payload: Buffer.from("{}") },
    });
  });

  it("FIFO queues get their group", async () => {
    expect(await call("arn:aws:sqs:us-east-1:000000000000:q.fifo", "{}", "g")).toMatchObject({
      name: "SendMessageCommand",
      input: { QueueUrl: "http://queue", MessageBody: "{}", MessageGroupId: "g" },
    });
  });

  it("state machines are started", async () => {
    const arn = "arn:aws:states:us-east-1:000000000000:stateMachine:m";
    expect(await call(arn, "{}")).toMatchObject({
      name: "StartExecutionCommand",
      input: { stateMachineArn: arn, input: "{}" },
    });
  });

  it.each([
    ["lambda:invoke", { FunctionName: "f", Payload: { a: 1 } }, { FunctionName: "f", Payload: Buffer.from('{"a":1}') }],
    ["sqs:sendMessage", { QueueUrl: "u", MessageBody: "b" }, { QueueUrl: "u", MessageBody: "b" }],
    ["sfn:startExecution", { StateMachineArn: "m", Input: "{}" }, { stateMachineArn: "m", input: "{}" }],
  ])("the universal target %s takes the API's parameters", async (action, input, expected) => {
    const request = await call(`arn:aws:scheduler:::aws-sdk:${action}`, JSON.stringify(input));
    expect(request?.input).toMatchObject(expected);
  });

  it.each([
    ["arn:aws:scheduler:::aws-sdk:ec2:stopInstances", "{}"],
    ["arn:aws:scheduler:::aws-sdk:sqs:sendMessage", "{}"],
    ["arn:aws:events:us-east-1:000000000000:event-bus/default", "{}"],
  ])("%s with %s is refused by name", async (arn, payload) => {
    await expect(call(arn, payload)).rejects.toThrow(UnusableTargetError);
  });
});
