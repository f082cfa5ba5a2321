import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "@jest/globals";
import { createMsk } from "../../../../localstack/services/msk/service.ts";
import { openMskStore } from "../../../../localstack/services/msk/store.ts";
import { fakeBroker } from "./fake-broker.ts";

const context = { region: "us-east-1", account: "000000000000" };
const base64 = (text: string): string => Buffer.from(text).toString("base64");

describe("the local MSK", () => {
  let dataDir: string;
  let ids: number;
  let broker: ReturnType<typeof fakeBroker>;
  const open = () =>
    createMsk({
      broker: broker.broker,
      store: openMskStore(dataDir),
      bootstrap: "127.0.0.1:9092",
      now: () => 0,
      newId: () => `id-${(ids += 1)}`,
    });
  const lifecycle = async (
    msk: ReturnType<typeof open>,
    action: "create" | "update" | "delete",
    type: string,
    desired: Record<string, unknown>,
    previous: Record<string, unknown> = {},
  ) => msk.cfn({ action, type, logicalId: "X", stack: "s", ...context, desired, previous });
  const makeCluster = async (msk: ReturnType<typeof open>, changes: Record<string, unknown> = {}) =>
    String((await lifecycle(msk, "create", "AWS::MSK::Cluster", { ClusterName: "demo", ...changes }))["Arn"]);

  beforeEach(() => {
    dataDir = mkdtempSync(path.join(tmpdir(), "millrace-msk-"));
    ids = 0;
    broker = fakeBroker();
  });
  afterEach(() => rmSync(dataDir, { recursive: true }));

  it("answers the bootstrap string of the cluster's authentication", async () => {
    const msk = open();
    const plain = await makeCluster(msk);
    const iam = await makeCluster(msk, {
      ClusterName: "iam",
      ClientAuthentication: { Sasl: { Iam: { Enabled: true } } },
    });
    expect(await msk.handle("GetBootstrapBrokers", { clusterArn: plain }, context)).toEqual({
      bootstrapBrokerString: "127.0.0.1:9092",
    });
    expect(await msk.handle("GetBootstrapBrokers", { clusterArn: iam }, context)).toEqual({
      bootstrapBrokerStringSaslIam: "127.0.0.1:9092",
    });
  });

  it("describes a cluster as it was declared, in both versions of the API, and after a restart", async () => {
    const clusterArn = await makeCluster(open(), {
      KafkaVersion: "4.0.x.kraft",
      NumberOfBrokerNodes: "2",
      EnhancedMonitoring: "DEFAULT",
      BrokerNodeGroupInfo: { ClientSubnets: ["a"], StorageInfo: { EBSStorageInfo: { VolumeSize: 10 } } },
      Tags: { Project: "millrace" },
    });
    const msk = open();
    const details = {
      numberOfBrokerNodes: 2,
      enhancedMonitoring: "DEFAULT",
      brokerNodeGroupInfo: { clientSubnets: ["a"], storageInfo: { ebsStorageInfo: { volumeSize: 10 } } },
      currentBrokerSoftwareInfo: { kafkaVersion: "4.0.x.kraft" },
    };
    const common = { clusterArn, clusterName: "demo", state: "ACTIVE", tags: { Project: "millrace" } };
    expect(await msk.handle("DescribeCluster", { clusterArn }, context)).toMatchObject({
      clusterInfo: { ...common, ...details },
    });
    expect(await msk.handle("DescribeClusterV2", { clusterArn }, context)).toMatchObject({
      clusterInfo: { ...common, clusterType: "PROVISIONED", provisioned: details },
    });
  });

  it("lists clusters page by page", async () => {
    const msk = open();
    for (const name of ["a-1", "a-2", "b-1"]) await makeCluster(msk, { ClusterName: name });
    const first = await msk.handle("ListClustersV2", { clusterNameFilter: "a", maxResults: "1" }, context);
    expect(first).toMatchObject({ clusterInfoList: [{ clusterName: "a-1" }], nextToken: "1" });
    const second = await msk.handle("ListClusters", { clusterNameFilter: "a", nextToken: "1" }, context);
    expect(second).toEqual({ clusterInfoList: [expect.objectContaining({ clusterName: "a-2" })] });
  });

  it("keeps a cluster's ARN through updates and when its stack is made anew", async () => {
    const msk = open();
    const arn = await makeCluster(msk);
    const updated = await lifecycle(
      msk,
      "update",
      "AWS::MSK::Cluster",
      { ClusterName: "demo", Arn: arn },
      { Arn: arn },
    );
    expect(updated).toMatchObject({ Arn: arn, CurrentVersion: "K2" });
    expect(await makeCluster(open())).toBe(arn);
  });

  it("creates topics with what one broker can hold", async () => {
    const msk = open();
    const ClusterArn = await makeCluster(msk);
    const Configs = base64("# comment\nretention.ms = 1000\nmin.insync.replicas=2\n");
    const desired = { ClusterArn, TopicName: "t", PartitionCount: 3, ReplicationFactor: 3, Configs };
    const model = await lifecycle(msk, "create", "AWS::MSK::Topic", desired);
    expect(model).toEqual({ ...desired, TopicArn: `${ClusterArn.replace(":cluster/", ":topic/")}/t` });
    expect(broker.topics.get("t")).toEqual({
      partitions: 3,
      replicas: 1,
      config: { "retention.ms": "1000", "min.insync.replicas": "1" },
    });
    expect(await msk.handle("DescribeTopic", { clusterArn: ClusterArn, topicName: "t" }, context)).toMatchObject({
      status: "ACTIVE",
      configs: base64("min.insync.replicas=1\nretention.ms=1000"),
    });
  });

  it("lets partitions grow, never shrink", async () => {
    const msk = open();
    const ClusterArn = await makeCluster(msk);
    const topic = { ClusterArn, TopicName: "t", PartitionCount: 2, ReplicationFactor: 1 };
    await lifecycle(msk, "create", "AWS::MSK::Topic", topic);
    await lifecycle(msk, "update", "AWS::MSK::Topic", { ...topic, PartitionCount: 4 }, topic);
    expect(broker.topics.get("t")?.partitions).toBe(4);
    await expect(lifecycle(msk, "update", "AWS::MSK::Topic", topic, topic)).rejects.toThrow(
      "The topic t has 4 partitions; Kafka cannot take any away (asked: 2).",
    );
  });

  it("adopts a topic that a forgotten stack left, by CloudFormation only", async () => {
    const msk = open();
    const ClusterArn = await makeCluster(msk);
    const topic = { ClusterArn, TopicName: "t", PartitionCount: 1, ReplicationFactor: 1 };
    await lifecycle(msk, "create", "AWS::MSK::Topic", topic);
    await lifecycle(msk, "create", "AWS::MSK::Topic", { ...topic, PartitionCount: 2 });
    expect(broker.topics.get("t")?.partitions).toBe(2);
    const input = { clusterArn: ClusterArn, topicName: "t", partitionCount: 1, replicationFactor: 1 };
    await expect(msk.handle("CreateTopic", input, context)).rejects.toMatchObject({
      code: "TopicExistsException",
      statusCode: 409,
    });
  });

  it("deletes topics, also those already gone", async () => {
    const msk = open();
    const ClusterArn = await makeCluster(msk);
    const topic = { ClusterArn, TopicName: "t", PartitionCount: 1, ReplicationFactor: 1 };
    await lifecycle(msk, "create", "AWS::MSK::Topic", topic);
    for (let times = 0; times < 2; times += 1) {
      expect(await lifecycle(msk, "delete", "AWS::MSK::Topic", {}, topic)).toEqual({});
    }
    expect(broker.topics.size).toBe(0);
  });

  it("keeps the revisions of a configuration", async () => {
    const msk = open();
    const type = "AWS::MSK::Configuration";
    const desired = { Name: "c", ServerProperties: "min.insync.replicas=2", KafkaVersionsList: ["4.0.x"] };
    const made = await lifecycle(msk, "create", type, desired);
    expect(made).toMatchObject({ LatestRevision: { Revision: 1 } });
    const changed = { ...desired, ServerProperties: "min.insync.replicas=1" };
    expect(await lifecycle(msk, "update", type, changed, made)).toMatchObject({
      Arn: made["Arn"],
      LatestRevision: { Revision: 2 },
    });
    const revision = await msk.handle("DescribeConfigurationRevision", { arn: made["Arn"], revision: "1" }, context);
    expect(revision).toMatchObject({ serverProperties: base64("min.insync.replicas=2"), revision: 1 });
  });

  it.each([
    ["DescribeCluster", { clusterArn: "arn:aws:kafka:us-east-1:000000000000:cluster/x/1" }, "NotFoundException", 404],
    ["DescribeCluster", { clusterArn: "demo" }, "BadRequestException", 400],
    ["RebootBroker", {}, "BadRequestException", 400],
  ])("%s of %j is a %s", async (operation, input, code, statusCode) => {
    await expect(open().handle(operation, input, context)).rejects.toMatchObject({ code, statusCode });
  });

  it.each([
    [{ topicName: "a b" }, "topicName"],
    [{ partitionCount: 0 }, "partitionCount"],
    [{ configs: "no base64!" }, "configs"],
    [{ configs: base64("retention") }, "configs"],
  ])("CreateTopic with %j names the parameter", async (changes, invalidParameter) => {
    const msk = open();
    const clusterArn = await makeCluster(msk);
    const input = { clusterArn, topicName: "t", partitionCount: 1, replicationFactor: 1, ...changes };
    await expect(msk.handle("CreateTopic", input, context)).rejects.toMatchObject({
      code: "BadRequestException",
      fields: { invalidParameter },
    });
  });
});
