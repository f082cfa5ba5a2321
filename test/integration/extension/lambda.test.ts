import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "@jest/globals";
import { CloudWatchLogsClient, FilterLogEventsCommand } from "@aws-sdk/client-cloudwatch-logs";
import { isRunning } from "../../../cli/processes.ts";
import {
  CreateEventSourceMappingCommand,
  CreateFunctionCommand,
  DeleteEventSourceMappingCommand,
  GetEventSourceMappingCommand,
  InvokeCommand,
  LambdaClient,
  ListEventSourceMappingsCommand,
  UpdateEventSourceMappingCommand,
  waitUntilFunctionActiveV2,
} from "@aws-sdk/client-lambda";
import { CreateQueueCommand, GetQueueAttributesCommand, SendMessageCommand, SQSClient } from "@aws-sdk/client-sqs";
import { z } from "zod";
import type { CloudUnderTest } from "./cloud-under-test.ts";
import { eventually, startCloudUnderTest } from "./cloud-under-test.ts";
import { zipOf } from "./zip.ts";

const FUNCTION = `
let calls = 0;
export const handler = async (event, context) => {
  console.log("event", JSON.stringify(event));
  if (event.throw) throw Object.assign(new Error("no such row"), { name: "RowMissingError" });
  if (event.sleep) await new Promise((resolve) => setTimeout(resolve, event.sleep));
  if (event.exit !== undefined) process.exit(event.exit);
  if (event.reject) { Promise.reject(new Error("nobody listens")); await new Promise(() => {}); }
  if (event.allocate) globalThis.kept = Buffer.alloc(event.allocate * 1048576, 1);
  return { calls: ++calls, pid: process.pid, node: process.version, trace: process.env._X_AMZN_TRACE_ID ?? "",
           remaining: context.getRemainingTimeInMillis(), arn: context.invokedFunctionArn };
};
export const options = async () => process.execArgv;
export const broken = "not a function";
`;
/** Each message waits until one of every group has started: groups run one after another would never end. */
const QUEUE_FUNCTION = `
import { readdirSync, writeFileSync } from "node:fs";
export const handler = async ({ Records }) => {
  for (const { body, attributes } of Records) {
    const { folder, group, number, groups } = JSON.parse(body);
    const started = Date.now();
    writeFileSync(folder + "/" + group + "-" + number, "");
    while (readdirSync(folder).filter((name) => name.endsWith("-" + number)).length < groups) {
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
    console.log("handled " + JSON.stringify({ group: attributes.MessageGroupId, number, started, ended: Date.now() }));
  }
};
`;
const ROLE = "arn:aws:iam::000000000000:role/any";
const Answer = z.object({
  calls: z.number(),
  pid: z.number(),
  node: z.string(),
  trace: z.string(),
  remaining: z.number(),
});
const Failure = z.object({ errorType: z.string(), errorMessage: z.string(), trace: z.array(z.string()).optional() });

let cloud: CloudUnderTest;
let lambda: LambdaClient;

async function createFunction(
  name: string,
  handler: string,
  timeout = 3,
  code = FUNCTION,
  variables: Readonly<Record<string, string>> = {},
): Promise<void> {
  await lambda.send(
    new CreateFunctionCommand({
      FunctionName: name,
      Runtime: "nodejs24.x",
      Architectures: ["arm64"],
      Handler: handler,
      Role: ROLE,
      Timeout: timeout,
      MemorySize: 256,
      Environment: { Variables: variables },
      LoggingConfig: { LogGroup: `/millrace/${name}` },
      Code: { ZipFile: zipOf({ "index.mjs": code }) },
    }),
  );
  await waitUntilFunctionActiveV2(
    { client: lambda, maxWaitTime: 60, minDelay: 1, maxDelay: 1 },
    { FunctionName: name },
  );
}

async function invoke(event: object, name = "sample") {
  const answer = await lambda.send(
    new InvokeCommand({ FunctionName: name, Payload: JSON.stringify(event), LogType: "Tail" }),
  );
  const payload: unknown = JSON.parse(Buffer.from(answer.Payload ?? []).toString());
  return { error: answer.FunctionError, payload, log: Buffer.from(answer.LogResult ?? "", "base64").toString() };
}

beforeAll(async () => {
  cloud = await startCloudUnderTest(() => ({}));
  lambda = new LambdaClient(cloud.client);
  await createFunction("sample", "index.handler");
}, 120_000);

afterAll(async () => {
  await cloud.stop();
}, 60_000);

describe("a Lambda as a process", () => {
  it("runs on Node 24, is used again, and knows its trace and its deadline", async () => {
    const first = Answer.parse((await invoke({ a: 1 })).payload);
    const second = Answer.parse((await invoke({ a: 2 })).payload);
    expect(second).toMatchObject({ calls: first.calls + 1, pid: first.pid });
    expect(second.node).toMatch(/^v24\./);
    expect(second.trace).toMatch(/Root=1-/);
    expect(second.remaining).toBeGreaterThan(1000);
    expect(second.remaining).toBeLessThanOrEqual(3000);
  });

  it("reports its greatest memory, not the configured one", async () => {
    const small = peakOf((await invoke({})).log);
    const big = peakOf((await invoke({ allocate: 100 })).log);
    expect(big).toBeGreaterThan(small + 90);
    expect(small).toBeLessThan(256);
  });

  it("tells an error thrown by its name, message and trace", async () => {
    const { error, payload, log } = await invoke({ throw: true });
    expect(error).toBe("Unhandled");
    const failure = Failure.parse(payload);
    expect(failure).toMatchObject({ errorType: "RowMissingError", errorMessage: "no such row" });
    expect(failure.trace?.[0]).toBe("RowMissingError: no such row");
    expect(log).toContain("Invoke Error");
  });

  it("ends a function that takes too long, with all it has started, and starts afresh", async () => {
    const { pid } = Answer.parse((await invoke({})).payload);
    const { payload, log } = await invoke({ sleep: 60_000 });
    expect(Failure.parse(payload)).toMatchObject({ errorType: "Sandbox.Timedout" });
    expect(log).toContain("Task timed out after 3.00 seconds");
    expect(isRunning({ pid })).toBe(false);
    expect(Answer.parse((await invoke({})).payload).calls).toBe(1);
  });

  it("tells an exit and starts afresh", async () => {
    const { payload } = await invoke({ exit: 3 });
    expect(Failure.parse(payload).errorMessage).toMatch(/Runtime exited with error: exit status 3$/);
    expect(Failure.parse((await invoke({ exit: 0 })).payload).errorMessage).toMatch(/without providing a reason$/);
    expect((await invoke({})).error).toBeUndefined();
  });

  it("tells a rejection that nobody handles", async () => {
    expect(Failure.parse((await invoke({ reject: true })).payload)).toMatchObject({
      errorType: "Runtime.UnhandledPromiseRejection",
      errorMessage: "nobody listens",
    });
  });

  it("tells a handler that cannot be loaded", async () => {
    await createFunction("broken", "index.broken");
    const broken = await invoke({}, "broken");
    expect(Failure.parse(broken.payload)).toMatchObject({ errorType: "Runtime.HandlerNotFound" });
    await createFunction("syntax", "index.handler", 3, "export const handler = (;");
    expect(Failure.parse((await invoke({}, "syntax")).payload)).toMatchObject({ errorType: "SyntaxError" });
  });

  it("bounds the heap by the function's memory, unless NODE_OPTIONS does", async () => {
    await createFunction("bounded", "index.options");
    expect((await invoke({}, "bounded")).payload).toEqual(["--max-old-space-size=231", "--max-semi-space-size=12"]);
    await createFunction("own-bounds", "index.options", 3, FUNCTION, { NODE_OPTIONS: "--max-semi-space-size=4" });
    expect((await invoke({}, "own-bounds")).payload).toEqual([]);
  }, 60_000);

  it("runs invocations side by side, each in a process of its own", async () => {
    const answers = await Promise.all(Array.from({ length: 6 }, () => invoke({ sleep: 1500 })));
    expect(answers.map(({ error }) => error)).toEqual(answers.map(() => undefined));
    expect(new Set(answers.map(({ payload }) => Answer.parse(payload).pid)).size).toBe(6);
  });

  it("logs to the configured group", async () => {
    await invoke({ mark: "logged-here" });
    const logs = new CloudWatchLogsClient(cloud.client);
    const messages = await eventually(async () => {
      const { events = [] } = await logs
        .send(new FilterLogEventsCommand({ logGroupName: "/millrace/sample" }))
        .catch(() => ({ events: [] }));
      const found = events.filter(({ message }) => message?.includes("logged-here"));
      return found.length > 0 ? events.map(({ message }) => message ?? "") : undefined;
    });
    expect(messages.some((message) => message.startsWith("REPORT RequestId:"))).toBe(true);
  });
});

describe("a FIFO queue as event source", () => {
  it("runs groups side by side, each in order", async () => {
    const sqs = new SQSClient(cloud.client);
    await createFunction("queued", "index.handler", 30, QUEUE_FUNCTION);
    const { QueueUrl } = await sqs.send(
      new CreateQueueCommand({
        QueueName: "wake.fifo",
        Attributes: { FifoQueue: "true", VisibilityTimeout: "60", ContentBasedDeduplication: "true" },
      }),
    );
    const { Attributes } = await sqs.send(new GetQueueAttributesCommand({ QueueUrl, AttributeNames: ["QueueArn"] }));
    await lambda.send(
      new CreateEventSourceMappingCommand({
        FunctionName: "queued",
        EventSourceArn: Attributes?.QueueArn,
        BatchSize: 1,
      }),
    );
    const folder = await mkdtemp(path.join(tmpdir(), "millrace-groups-"));
    const groups = ["a", "b", "c"];
    for (const number of [1, 2]) {
      for (const group of groups) {
        const MessageBody = JSON.stringify({ folder, group, number, groups: groups.length });
        await sqs.send(new SendMessageCommand({ QueueUrl, MessageGroupId: group, MessageBody }));
      }
    }
    const runs = await runsOf("/millrace/queued", 6);
    for (const group of groups) {
      const [first, second] = runs.filter((run) => run.group === group).sort((x, y) => x.number - y.number);
      expect([first?.number, second?.number]).toEqual([1, 2]);
      expect(second?.started).toBeGreaterThanOrEqual(first?.ended ?? Infinity);
    }
    await rm(folder, { recursive: true, force: true });
  }, 60_000);
});

describe("an MSK event source mapping", () => {
  it("is kept with all it says, and with the service's defaults", async () => {
    const asked = {
      FunctionName: "sample",
      EventSourceArn: "arn:aws:kafka:us-east-1:000000000000:cluster/shop/1",
      Topics: ["classicmodels_orders"],
      StartingPosition: "TRIM_HORIZON",
      BatchSize: 5000,
      MaximumBatchingWindowInSeconds: 2,
      ProvisionedPollerConfig: { MinimumPollers: 1, MaximumPollers: 4, PollerGroupName: "shop" },
      BisectBatchOnFunctionError: true,
      MaximumRetryAttempts: 3,
      MaximumRecordAgeInSeconds: 600,
      FunctionResponseTypes: ["ReportBatchItemFailures"],
      AmazonManagedKafkaEventSourceConfig: { ConsumerGroupId: "land" },
      DestinationConfig: { OnFailure: { Destination: "arn:aws:s3:::quarantine" } },
    } as const;
    const { FunctionName, ...kept } = asked;
    const { UUID } = await lambda.send(
      new CreateEventSourceMappingCommand({
        ...asked,
        Topics: [...asked.Topics],
        FunctionResponseTypes: [...asked.FunctionResponseTypes],
      }),
    );
    const list = async () =>
      (await lambda.send(new ListEventSourceMappingsCommand({ FunctionName }))).EventSourceMappings ?? [];
    expect(await list()).toEqual([expect.objectContaining(kept)]);

    await lambda.send(
      new UpdateEventSourceMappingCommand({ UUID, BatchSize: 7, ProvisionedPollerConfig: { MinimumPollers: 2 } }),
    );
    // The replaced worker ends later and must not have the last word.
    await new Promise((resolve) => setTimeout(resolve, 1500));
    expect(await list()).toEqual([expect.objectContaining({ BatchSize: 7, State: "Enabled" })]);

    await lambda.send(new UpdateEventSourceMappingCommand({ UUID, Enabled: false }));
    await eventually(async () => ((await list())[0]?.State === "Disabled" ? true : undefined));
    await lambda.send(new DeleteEventSourceMappingCommand({ UUID }));
    await eventually(async () => ((await list()).length === 0 ? true : undefined));

    const plain = await lambda.send(
      new CreateEventSourceMappingCommand({
        FunctionName,
        EventSourceArn: asked.EventSourceArn,
        Topics: ["other"],
        StartingPosition: "LATEST",
      }),
    );
    const described = await lambda.send(new GetEventSourceMappingCommand({ UUID: plain.UUID }));
    expect(described).toMatchObject({
      BatchSize: 100,
      AmazonManagedKafkaEventSourceConfig: { ConsumerGroupId: plain.UUID },
      DestinationConfig: { OnFailure: {} },
    });
  }, 60_000);
});

describe("LocalStack's end", () => {
  it("takes its Lambda processes along, even when it is killed", async () => {
    const { pid } = Answer.parse((await invoke({})).payload);
    expect(isRunning({ pid })).toBe(true);
    process.kill(cloud.engine.pid ?? NaN, "SIGKILL");
    await eventually(async () => (isRunning({ pid }) ? undefined : true));
  }, 60_000);
});

function peakOf(log: string): number {
  return Number(/Max Memory Used: (\d+) MB/.exec(log)?.[1]);
}

const Run = z.object({ group: z.string(), number: z.number(), started: z.number(), ended: z.number() });

async function runsOf(logGroupName: string, count: number) {
  const logs = new CloudWatchLogsClient(cloud.client);
  return eventually(async () => {
    const { events = [] } = await logs.send(new FilterLogEventsCommand({ logGroupName })).catch(() => ({ events: [] }));
    const runs = events
      .map(({ message = "" }) => message)
      .filter((message) => message.startsWith("handled "))
      .map((message) => Run.parse(JSON.parse(message.slice("handled ".length))));
    return runs.length >= count ? runs : undefined;
  });
}
