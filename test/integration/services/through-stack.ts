import { KafkaClient, ListClustersCommand, ListConfigurationsCommand } from "@aws-sdk/client-kafka";
import {
  ListNamespacesCommand,
  ListWorkgroupsCommand,
  RedshiftServerlessClient,
} from "@aws-sdk/client-redshift-serverless";
import { ListSecretsCommand, SecretsManagerClient } from "@aws-sdk/client-secrets-manager";
import { Kafka, logLevel } from "kafkajs";
import { Client } from "pg";
import type { TestCloud } from "./local-cloud.ts";

/** A stack with one resource of each type that the services own. */
export const throughTemplate = (partitions: number): string =>
  JSON.stringify({
    Resources: {
      Configuration: {
        Type: "AWS::MSK::Configuration",
        Properties: { Name: "through", KafkaVersionsList: ["4.0.x.kraft"], ServerProperties: "log.retention.hours=1" },
      },
      Cluster: {
        Type: "AWS::MSK::Cluster",
        Properties: {
          ClusterName: "through",
          ConfigurationInfo: {
            Arn: { "Fn::GetAtt": ["Configuration", "Arn"] },
            Revision: { "Fn::GetAtt": ["Configuration", "LatestRevision.Revision"] },
          },
          KafkaVersion: "4.0.x.kraft",
          NumberOfBrokerNodes: 2,
          BrokerNodeGroupInfo: { InstanceType: "kafka.m7g.large", ClientSubnets: ["subnet-1", "subnet-2"] },
        },
      },
      Topic: {
        Type: "AWS::MSK::Topic",
        Properties: {
          ClusterArn: { Ref: "Cluster" },
          TopicName: "through_orders",
          PartitionCount: partitions,
          ReplicationFactor: 2,
          Configs: Buffer.from("retention.ms=86400000").toString("base64"),
        },
      },
      Namespace: {
        Type: "AWS::RedshiftServerless::Namespace",
        Properties: {
          NamespaceName: "through",
          DbName: "through",
          AdminUsername: "boss",
          ManageAdminPassword: true,
        },
      },
      Workgroup: {
        Type: "AWS::RedshiftServerless::Workgroup",
        Properties: { WorkgroupName: "through", NamespaceName: { Ref: "Namespace" }, SubnetIds: ["a", "b", "c"] },
      },
    },
    Outputs: {
      ClusterArn: { Value: { Ref: "Cluster" } },
      TopicArn: { Value: { "Fn::GetAtt": ["Topic", "TopicArn"] } },
      Port: { Value: { "Fn::GetAtt": ["Workgroup", "Workgroup.Endpoint.Port"] } },
    },
  });

/** What the services and the engines behind them have. */
export async function standing(cloud: TestCloud, warehouseUrl: string) {
  const [kafka, redshift, secrets] = [
    new KafkaClient(cloud.aws),
    new RedshiftServerlessClient(cloud.aws),
    new SecretsManagerClient(cloud.aws),
  ];
  const admin = new Kafka({ brokers: [cloud.kafka], logLevel: logLevel.NOTHING }).admin();
  await admin.connect();
  const topics = await admin.listTopics();
  await admin.disconnect();
  const database = new Client({ connectionString: warehouseUrl });
  await database.connect();
  const { rows } = await database.query<{ datname: string }>("SELECT datname FROM pg_database");
  await database.end();
  const [clusters, configurations, namespaces, workgroups, secretList] = await Promise.all([
    kafka.send(new ListClustersCommand({})),
    kafka.send(new ListConfigurationsCommand({})),
    redshift.send(new ListNamespacesCommand({})),
    redshift.send(new ListWorkgroupsCommand({})),
    secrets.send(new ListSecretsCommand({})),
  ]);
  return {
    clusters: clusters.ClusterInfoList?.map(({ ClusterName }) => ClusterName),
    configurations: configurations.Configurations?.map(({ Name }) => Name),
    topics: topics.filter((name) => name.startsWith("through_")),
    namespaces: namespaces.namespaces?.map(({ namespaceName }) => namespaceName),
    workgroups: workgroups.workgroups?.map(({ workgroupName }) => workgroupName),
    secrets: secretList.SecretList?.map(({ Name }) => Name),
    databases: rows.map(({ datname }) => datname).filter((name) => name === "through"),
  };
}
