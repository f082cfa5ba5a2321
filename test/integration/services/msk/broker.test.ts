import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterAll, beforeAll, describe, expect, it, jest } from "@jest/globals";
import { createBroker, type Broker } from "../../../../localstack/services/msk/broker.ts";
import { createMskLifecycle } from "../../../../localstack/services/msk/cfn.ts";
import { openMskStore } from "../../../../localstack/services/msk/store.ts";
import { encodeConfigs } from "../../../../localstack/services/msk/topic-config.ts";
import { createTopicOperations } from "../../../../localstack/services/msk/topics.ts";
import { tables } from "../../../../schemas/sources/index.ts";
import { topicConfig } from "../../../../schemas/topic.ts";
import { toMskError } from "../../../../localstack/services/msk/errors.ts";
import { startTestBroker, type TestBroker } from "../broker.ts";

jest.setTimeout(60_000);

describe("the broker behind MSK", () => {
  const dataDir = mkdtempSync(path.join(tmpdir(), "millrace-msk-"));
  let real: TestBroker;
  let broker: Broker;
  const topic = { name: "orders", partitions: 2, replicationFactor: 1, config: { "retention.ms": "1000" } };

  beforeAll(async () => {
    real = await startTestBroker();
    broker = createBroker(real.kafka);
  }, 60_000);
  afterAll(async () => {
    await broker.close();
    await real.stop();
    rmSync(dataDir, { recursive: true });
  });

  it("makes topics with their own settings, once", async () => {
    expect(await broker.create(topic)).toBe(true);
    expect(await broker.create({ ...topic, partitions: 9 })).toBe(false);
    const partitions = [0, 1].map((partition) => ({ partition, leader: 1, replicas: [1], isr: [1] }));
    expect(await broker.topic("orders")).toEqual({ topic: "orders", partitions });
    expect(await broker.config("orders")).toEqual({ "retention.ms": "1000" });
  });

  it("replaces a topic's settings", async () => {
    await broker.configure("orders", { "cleanup.policy": "delete", "max.message.bytes": "2000" });
    expect(await broker.config("orders")).toEqual({ "cleanup.policy": "delete", "max.message.bytes": "2000" });
  });

  it("takes a stage's retention over for topics that are there already, with records in them", async () => {
    const table = tables[0];
    if (table === undefined) throw new Error("no table is defined");
    const asked = { retentionHours: 168, minInsyncReplicas: 1 };
    const { name, partitions, config } = topicConfig(table, asked);
    const store = openMskStore(dataDir);
    const newId = () => "00000000-0000-4000-8000-000000000000";
    const lifecycle = createMskLifecycle({ store, topics: createTopicOperations(broker), now: Date.now, newId });
    const where = { account: "000000000000", region: "us-east-1", logicalId: "Topic", stack: "s" };
    const cluster = { type: "AWS::MSK::Cluster", previous: {}, desired: { ClusterName: "c" }, ...where };
    const { Arn: ClusterArn } = await lifecycle({ ...cluster, action: "create" });
    const model = (settings: Readonly<Record<string, string>>) => ({
      ...{ ClusterArn, TopicName: name, PartitionCount: partitions, ReplicationFactor: 1 },
      Configs: encodeConfigs(settings),
    });
    const deploy = { type: "AWS::MSK::Topic", ...where };
    await lifecycle({ ...deploy, action: "create", previous: {}, desired: model(config) });
    expect(await broker.config(name)).toMatchObject({ "retention.ms": "604800000", "segment.ms": "86400000" });
    const producer = real.kafka.producer();
    await producer.connect();
    await producer.send({ topic: name, messages: [{ value: "{}" }] });
    await producer.disconnect();

    const shorter = topicConfig(table, { ...asked, retentionHours: 6 }).config;
    await lifecycle({ ...deploy, action: "update", previous: model(config), desired: model(shorter) });
    expect(await broker.config(name)).toEqual({ ...shorter, "retention.ms": "21600000", "segment.ms": "21600000" });
    await broker.remove(name);
  });

  it("adds partitions, and refuses to take any away", async () => {
    await broker.grow("orders", 3);
    expect((await broker.topic("orders"))?.partitions).toHaveLength(3);
    const error = toMskError(await broker.grow("orders", 1).catch((thrown: unknown) => thrown));
    expect(error).toMatchObject({ code: "KafkaRequestException", statusCode: 400 });
  });

  it("names what the broker refuses, and works on after it", async () => {
    const config = { "no.such.setting": "1" };
    const error = toMskError(
      await broker.create({ ...topic, name: "wrong", config }).catch((thrown: unknown) => thrown),
    );
    expect(error).toMatchObject({ code: "KafkaRequestException", statusCode: 400 });
    expect(await broker.topic("wrong")).toBeNull();
  });

  it("lists and removes topics, without the broker's own", async () => {
    expect((await broker.topics()).map((described) => described.topic)).toEqual(["orders"]);
    await broker.remove("orders");
    expect(await broker.topics()).toEqual([]);
  });
});
