import { CfnOutput, Stack } from "aws-cdk-lib";
import type { StackProps } from "aws-cdk-lib";
import type { Construct } from "constructs";
import type { AnyTable } from "../../schemas/model/table.ts";
import type { StageConfig } from "../config.ts";
import { Capture } from "../constructs/capture.ts";
import { CopyMachine } from "../constructs/copy-machine.ts";
import type { DataPlane } from "../constructs/data-plane.ts";
import { LagMeter } from "../constructs/lag-meter.ts";
import { Landing } from "../constructs/landing.ts";
import { Loading } from "../constructs/loading.ts";
import { Migration } from "../constructs/migration.ts";
import { Resyncs } from "../constructs/resyncs.ts";
import { Reconciliation } from "../constructs/reconciliation.ts";
import { SourceDatabase } from "../constructs/source-database.ts";
import type { DataStack } from "./data.ts";

export interface PipelineStackProps extends StackProps {
  readonly config: StageConfig;
  readonly data: DataStack;
  /** Every captured table: one event source mapping each, and what the warehouse is migrated to. */
  readonly tables: readonly AnyTable[];
}

/** What works on the data and can be thrown away: functions, queues, schedules, the copy's state machine. */
export class PipelineStack extends Stack {
  readonly capture: Capture;
  readonly landing: Landing;
  readonly loading: Loading;
  readonly migration: Migration;
  readonly lagMeter: LagMeter;
  readonly copyMachine: CopyMachine;
  readonly resyncs: Resyncs;
  readonly reconciliation: Reconciliation;

  constructor(scope: Construct, id: string, props: PipelineStackProps) {
    super(scope, id, props);
    const { config, data, tables } = props;
    const plane: DataPlane = {
      config,
      network: data.network,
      source: new SourceDatabase(this, "Source", config.source),
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
    this.capture = new Capture(this, "Capture", plane);
    this.lagMeter = new LagMeter(this, "Lag", plane);
    this.copyMachine = new CopyMachine(this, "Copy", {
      config,
      snapshot: this.capture.snapshot,
      changes: this.capture.changes,
      measureLag: this.lagMeter.measureLag,
      buildStar: this.loading.buildStar,
    });
    this.resyncs = new Resyncs(this, "Resyncs", { plane, machine: this.copyMachine.machine });
    this.reconciliation = new Reconciliation(this, "Reconciliation", plane);
    // Nothing loads into tables that are not there yet.
    this.loading.node.addDependency(this.migration);
    this.addOutputs();
  }

  /** What the command line looks up. */
  private addOutputs(): void {
    const outputs = {
      CopyMachineArn: this.copyMachine.machine.stateMachineArn,
      CaptureChangesName: this.capture.changes.functionName,
      LandBatchName: this.landing.landBatch.functionName,
      LoadWarehouseName: this.loading.loadWarehouse.functionName,
      MeasureLagName: this.lagMeter.measureLag.functionName,
      ReconcileTableName: this.reconciliation.reconcileTable.functionName,
      LoadQueueUrl: this.loading.loadQueue.queue.queueUrl,
      StarQueueUrl: this.loading.starQueue.queue.queueUrl,
    };
    for (const [name, value] of Object.entries(outputs)) new CfnOutput(this, name, { value });
  }
}
