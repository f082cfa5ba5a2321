import { CfnOutput, Stack } from "aws-cdk-lib";
import type { StackProps } from "aws-cdk-lib";
import type { Construct } from "constructs";
import type { AnyTable } from "../../schemas/model/table.ts";
import type { StageConfig } from "../config.ts";
import type { DataPlane } from "../constructs/data-plane.ts";
import { Landing } from "../constructs/landing.ts";
import { Loading } from "../constructs/loading.ts";
import { Migration } from "../constructs/migration.ts";
import { SourcePipeline } from "../constructs/source-pipeline.ts";
import { feedingSources } from "../sources.ts";
import type { DataStack } from "./data.ts";

export interface PipelineStackProps extends StackProps {
  readonly config: StageConfig;
  readonly data: DataStack;
  /** Every captured table: one event source mapping each, and what the warehouse is migrated to. */
  readonly tables: readonly AnyTable[];
}

/** What works on the data and can be thrown away: functions, queues, schedules, state machines of copies. */
export class PipelineStack extends Stack {
  readonly landing: Landing;
  readonly loading: Loading;
  readonly migration: Migration;
  /** One for each source, in the order of the stage's record. */
  readonly sources: readonly SourcePipeline[];

  constructor(scope: Construct, id: string, props: PipelineStackProps) {
    super(scope, id, props);
    const { config, data, tables } = props;
    const plane: DataPlane = {
      config,
      network: data.network,
      cluster: data.cluster,
      landing: data.landing,
      quarantine: data.quarantine,
      warehouse: data.warehouse,
      personalDataKey: data.personalDataKey,
      topicPatterns: [...new Set(tables.map((table) => `${table.area.name}_*`))],
    };
    this.migration = new Migration(this, "Migration", { plane, tables });
    this.loading = new Loading(this, "Loading", plane);
    this.landing = new Landing(this, "Landing", { plane, tables, loadQueue: this.loading.loadQueue });
    this.sources = feedingSources(config.sources, tables).map(
      (source) =>
        new SourcePipeline(this, {
          source,
          plane: { ...plane, topicPatterns: source.areas.map((area) => `${area}_*`) },
          buildStar: this.loading.buildStar,
        }),
    );
    // Nothing loads into tables that are not there yet.
    this.loading.node.addDependency(this.migration);
    this.addOutputs();
  }

  /** What the command line looks up; each source adds its own. */
  private addOutputs(): void {
    const sources = this.sources.map(({ source: { name, areas }, suffix }) => ({ name, areas, suffix }));
    const outputs = {
      LandBatchName: this.landing.landBatch.functionName,
      LoadWarehouseName: this.loading.loadWarehouse.functionName,
      LoadQueueUrl: this.loading.loadQueue.queue.queueUrl,
      StarQueueUrl: this.loading.starQueue.queue.queueUrl,
      Sources: JSON.stringify(sources),
    };
    for (const [name, value] of Object.entries(outputs)) new CfnOutput(this, name, { value });
  }
}
