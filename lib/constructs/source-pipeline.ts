import { CfnOutput } from "aws-cdk-lib";
import type { IFunction } from "aws-cdk-lib/aws-lambda";
import type { Construct } from "constructs";
import { camelCase } from "../sources.ts";
import type { FeedingSource } from "../sources.ts";
import { Capture } from "./capture.ts";
import { CopyMachine } from "./copy-machine.ts";
import type { DataPlane, SourcePlane } from "./data-plane.ts";
import { LagMeter } from "./lag-meter.ts";
import { Reconciliation } from "./reconciliation.ts";
import { Resyncs } from "./resyncs.ts";
import { SourceDatabase } from "./source-database.ts";

export interface SourcePipelineProps {
  readonly source: FeedingSource;
  readonly plane: DataPlane;
  /** Builds the star once a copy is loaded. */
  readonly buildStar: IFunction;
}

/**
 * What one source has to itself: whatever reads it, and the copies of its tables. Sources share nothing of it, so that
 * one that stands still, or stops answering, holds up no other. The parts stand in the stack itself and not in a
 * construct of their own, since the first source's logical ids must stay those of a deployment that knew only one.
 */
export class SourcePipeline {
  readonly source: FeedingSource;
  readonly capture: Capture;
  readonly lagMeter: LagMeter;
  readonly copyMachine: CopyMachine;
  readonly resyncs: Resyncs;
  readonly reconciliation: Reconciliation;
  /** Last part of the names of its outputs, and of the ids by which others know its parts. */
  readonly suffix: string;

  constructor(scope: Construct, { source, plane: shared, buildStar }: SourcePipelineProps) {
    this.source = source;
    this.suffix = source.index === 0 ? "" : camelCase(source.name);
    const id = (part: string): string => `${part}${this.suffix}`;
    const plane: SourcePlane = {
      ...shared,
      source: new SourceDatabase(scope, id("Source"), source, shared.config.capture.serverIdBase),
    };
    this.capture = new Capture(scope, id("Capture"), plane);
    this.lagMeter = new LagMeter(scope, id("Lag"), plane);
    this.copyMachine = new CopyMachine(scope, id("Copy"), {
      config: plane.config,
      snapshot: this.capture.snapshot,
      changes: this.capture.changes,
      measureLag: this.lagMeter.measureLag,
      buildStar,
    });
    this.resyncs = new Resyncs(scope, id("Resyncs"), { plane, machine: this.copyMachine.machine });
    this.reconciliation = new Reconciliation(scope, id("Reconciliation"), plane);
    const outputs = {
      CopyMachineArn: this.copyMachine.machine.stateMachineArn,
      CaptureChangesName: this.capture.changes.functionName,
      MeasureLagName: this.lagMeter.measureLag.functionName,
      ReconcileTableName: this.reconciliation.reconcileTable.functionName,
    };
    for (const [name, value] of Object.entries(outputs)) new CfnOutput(scope, id(name), { value });
  }

  /** Its functions, by the names that alarms and dashboards give them. */
  get functions(): Readonly<Record<string, IFunction>> {
    const functions = {
      CaptureChanges: this.capture.changes,
      CaptureSnapshot: this.capture.snapshot,
      MeasureLag: this.lagMeter.measureLag,
      ResyncTables: this.resyncs.resyncTables,
      ReconcileTable: this.reconciliation.reconcileTable,
    };
    return Object.fromEntries(Object.entries(functions).map(([name, value]) => [`${name}${this.suffix}`, value]));
  }
}
