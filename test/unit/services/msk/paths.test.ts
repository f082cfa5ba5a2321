import { describe, expect, it } from "@jest/globals";
import { readRestInput } from "../../../../localstack/services/msk/paths.ts";

const arn = "arn:aws:kafka:us-east-1:000000000000:cluster/demo/1d2c-1";
const none = Buffer.alloc(0);

describe("the REST paths of MSK", () => {
  it.each([encodeURIComponent(arn), arn])("find the ARN in %s, encoded or not", (text) => {
    expect(readRestInput("GetBootstrapBrokers", `/v1/clusters/${text}/bootstrap-brokers`, none)).toEqual({
      clusterArn: arn,
    });
    expect(readRestInput("DescribeTopicPartitions", `/v1/clusters/${text}/topics/a.b_c-d/partitions`, none)).toEqual({
      clusterArn: arn,
      topicName: "a.b_c-d",
    });
  });

  it("join path, query and body", () => {
    const body = Buffer.from('{"topicName":"t","partitionCount":3}');
    expect(readRestInput("CreateTopic", `/v1/clusters/${encodeURIComponent(arn)}/topics?x=1`, body)).toEqual({
      clusterArn: arn,
      topicName: "t",
      partitionCount: 3,
      x: "1",
    });
  });

  it("refuse what is no path, no operation or no JSON", () => {
    expect(() => readRestInput("ListNodes", "/v1/nodes", none)).toThrow("/v1/nodes is not a path of ListNodes.");
    expect(() => readRestInput("CreateReplicator", "/replication/v1/replicators", none)).toThrow("CreateReplicator");
    expect(() => readRestInput("ListClusters", "/v1/clusters", Buffer.from("["))).toThrow("not a JSON object");
  });
});
