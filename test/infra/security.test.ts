import { describe, expect, it } from "@jest/globals";
import { STAGES } from "../../lib/config.ts";
import { resourcesOf, stage } from "./synth/index.ts";
import type { Resource, StackTemplate } from "./synth/shape.ts";

const properties = (template: StackTemplate, type: string): readonly Resource["Properties"][] => {
  const found = resourcesOf(template, type).map(([, resource]) => resource.Properties);
  expect(found.length).toBeGreaterThan(0);
  return found;
};

describe.each(STAGES)("security of stage %s", (name) => {
  const { Data, Pipeline, Observability } = stage(name).templates;

  it("buckets are encrypted, private, logged and answer to TLS only", () => {
    for (const bucket of properties(Data, "AWS::S3::Bucket")) {
      expect(bucket).toMatchObject({
        BucketEncryption: {
          ServerSideEncryptionConfiguration: [{ ServerSideEncryptionByDefault: { SSEAlgorithm: "AES256" } }],
        },
        PublicAccessBlockConfiguration: {
          BlockPublicAcls: true,
          BlockPublicPolicy: true,
          IgnorePublicAcls: true,
          RestrictPublicBuckets: true,
        },
      });
      expect(bucket).toHaveProperty("LifecycleConfiguration");
    }
    const logged = properties(Data, "AWS::S3::Bucket").filter((bucket) => "LoggingConfiguration" in bucket);
    expect(logged).toHaveLength(2);
    for (const { PolicyDocument } of properties(Data, "AWS::S3::BucketPolicy")) {
      const text = JSON.stringify(PolicyDocument);
      expect(text).toContain('"aws:SecureTransport":"false"');
      expect(text).toContain('"s3:TlsVersion":1.2');
    }
  });

  it("what is landed and quarantined outlives its stack", () => {
    const kept = ["AWS::S3::Bucket", "AWS::MSK::Cluster", "AWS::MSK::Topic", "AWS::RedshiftServerless::Namespace"];
    for (const [, resource] of Object.entries(Data.Resources).filter(([, { Type }]) => kept.includes(Type))) {
      expect(resource.DeletionPolicy).toBe("RetainExceptOnCreate");
      expect(resource.UpdateReplacePolicy).toBe("Retain");
    }
  });

  it("the network has no way to the internet, and names its zones", () => {
    const types = new Set(Object.values(Data.Resources).map(({ Type }) => Type));
    expect(types).not.toContain("AWS::EC2::NatGateway");
    expect(types).not.toContain("AWS::EC2::InternetGateway");
    expect(types).not.toContain("AWS::EC2::Route");
    expect(properties(Data, "AWS::EC2::Subnet")).toHaveLength(3);
    for (const subnet of properties(Data, "AWS::EC2::Subnet")) {
      expect(subnet).toMatchObject({ MapPublicIpOnLaunch: false, AvailabilityZone: expect.stringMatching(/[abc]$/) });
    }
    expect(properties(Data, "AWS::EC2::FlowLog")).toHaveLength(1);
  });

  it("has an endpoint for each service that something in the network calls, and no other", () => {
    const services = properties(Data, "AWS::EC2::VPCEndpoint").map(({ ServiceName }) => JSON.stringify(ServiceName));
    const wanted = ["s3", "lambda", "sts", "secretsmanager", "kafka", "redshift-data"];
    for (const service of wanted) expect(services.some((found) => found.includes(`.${service}"`))).toBe(true);
    expect(services).toHaveLength(wanted.length);
  });

  it("servers let their clients in and nobody else", () => {
    for (const group of properties(Data, "AWS::EC2::SecurityGroup")) {
      const text = JSON.stringify(group["SecurityGroupIngress"] ?? []);
      expect(text).not.toContain("0.0.0.0/0");
    }
    for (const rule of properties(Data, "AWS::EC2::SecurityGroupIngress")) {
      expect(rule).toHaveProperty("SourceSecurityGroupId");
    }
    expect(resourcesOf(Pipeline, "AWS::EC2::SecurityGroup")).toEqual([]);
  });

  it("the warehouse is not public, has a managed password and reads what is landed only", () => {
    expect(properties(Data, "AWS::RedshiftServerless::Namespace")[0]).toMatchObject({
      ManageAdminPassword: true,
      LogExports: ["userlog", "connectionlog", "useractivitylog"],
    });
    expect(properties(Data, "AWS::RedshiftServerless::Namespace")[0]).not.toHaveProperty("AdminUserPassword");
    expect(properties(Data, "AWS::RedshiftServerless::Workgroup")[0]).toMatchObject({
      PubliclyAccessible: false,
      EnhancedVpcRouting: true,
    });
    const [, copy] = resourcesOf(Data, "AWS::IAM::Policy").find(([id]) => id.includes("CopyRole")) ?? [];
    const text = JSON.stringify(copy?.Properties["PolicyDocument"]);
    expect(text).toContain("/landing/*");
    expect(text).toContain("/manifests/*");
    expect(text).not.toMatch(/PutObject|DeleteObject|\/state\/|quarantine/i);
  });

  it("functions run on Node 24 and ARM64, with a log that ends", () => {
    for (const lambda of properties(Pipeline, "AWS::Lambda::Function")) {
      expect(lambda).toMatchObject({
        Runtime: "nodejs24.x",
        Architectures: ["arm64"],
        LoggingConfig: { LogGroup: expect.anything() },
      });
    }
    for (const log of properties(Pipeline, "AWS::Logs::LogGroup")) {
      expect(log["RetentionInDays"]).toBeGreaterThan(0);
    }
  });

  it("functions that reach MySQL or the brokers are in the network, the others are not", () => {
    const inside = resourcesOf(Pipeline, "AWS::Lambda::Function")
      .filter(([, lambda]) => "VpcConfig" in lambda.Properties)
      .map(([id]) => id.replace(/Function[0-9A-F]{8}$/, ""));
    expect([...inside].sort()).toEqual([
      ...["CaptureChanges", "CaptureSnapshot", "LagMeasureLag", "ReconciliationReconcileTable"],
    ]);
  });

  it("queues and topic are encrypted or answer to TLS only", () => {
    for (const queue of properties(Pipeline, "AWS::SQS::Queue")) {
      expect(queue).toMatchObject({ SqsManagedSseEnabled: true, FifoQueue: true });
    }
    for (const { PolicyDocument } of [
      ...properties(Pipeline, "AWS::SQS::QueuePolicy"),
      ...properties(Observability, "AWS::SNS::TopicPolicy"),
    ]) {
      expect(JSON.stringify(PolicyDocument)).toContain('"aws:SecureTransport":"false"');
    }
  });
});

describe("brokers", () => {
  const cluster = (name: "local" | "prod"): unknown => properties(stage(name).templates.Data, "AWS::MSK::Cluster")[0];

  it("ask for IAM and speak TLS only, except on one machine", () => {
    expect(cluster("prod")).toMatchObject({
      ClientAuthentication: { Sasl: { Iam: { Enabled: true } }, Unauthenticated: { Enabled: false } },
      EncryptionInfo: { EncryptionInTransit: { ClientBroker: "TLS", InCluster: true } },
    });
    expect(cluster("local")).toMatchObject({ ClientAuthentication: { Unauthenticated: { Enabled: true } } });
  });

  it("are Graviton, one for each zone, and log", () => {
    expect(cluster("prod")).toMatchObject({
      NumberOfBrokerNodes: 3,
      BrokerNodeGroupInfo: { InstanceType: expect.stringMatching(/^kafka\.m7g\./) },
      LoggingInfo: { BrokerLogs: { S3: { Enabled: true } } },
    });
  });

  it("lose nothing that they acknowledged", () => {
    const [configuration] = properties(stage("prod").templates.Data, "AWS::MSK::Configuration");
    const lines = String(configuration?.["ServerProperties"]).split("\n");
    expect(lines).toEqual(
      expect.arrayContaining([
        "unclean.leader.election.enable=false",
        "min.insync.replicas=2",
        "default.replication.factor=3",
        "auto.create.topics.enable=false",
        "allow.everyone.if.no.acl.found=false",
      ]),
    );
  });
});
