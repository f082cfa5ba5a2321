import { CfnOutput, Stack } from "aws-cdk-lib";
import type { StackProps } from "aws-cdk-lib";
import type { IFunction } from "aws-cdk-lib/aws-lambda";
import { Topic } from "aws-cdk-lib/aws-sns";
import type { Construct } from "constructs";
import type { StageConfig } from "../config.ts";
import { PipelineAlarms } from "../constructs/pipeline-alarms.ts";
import { PipelineDashboard } from "../constructs/pipeline-dashboard.ts";
import { StageMetrics } from "../constructs/stage-metrics.ts";
import type { PipelineStack } from "./pipeline.ts";

export interface ObservabilityStackProps extends StackProps {
  readonly config: StageConfig;
  readonly pipeline: PipelineStack;
}

/** Reads metrics: one dashboard, the alarms, and the topic that people subscribe to. */
export class ObservabilityStack extends Stack {
  readonly topic: Topic;
  readonly alarms: PipelineAlarms;

  constructor(scope: Construct, id: string, props: ObservabilityStackProps) {
    super(scope, id, props);
    const { config, pipeline } = props;
    const metrics = new StageMetrics(config.stage);
    const functions: Readonly<Record<string, IFunction>> = {
      LandBatch: pipeline.landing.landBatch,
      LoadWarehouse: pipeline.loading.loadWarehouse,
      BuildStar: pipeline.loading.buildStar,
      WakeLoaders: pipeline.loading.wakeLoaders,
      MigrateWarehouse: pipeline.migration.migrateWarehouse,
      ...Object.fromEntries(pipeline.sources.flatMap((source) => Object.entries(source.functions))),
    };
    const queues = { LoadQueue: pipeline.loading.loadQueue, StarQueue: pipeline.loading.starQueue };

    this.topic = new Topic(this, "Topic", { displayName: `Millrace ${config.stage}`, enforceSSL: true });
    this.alarms = new PipelineAlarms(this, "Alarms", {
      config,
      metrics,
      topic: this.topic,
      functions,
      queues,
      sources: pipeline.sources,
    });
    new PipelineDashboard(this, "Dashboard", { config, metrics, alarms: this.alarms.alarms, functions, queues });
    new CfnOutput(this, "AlarmTopic", { value: this.topic.topicArn });
  }
}
