import type { RemovalPolicy } from "aws-cdk-lib";
import { CfnTopic } from "aws-cdk-lib/aws-msk";
import { Construct } from "constructs";
import type { AnyTable } from "../../schemas/model/table.ts";
import { topicConfig } from "../../schemas/topic.ts";
import type { KafkaConfig } from "../config.ts";
import type { KafkaCluster } from "./kafka-cluster.ts";

export interface TableTopicsProps {
  readonly cluster: KafkaCluster;
  readonly kafka: KafkaConfig;
  readonly tables: readonly AnyTable[];
  readonly removalPolicy: RemovalPolicy;
}

/** One topic per captured table. Its partitions stay as they are once records are in it, since keys would move. */
export class TableTopics extends Construct {
  constructor(scope: Construct, id: string, props: TableTopicsProps) {
    super(scope, id);
    const { kafka } = props;
    for (const table of props.tables) {
      const { name, partitions, config } = topicConfig(table, kafka);
      const topic = new CfnTopic(this, name, {
        clusterArn: props.cluster.arn,
        topicName: name,
        partitionCount: partitions,
        replicationFactor: kafka.replicationFactor,
        configs: encode(config),
      });
      topic.applyRemovalPolicy(props.removalPolicy);
    }
  }
}

/** The API takes the text of a properties file in base64. */
function encode(properties: Readonly<Record<string, string>>): string {
  const lines = Object.entries(properties).map(([name, value]) => `${name}=${value}`);
  return Buffer.from(lines.join("\n")).toString("base64");
}
