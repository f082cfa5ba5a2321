import { afterAll, beforeAll, describe, expect, it } from "@jest/globals";
import { CloudWatchClient, ListDashboardsCommand } from "@aws-sdk/client-cloudwatch";
import { GetBootstrapBrokersCommand, KafkaClient } from "@aws-sdk/client-kafka";
import type { CloudUnderTest, ServiceCall } from "./cloud-under-test.ts";
import { startCloudUnderTest } from "./cloud-under-test.ts";
import { openStacks } from "./stacks.ts";
import type { Stacks } from "./stacks.ts";

/** In the manner of CDK's own custom resources: by HTTPS, whatever the response URL says. */
const CUSTOM_RESOURCE = `
const https = require("node:https");
exports.handler = async (event) => {
  const url = new URL(event.ResponseURL);
  const deletes = event.RequestType === "Delete";
  const Reason = deletes && event.PhysicalResourceId !== "schema-1" ? "Not mine: " + event.PhysicalResourceId
    : event.ResourceProperties[deletes ? "FailDelete" : "Fail"];
  const body = JSON.stringify({
    Status: Reason ? "FAILED" : "SUCCESS", Reason,
    PhysicalResourceId: "schema-1", StackId: event.StackId, RequestId: event.RequestId, LogicalResourceId: event.LogicalResourceId,
    Data: { Seen: JSON.stringify([event.RequestType, event.ResourceProperties.Version, event.OldResourceProperties?.Version ?? null]) },
  });
  await new Promise((resolve, reject) => {
    const request = https.request({ hostname: url.hostname, path: url.pathname, method: "PUT",
      headers: { "content-type": "", "content-length": Buffer.byteLength(body) } }, (response) => { response.resume(); resolve(); });
    request.on("error", reject);
    request.end(body);
  });
};
`;

let cloud: CloudUnderTest;
let stacks: Stacks;

/** Logical ids that the services refuse to delete. */
const undeletable = new Set<string>();

/** The life cycle of the types that the project's services hold. */
function answer({ path, body }: ServiceCall): unknown {
  if (path !== "/cfn") return { bootstrapBrokerString: "127.0.0.1:9092" };
  const model: Record<string, unknown> = { ...asObject(body.previous), ...asObject(body.desired) };
  if (model.ClusterName === "refused") return { error: "ClusterName refused is not allowed here: choose another." };
  if (body.action === "delete" && undeletable.has(String(body.logicalId))) return { error: "It is still in use." };
  if (body.type === "AWS::MSK::Topic")
    return { model: { ...model, TopicArn: "arn:aws:kafka:us-east-1:000000000000:topic/shop/1/orders" } };
  if (body.type === "AWS::MSK::Configuration") {
    return {
      model: {
        ...model,
        Arn: "arn:aws:kafka:us-east-1:000000000000:configuration/shop/1",
        LatestRevision: { Revision: 1 },
      },
    };
  }
  if (body.type === "AWS::MSK::Cluster")
    return { model: { ...model, Arn: "arn:aws:kafka:us-east-1:000000000000:cluster/shop/1" } };
  if (body.type === "AWS::RedshiftServerless::Workgroup") {
    return { model: { ...model, Workgroup: { Endpoint: { Address: "127.0.0.1", Port: 5439 } } } };
  }
  return { model };
}

const asObject = (value: unknown): object => (typeof value === "object" && value !== null ? value : {});

beforeAll(async () => {
  cloud = await startCloudUnderTest(answer);
  stacks = openStacks(cloud.client);
}, 120_000);

afterAll(async () => {
  await cloud.stop();
}, 60_000);

/** Deletes a stack. @returns also the logical ids that the services were asked to delete, in that order */
async function deleteStack(stack: string) {
  const before = cloud.calls.length;
  const outcome = await stacks.remove(stack);
  return { ...outcome, deleted: cloud.calls.slice(before).map(({ body }) => body.logicalId) };
}

const get = (id: string, attribute: string) => ({ "Fn::GetAtt": [id, attribute] });

const provider = {
  Role: {
    Type: "AWS::IAM::Role",
    Properties: {
      AssumeRolePolicyDocument: {
        Version: "2012-10-17",
        Statement: [{ Effect: "Allow", Principal: { Service: "lambda.amazonaws.com" }, Action: "sts:AssumeRole" }],
      },
    },
  },
  Provider: {
    Type: "AWS::Lambda::Function",
    Properties: {
      Runtime: "nodejs24.x",
      Handler: "index.handler",
      Role: get("Role", "Arn"),
      Code: { ZipFile: CUSTOM_RESOURCE },
    },
  },
};

describe("resource types by the project's services", () => {
  it("are created, read by Ref and GetAtt (numbers too), and deleted", async () => {
    const { status, outputs } = await stacks.deploy(
      "remote",
      {
        Cluster: { Type: "AWS::MSK::Cluster", Properties: { ClusterName: "shop" } },
        Namespace: { Type: "AWS::RedshiftServerless::Namespace", Properties: { NamespaceName: "shop" } },
        Workgroup: {
          Type: "AWS::RedshiftServerless::Workgroup",
          Properties: { WorkgroupName: "shop", NamespaceName: { Ref: "Namespace" } },
        },
      },
      {
        Cluster: { Ref: "Cluster" },
        Workgroup: { Ref: "Workgroup" },
        Port: get("Workgroup", "Workgroup.Endpoint.Port"),
      },
    );
    expect(status).toBe("CREATE_COMPLETE");
    expect(outputs).toEqual({
      Cluster: "arn:aws:kafka:us-east-1:000000000000:cluster/shop/1",
      Workgroup: "shop",
      Port: "5439",
    });
    const [first] = cloud.calls.filter(({ path }) => path === "/cfn");
    expect(first?.body).toMatchObject({
      action: "create",
      type: "AWS::MSK::Cluster",
      logicalId: "Cluster",
      stack: "remote",
      region: "us-east-1",
      account: "000000000000",
      desired: { ClusterName: "shop" },
      previous: null,
    });
    const { status: end, deleted } = await deleteStack("remote");
    expect(end).toBe("DELETE_COMPLETE");
    expect([...deleted].sort()).toEqual(["Cluster", "Namespace", "Workgroup"]);
  }, 60_000);

  it("fail the stack with the services' own words", async () => {
    const { status, reasons } = await stacks.deploy("refused", {
      Cluster: { Type: "AWS::MSK::Cluster", Properties: { ClusterName: "refused" } },
    });
    expect(status).toBe("ROLLBACK_COMPLETE");
    expect(reasons.join("\n")).toContain("ClusterName refused is not allowed here: choose another.");
  }, 60_000);
});

describe("deleting a stack", () => {
  const resources = {
    Configuration: { Type: "AWS::MSK::Configuration", Properties: { Name: "shop" } },
    Cluster: {
      Type: "AWS::MSK::Cluster",
      Properties: {
        ClusterName: "shop",
        ConfigurationInfo: {
          Arn: get("Configuration", "Arn"),
          Revision: get("Configuration", "LatestRevision.Revision"),
        },
      },
    },
    Topic: { Type: "AWS::MSK::Topic", Properties: { TopicName: "orders", ClusterArn: get("Cluster", "Arn") } },
  };
  it("reads attributes that are numbers, to update and to delete", async () => {
    expect(await stacks.deploy("numbers", resources)).toMatchObject({ status: "CREATE_COMPLETE" });
    const larger = structuredClone(resources) as typeof resources & { Cluster: { Properties: object } };
    Object.assign(larger.Cluster.Properties, { NumberOfBrokerNodes: 6 });
    expect(await stacks.deploy("numbers", larger, {}, "UPDATE")).toMatchObject({ status: "UPDATE_COMPLETE" });
    expect(await deleteStack("numbers")).toMatchObject({
      status: "DELETE_COMPLETE",
      deleted: ["Topic", "Cluster", "Configuration"],
    });
    expect(await stacks.deploy("numbers", resources)).toMatchObject({ status: "CREATE_COMPLETE" });
    expect(await deleteStack("numbers")).toMatchObject({ status: "DELETE_COMPLETE" });
  }, 60_000);

  it("fails when a resource cannot be deleted, after the others, and goes on from there", async () => {
    await stacks.deploy("in-use", resources);
    undeletable.add("Topic");
    const failed = await deleteStack("in-use");
    expect(failed).toMatchObject({ status: "DELETE_FAILED", deleted: ["Topic", "Cluster", "Configuration"] });
    expect(failed.reasons).toContain("It is still in use.");
    undeletable.clear();
    expect(await deleteStack("in-use")).toMatchObject({ status: "DELETE_COMPLETE", deleted: ["Topic"] });
  }, 60_000);

  it("passes over what a failed deployment has not made", async () => {
    const failed = await stacks.deploy(
      "half",
      {
        Configuration: resources.Configuration,
        Cluster: { ...resources.Cluster, Properties: { ...resources.Cluster.Properties, ClusterName: "refused" } },
        Topic: resources.Topic,
      },
      { Name: { "Fn::Select": [1, { "Fn::Split": ["/", get("Topic", "TopicArn")] }] } },
    );
    expect(failed.status).toBe("ROLLBACK_COMPLETE");
    expect(await deleteStack("half")).toMatchObject({ status: "DELETE_COMPLETE", deleted: ["Configuration"] });
  }, 60_000);
});

describe("what nobody stands in for", () => {
  it("fails the stack when it is a resource type", async () => {
    const { status, reasons } = await stacks.deploy("unknown-type", {
      Db: { Type: "AWS::RDS::DBInstance", Properties: {} },
    });
    expect(status).toBe("ROLLBACK_COMPLETE");
    expect(reasons.join("\n")).toContain("AWS::RDS::DBInstance");
  }, 60_000);

  it("fails the stack when it is an attribute", async () => {
    const { status, reasons } = await stacks.deploy("unknown-attribute", {
      Cluster: { Type: "AWS::MSK::Cluster", Properties: { ClusterName: "shop" } },
      Topic: { Type: "AWS::MSK::Topic", Properties: { TopicName: get("Cluster", "Nonsense") } },
    });
    expect(status).toBe("ROLLBACK_COMPLETE");
    expect(reasons.join("\n")).toContain("Cluster (AWS::MSK::Cluster) has no attribute Nonsense");
  }, 60_000);
});

describe("own resource types", () => {
  it("are real for security group rules and dashboards, recorded for flow logs and metric filters", async () => {
    const group = (description: string) => ({
      Type: "AWS::EC2::SecurityGroup",
      Properties: { GroupDescription: description, VpcId: { Ref: "Vpc" } },
    });
    const rule = { IpProtocol: "tcp", FromPort: 9098, ToPort: 9098, GroupId: get("Server", "GroupId") };
    const { status, outputs, reasons } = await stacks.deploy(
      "own",
      {
        Vpc: { Type: "AWS::EC2::VPC", Properties: { CidrBlock: "10.0.0.0/16" } },
        Server: group("server"),
        Client: group("client"),
        In: {
          Type: "AWS::EC2::SecurityGroupIngress",
          Properties: { ...rule, SourceSecurityGroupId: get("Client", "GroupId") },
        },
        Out: {
          Type: "AWS::EC2::SecurityGroupEgress",
          Properties: { ...rule, CidrIp: "10.0.0.0/16", Description: "brokers" },
        },
        Board: {
          Type: "AWS::CloudWatch::Dashboard",
          Properties: { DashboardName: "flow", DashboardBody: '{"widgets":[]}' },
        },
        Flow: {
          Type: "AWS::EC2::FlowLog",
          Properties: { ResourceId: { Ref: "Vpc" }, ResourceType: "VPC", TrafficType: "REJECT" },
        },
        Filter: {
          Type: "AWS::Logs::MetricFilter",
          Properties: { LogGroupName: "any", FilterPattern: "", MetricTransformations: [] },
        },
      },
      { In: { Ref: "In" }, Out: { Ref: "Out" }, Flow: { Ref: "Flow" } },
    );
    expect(reasons.filter((reason) => reason !== "User Initiated")).toEqual([]);
    expect(status).toBe("CREATE_COMPLETE");
    expect(outputs).toMatchObject({
      In: expect.stringMatching(/^sgr-/),
      Out: expect.stringMatching(/^sgr-/),
      Flow: expect.stringMatching(/^fl-/),
    });
    const { DashboardEntries } = await new CloudWatchClient(cloud.client).send(new ListDashboardsCommand({}));
    expect(DashboardEntries?.map(({ DashboardName }) => DashboardName)).toEqual(["flow"]);
  }, 60_000);
});

describe("custom resources", () => {
  const schema = (properties: object) => ({
    Type: "Custom::WarehouseSchema",
    Properties: { ServiceToken: get("Provider", "Arn"), ...properties },
  });

  it("are created, updated and deleted by their function, and give its data", async () => {
    const outputs = { Seen: get("Schema", "Seen"), Id: { Ref: "Schema" } };
    const created = await stacks.deploy("custom", { ...provider, Schema: schema({ Version: "1" }) }, outputs);
    expect(created).toMatchObject({
      status: "CREATE_COMPLETE",
      outputs: { Seen: '["Create","1",null]', Id: "schema-1" },
    });
    const updated = await stacks.deploy("custom", { ...provider, Schema: schema({ Version: "2" }) }, outputs, "UPDATE");
    expect(updated).toMatchObject({ status: "UPDATE_COMPLETE", outputs: { Seen: '["Update","2","1"]' } });
    expect((await deleteStack("custom")).status).toBe("DELETE_COMPLETE");
  }, 60_000);

  it("keep their stack when their function does not delete them", async () => {
    await stacks.deploy("custom-stays", { ...provider, Schema: schema({ FailDelete: "the schema is in use" }) });
    const { status, reasons } = await deleteStack("custom-stays");
    expect(status).toBe("DELETE_FAILED");
    expect(reasons).toContain("the schema is in use");
  }, 60_000);

  it("fail the stack with the function's reason", async () => {
    const { status, reasons } = await stacks.deploy("custom-fails", {
      ...provider,
      Schema: schema({ Fail: "column price cannot be narrowed" }),
    });
    expect(status).toBe("ROLLBACK_COMPLETE");
    expect(reasons.join("\n")).toContain("column price cannot be narrowed");
  }, 60_000);
});

describe("forwarded services", () => {
  it("reach the project's services with what LocalStack knows of the call", async () => {
    const kafka = new KafkaClient(cloud.client);
    const ClusterArn = "arn:aws:kafka:us-east-1:000000000000:cluster/shop/1";
    const { BootstrapBrokerString } = await kafka.send(new GetBootstrapBrokersCommand({ ClusterArn }));
    expect(BootstrapBrokerString).toBe("127.0.0.1:9092");
    expect(cloud.calls.at(-1)).toMatchObject({
      path: `/v1/clusters/${encodeURIComponent(ClusterArn)}/bootstrap-brokers`,
      headers: {
        "x-millrace-service": "kafka",
        "x-millrace-operation": "GetBootstrapBrokers",
        "x-millrace-region": "us-east-1",
        "x-millrace-account": "000000000000",
      },
    });
  });
});
