import { Fn, Stack } from "aws-cdk-lib";
import type { RemovalPolicy } from "aws-cdk-lib";
import { Port, SecurityGroup } from "aws-cdk-lib/aws-ec2";
import { Grant } from "aws-cdk-lib/aws-iam";
import type { IGrantable } from "aws-cdk-lib/aws-iam";
import { CfnCluster, CfnConfiguration } from "aws-cdk-lib/aws-msk";
import type { IBucket } from "aws-cdk-lib/aws-s3";
import { Construct } from "constructs";
import type { kafkaEnvironment } from "../../lambdas/core/env.ts";
import { resourceName } from "../config.ts";
import type { StageConfig } from "../config.ts";
import { acknowledge, acknowledgeWildcards } from "./acknowledge.ts";
import type { Network } from "./network.ts";

export interface KafkaClusterProps {
  readonly config: StageConfig;
  readonly network: Network;
  /** Receives the brokers' logs. */
  readonly logs: IBucket;
  readonly removalPolicy: RemovalPolicy;
}

/** What the two ways of authentication mean for the listener; `none` speaks plain text and is for one machine only. */
const LISTENERS = {
  iam: {
    port: 9098,
    clientBroker: "TLS",
    authentication: { sasl: { iam: { enabled: true } }, unauthenticated: { enabled: false } },
    findings: {},
  },
  none: {
    port: 9092,
    clientBroker: "PLAINTEXT",
    authentication: { unauthenticated: { enabled: true } },
    findings: {
      "AwsSolutions-MSK2": "Brokers without authentication listen on the loopback interface of one machine.",
    },
  },
} as const;

/** Provisioned Graviton brokers that lose nothing acknowledged, and the grants of their clients. */
export class KafkaCluster extends Construct {
  readonly arn: string;
  readonly name: string;
  readonly environment: Readonly<Record<keyof typeof kafkaEnvironment, string>>;

  constructor(scope: Construct, id: string, props: KafkaClusterProps) {
    super(scope, id);
    const { config, network } = props;
    const listener = LISTENERS[config.kafka.auth];
    this.name = resourceName(config);

    const brokers = new SecurityGroup(this, "Brokers", { vpc: network.vpc, description: "Kafka brokers" });
    brokers.addIngressRule(network.kafkaClients, Port.tcp(listener.port), "Functions that produce or measure");
    brokers.addIngressRule(brokers, Port.tcp(listener.port), "Event pollers carry this group");

    const configuration = new CfnConfiguration(this, "Configuration", {
      name: `${this.name}-${config.kafka.version.replaceAll(".", "-")}`,
      kafkaVersionsList: [config.kafka.version],
      serverProperties: serverProperties(config.kafka),
    });
    const cluster = new CfnCluster(this, "Cluster", {
      clusterName: this.name,
      kafkaVersion: config.kafka.version,
      numberOfBrokerNodes: config.kafka.brokers,
      brokerNodeGroupInfo: {
        instanceType: config.kafka.brokerType,
        clientSubnets: network.subnets.map((subnet) => subnet.subnetId),
        securityGroups: [brokers.securityGroupId],
        storageInfo: { ebsStorageInfo: { volumeSize: config.kafka.volumeGiB } },
      },
      configurationInfo: { arn: configuration.attrArn, revision: configuration.attrLatestRevisionRevision },
      clientAuthentication: listener.authentication,
      encryptionInfo: { encryptionInTransit: { clientBroker: listener.clientBroker, inCluster: true } },
      enhancedMonitoring: "PER_TOPIC_PER_BROKER",
      loggingInfo: { brokerLogs: { s3: { enabled: true, bucket: props.logs.bucketName, prefix: "kafka/" } } },
    });
    cluster.applyRemovalPolicy(props.removalPolicy);
    acknowledge(cluster, listener.findings);
    this.arn = cluster.attrArn;
    this.environment = { KAFKA_CLUSTER_ARN: this.arn, KAFKA_AUTH: config.kafka.auth };
  }

  /** Finding the brokers and connecting to them: what every client needs. */
  grantConnect(grantee: IGrantable): Grant {
    return Grant.addToPrincipal({
      grantee,
      actions: [
        "kafka:GetBootstrapBrokers",
        "kafka:DescribeCluster",
        "kafka:DescribeClusterV2",
        "kafka-cluster:Connect",
        "kafka-cluster:DescribeCluster",
        "kafka-cluster:DescribeClusterDynamicConfiguration",
      ],
      resourceArns: [this.arn],
    });
  }

  /** Reading where topics end and how far consumer groups are. @param patterns topics. @param groups names; `*` allowed */
  grantDescribe(grantee: IGrantable, patterns: readonly string[], groups: readonly string[]): Grant {
    this.grantGroups(grantee, groups, ["kafka-cluster:DescribeGroup"]);
    return this.grantTopics(grantee, patterns, ["kafka-cluster:DescribeTopic"]);
  }

  /** Idempotent, acknowledged writes. */
  grantProduce(grantee: IGrantable, patterns: readonly string[]): Grant {
    Grant.addToPrincipal({
      grantee,
      actions: ["kafka-cluster:WriteDataIdempotently"],
      resourceArns: [this.arn],
    });
    return this.grantTopics(grantee, patterns, ["kafka-cluster:DescribeTopic", "kafka-cluster:WriteData"]);
  }

  /** Reading within consumer groups. @param groups names, `*` allowed */
  grantConsume(grantee: IGrantable, patterns: readonly string[], groups: readonly string[]): Grant {
    this.grantGroups(grantee, groups, ["kafka-cluster:AlterGroup", "kafka-cluster:DescribeGroup"]);
    return this.grantTopics(grantee, patterns, ["kafka-cluster:DescribeTopic", "kafka-cluster:ReadData"]);
  }

  private grantTopics(grantee: IGrantable, patterns: readonly string[], actions: string[]): Grant {
    const resourceArns = patterns.map((pattern) => this.arnOf("topic", pattern));
    acknowledgeWildcards(grantee, resourceArns, "The topics of an area: a policy cannot hold each table's.");
    return Grant.addToPrincipal({ grantee, actions, resourceArns });
  }

  private grantGroups(grantee: IGrantable, groups: readonly string[], actions: string[]): Grant {
    const resourceArns = groups.map((group) => this.arnOf("group", group));
    acknowledgeWildcards(grantee, resourceArns, "One consumer group per topic: a policy cannot hold each.");
    return Grant.addToPrincipal({ grantee, actions, resourceArns });
  }

  /** `arn:...:<kind>/<cluster name>/<cluster uuid>/<name>`. */
  private arnOf(kind: "topic" | "group", name: string): string {
    const uuid = Fn.select(2, Fn.split("/", this.arn));
    return Stack.of(this).formatArn({ service: "kafka", resource: kind, resourceName: `${this.name}/${uuid}/${name}` });
  }
}

/** Broker settings; the defaults of MSK are not relied on where losing records depends on them. */
function serverProperties(kafka: StageConfig["kafka"]): string {
  const properties = {
    "auto.create.topics.enable": false,
    "unclean.leader.election.enable": false,
    "default.replication.factor": kafka.replicationFactor,
    "min.insync.replicas": kafka.minInsyncReplicas,
    "log.retention.hours": kafka.retentionHours,
    "allow.everyone.if.no.acl.found": kafka.auth === "none",
  };
  return Object.entries(properties)
    .map(([name, value]) => `${name}=${value}\n`)
    .join("");
}
