import { readFile } from "node:fs/promises";
import path from "node:path";
import {
  CloudFormationClient,
  CreateStackCommand,
  DeleteStackCommand,
  DescribeStacksCommand,
  UpdateStackCommand,
  waitUntilStackCreateComplete,
  waitUntilStackDeleteComplete,
  waitUntilStackUpdateComplete,
} from "@aws-sdk/client-cloudformation";
import { CloudWatchClient, GetMetricStatisticsCommand } from "@aws-sdk/client-cloudwatch";
import {
  DescribeClusterCommand,
  DescribeTopicCommand,
  GetBootstrapBrokersCommand,
  KafkaClient,
} from "@aws-sdk/client-kafka";
import {
  CreateEventSourceMappingCommand,
  DeleteEventSourceMappingCommand,
  InvokeCommand,
  LambdaClient,
  UpdateEventSourceMappingCommand,
} from "@aws-sdk/client-lambda";
import { CreateBucketCommand, GetObjectCommand, ListObjectsV2Command, S3Client } from "@aws-sdk/client-s3";
import { CreateScheduleCommand, SchedulerClient } from "@aws-sdk/client-scheduler";
import { CreateQueueCommand, ReceiveMessageCommand, SQSClient } from "@aws-sdk/client-sqs";
import { afterAll, beforeAll, describe, expect, it } from "@jest/globals";
import type { MSKEvent } from "aws-lambda";
import { Kafka, logLevel, Partitioners } from "kafkajs";
import { createFunction } from "./functions.ts";
import { startTestCloud, type TestCloud } from "./local-cloud.ts";
import { startWarehouse, type Warehouse } from "./redshift/support.ts";
import { standing, throughTemplate } from "./through-stack.ts";
import { until } from "./until.ts";

/** Writes what it gets to a file, measures it, and fails on a poisoned value. */
const RECORDER = `
import { appendFile } from "node:fs/promises";
export const handler = async (event) => {
  await appendFile(process.env.SEEN, JSON.stringify(event) + "\\n");
  const records = Object.values(event.records ?? {}).flat();
  console.log(JSON.stringify({
    _aws: { Timestamp: Date.now(), CloudWatchMetrics: [{ Namespace: "Test", Dimensions: [["Stage"]], Metrics: [{ Name: "Records", Unit: "Count" }] }] },
    Stage: "local", Records: records.length,
  }));
  if (records.some((record) => Buffer.from(record.value, "base64").toString() === "poison")) throw new Error("poisoned");
};`;

describe("the service process behind LocalStack", () => {
  let warehouse: Warehouse;
  let cloud: TestCloud;
  let lambda: LambdaClient;
  let clusterArn: string;
  let functionArn: string;
  let seenFile: string;
  const wait = { maxWaitTime: 60, minDelay: 1, maxDelay: 1 };

  const seen = async (): Promise<MSKEvent[]> => {
    const text = await readFile(seenFile, "utf8").catch(() => "");
    return text
      .split("\n")
      .filter((line) => line !== "")
      .map((line) => JSON.parse(line) as MSKEvent);
  };
  const values = async (): Promise<string[]> =>
    (await seen()).flatMap((event) =>
      Object.values(event.records)
        .flat()
        .map((record) => Buffer.from(record.value, "base64").toString()),
    );
  const produce = async (topic: string, ...messages: string[]): Promise<void> => {
    const kafka = new Kafka({ brokers: [cloud.kafka], logLevel: logLevel.NOTHING });
    const producer = kafka.producer({ createPartitioner: Partitioners.DefaultPartitioner });
    await producer.connect();
    await producer.send({ topic, acks: -1, messages: messages.map((value) => ({ key: "k", value })) });
    await producer.disconnect();
  };

  beforeAll(async () => {
    warehouse = await startWarehouse();
    cloud = await startTestCloud(warehouse.url);
    lambda = new LambdaClient(cloud.aws);
    seenFile = path.join(cloud.dataDir, "seen.jsonl");
  }, 180_000);
  afterAll(async () => {
    await cloud.stop();
    await warehouse.stop();
  }, 60_000);

  it("creates clusters, topics and warehouses by CloudFormation, on the real engines", async () => {
    const client = new CloudFormationClient(cloud.aws);
    await client.send(new CreateStackCommand({ StackName: "through", TemplateBody: throughTemplate(1) }));
    await waitUntilStackCreateComplete({ client, ...wait }, { StackName: "through" });
    const { Stacks } = await client.send(new DescribeStacksCommand({ StackName: "through" }));
    const output = (key: string): string =>
      Stacks?.[0]?.Outputs?.find((candidate) => candidate.OutputKey === key)?.OutputValue ?? "";
    clusterArn = output("ClusterArn");
    expect(output("TopicArn")).toBe(`${clusterArn.replace(":cluster/", ":topic/")}/through_orders`);
    expect(output("Port")).toBe(new URL(warehouse.url).port);

    await client.send(new UpdateStackCommand({ StackName: "through", TemplateBody: throughTemplate(3) }));
    await waitUntilStackUpdateComplete({ client, ...wait }, { StackName: "through" });
    const kafka = new KafkaClient(cloud.aws);
    const described = await kafka.send(
      new DescribeTopicCommand({ ClusterArn: clusterArn, TopicName: "through_orders" }),
    );
    expect(described).toMatchObject({ PartitionCount: 3, ReplicationFactor: 1, Status: "ACTIVE" });
    const brokers = await kafka.send(new GetBootstrapBrokersCommand({ ClusterArn: clusterArn }));
    expect(brokers.BootstrapBrokerString).toBe(cloud.kafka);
    const { ClusterInfo } = await kafka.send(new DescribeClusterCommand({ ClusterArn: clusterArn }));
    expect(ClusterInfo?.CurrentBrokerSoftwareInfo).toMatchObject({
      ConfigurationArn: expect.stringContaining(":configuration/through/"),
      ConfigurationRevision: 1,
    });
    await expect(
      kafka.send(new DescribeTopicCommand({ ClusterArn: clusterArn, TopicName: "none" })),
    ).rejects.toMatchObject({ name: "NotFoundException" });
  }, 120_000);

  it("invokes functions from topics; failures go to S3; a disabled mapping rests; a restart goes on", async () => {
    functionArn = await createFunction(lambda, "recorder", RECORDER, { SEEN: seenFile });
    const s3 = new S3Client({ ...cloud.aws, forcePathStyle: true });
    await s3.send(new CreateBucketCommand({ Bucket: "failed-batches" }));
    const { UUID } = await lambda.send(
      new CreateEventSourceMappingCommand({
        FunctionName: functionArn,
        EventSourceArn: clusterArn,
        Topics: ["through_orders"],
        StartingPosition: "TRIM_HORIZON",
        BatchSize: 1000,
        MaximumBatchingWindowInSeconds: 1,
        MaximumRetryAttempts: 1,
        BisectBatchOnFunctionError: true,
        ProvisionedPollerConfig: { MinimumPollers: 1, MaximumPollers: 1 },
        AmazonManagedKafkaEventSourceConfig: { ConsumerGroupId: "through" },
        DestinationConfig: { OnFailure: { Destination: "arn:aws:s3:::failed-batches" } },
      }),
    );
    await produce("through_orders", "a", "b");
    await until("the first records", async () => (await values()).length === 2, 60_000);
    expect((await seen())[0]).toMatchObject({
      eventSource: "aws:kafka",
      eventSourceArn: clusterArn,
      bootstrapServers: cloud.kafka,
    });

    await produce("through_orders", "c", "poison", "d");
    const failures = async () => (await s3.send(new ListObjectsV2Command({ Bucket: "failed-batches" }))).Contents ?? [];
    await until("the failure's object", async () => (await failures()).length === 1, 60_000);
    const [object] = await failures();
    expect(object?.Key).toMatch(new RegExp(`^aws/lambda/${UUID}/through_orders-\\d/`));
    const { Body } = await s3.send(new GetObjectCommand({ Bucket: "failed-batches", Key: object?.Key }));
    const record = JSON.parse((await Body?.transformToString()) ?? "") as { payload: string };
    expect(record).toMatchObject({
      requestContext: { functionArn, condition: "RetryAttemptsExhausted" },
      KafkaBatchInfo: { batchSize: 1 },
    });
    expect(record.payload).toContain(Buffer.from("poison").toString("base64"));
    await until("the record after it", async () => (await values()).includes("d"));

    await cloud.restartServices();
    const before = (await values()).length;
    await produce("through_orders", "e");
    await until("what came after the restart", async () => (await values()).includes("e"), 60_000);
    expect((await values()).slice(before)).toEqual(["e"]);

    await lambda.send(new UpdateEventSourceMappingCommand({ UUID, Enabled: false }));
    await until("the poller has left its group", async () => {
      const log = await readFile(path.join(cloud.dataDir, "logs", "services.log"), "utf8");
      return log.includes("poller stopping");
    });
    await produce("through_orders", "f");
    await new Promise((resolve) => setTimeout(resolve, 3_000));
    expect(await values()).not.toContain("f");
    await lambda.send(new UpdateEventSourceMappingCommand({ UUID, Enabled: true }));
    await until("what came meanwhile", async () => (await values()).includes("f"), 60_000);
    await lambda.send(new DeleteEventSourceMappingCommand({ UUID }));
  }, 240_000);

  it("puts the metrics that functions embed in their logs", async () => {
    const client = new CloudWatchClient(cloud.aws);
    const measured = await createFunction(lambda, "measured", RECORDER.replace('"local"', '"metrics"'), {
      SEEN: seenFile,
    });
    const records = { "x-0": [{ value: "YQ==" }, { value: "Yg==" }] };
    for (let call = 0; call < 3; call += 1) {
      await lambda.send(
        new InvokeCommand({ FunctionName: measured, Payload: Buffer.from(JSON.stringify({ records })) }),
      );
    }
    await until(
      "the metric",
      async () => {
        const { Datapoints } = await client.send(
          new GetMetricStatisticsCommand({
            Namespace: "Test",
            MetricName: "Records",
            Dimensions: [{ Name: "Stage", Value: "metrics" }],
            StartTime: new Date(Date.now() - 3_600_000),
            EndTime: new Date(Date.now() + 60_000),
            Period: 3600,
            Statistics: ["Sum", "SampleCount"],
          }),
        );
        const sum = (read: "Sum" | "SampleCount") =>
          (Datapoints ?? []).reduce((total, point) => total + (point[read] ?? 0), 0);
        return sum("SampleCount") === 3 && sum("Sum") === 6;
      },
      60_000,
    );
  }, 90_000);

  it("fires schedules at functions and queues", async () => {
    const scheduler = new SchedulerClient(cloud.aws);
    const sqs = new SQSClient(cloud.aws);
    const attributes = { FifoQueue: "true", ContentBasedDeduplication: "true" };
    const { QueueUrl } = await sqs.send(new CreateQueueCommand({ QueueName: "wake.fifo", Attributes: attributes }));
    const at = new Date(Date.now() + 3_000).toISOString().slice(0, 19);
    const common = {
      ScheduleExpression: `at(${at})`,
      FlexibleTimeWindow: { Mode: "OFF" as const },
    };
    const RoleArn = "arn:aws:iam::000000000000:role/test";
    await scheduler.send(
      new CreateScheduleCommand({
        ...common,
        Name: "queue",
        Target: {
          Arn: "arn:aws:sqs:us-east-1:000000000000:wake.fifo",
          RoleArn,
          Input: '{"at":"<aws.scheduler.scheduled-time>"}',
          SqsParameters: { MessageGroupId: "orders" },
        },
      }),
    );
    await scheduler.send(
      new CreateScheduleCommand({
        ...common,
        Name: "function",
        Target: { Arn: functionArn, RoleArn, Input: '{"scheduled":true}' },
      }),
    );
    await until("the message", async () => {
      const { Messages } = await sqs.send(
        new ReceiveMessageCommand({ QueueUrl, MessageSystemAttributeNames: ["MessageGroupId"], WaitTimeSeconds: 1 }),
      );
      const [message] = Messages ?? [];
      if (message === undefined) return false;
      expect(JSON.parse(message.Body ?? "")).toEqual({ at: `${at}Z` });
      expect(message.Attributes?.MessageGroupId).toBe("orders");
      return true;
    });
    await until("the invocation", async () => (await seen()).some((event) => "scheduled" in event), 30_000);
  }, 90_000);

  it("deletes all of them, and creates them again", async () => {
    const client = new CloudFormationClient(cloud.aws);
    const all = {
      clusters: ["through"],
      configurations: ["through"],
      topics: ["through_orders"],
      namespaces: ["through"],
      workgroups: ["through"],
      secrets: ["redshift!through-boss"],
      databases: ["through"],
    };
    const none = Object.fromEntries(Object.keys(all).map((kind) => [kind, []]));
    for (let times = 0; times < 2; times += 1) {
      expect(await standing(cloud, warehouse.url)).toEqual(all);
      await client.send(new DeleteStackCommand({ StackName: "through" }));
      await waitUntilStackDeleteComplete({ client, ...wait }, { StackName: "through" });
      expect(await standing(cloud, warehouse.url)).toEqual(none);
      if (times > 0) break;
      await client.send(new CreateStackCommand({ StackName: "through", TemplateBody: throughTemplate(1) }));
      await waitUntilStackCreateComplete({ client, ...wait }, { StackName: "through" });
    }
  }, 120_000);
});
