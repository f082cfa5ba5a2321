import { Duration } from "aws-cdk-lib";
import { Policy, PolicyStatement } from "aws-cdk-lib/aws-iam";
import type { IFunction } from "aws-cdk-lib/aws-lambda";
import { Construct } from "constructs";
import { captureChangesEnvironment } from "../../lambdas/capture-changes/env.ts";
import { captureSnapshotEnvironment } from "../../lambdas/capture-snapshot/env.ts";
import type { SourcePlane } from "./data-plane.ts";
import { LANDING_PREFIXES, QUARANTINE_PREFIXES, landingVariables } from "./data-plane.ts";
import { MinuteSchedule } from "./minute-schedule.ts";
import { NodeFunction } from "./node-function.ts";

/** Source to topics: the snapshot in chunks, and the binlog in bounded runs that hand over to each other. */
export class Capture extends Construct {
  readonly changes: IFunction;
  readonly snapshot: IFunction;

  constructor(scope: Construct, id: string, plane: SourcePlane) {
    super(scope, id);
    this.changes = this.createChanges(plane);
    this.snapshot = this.createSnapshot(plane);
    for (const capture of [this.changes, this.snapshot]) {
      plane.source.grantRead(capture);
      plane.personalDataKey.grantRead(capture);
      plane.cluster.grantConnect(capture);
      plane.cluster.grantProduce(capture, plane.topicPatterns);
      plane.landing.grantObjects(capture, ["read", "write"], [LANDING_PREFIXES.state]);
      plane.landing.grantList(capture, [LANDING_PREFIXES.state]);
      plane.quarantine.grantObjects(capture, ["write"], [QUARANTINE_PREFIXES.captured]);
    }
  }

  private createChanges(plane: SourcePlane): IFunction {
    const { config, network } = plane;
    const changes = new NodeFunction(this, "Changes", {
      config,
      name: "capture-changes",
      description: "Publishes the binlog's row changes to a topic per table",
      contract: captureChangesEnvironment,
      environment: {
        ...plane.source.environment,
        ...plane.cluster.environment,
        ...landingVariables(plane),
        ...plane.personalDataKey.environment,
        QUARANTINE_BUCKET: plane.quarantine.bucket.bucketName,
        RUN_SECONDS: String(config.capture.runSeconds),
        SERVER_ID_BASE: String(plane.source.serverIds.base),
      },
      inside: { network, groups: [network.kafkaClients, network.sourceClients] },
    }).function;
    // A run that failed is not repeated: within a minute the schedule starts one from the checkpoint.
    changes.configureAsyncInvoke({ retryAttempts: 0, maxEventAge: Duration.minutes(1) });
    new MinuteSchedule(this, "EveryMinute", {
      target: changes,
      description: "Starts change capture unless a run holds the lease",
    });
    // A policy of its own: as part of the role's default policy it would make function and policy need each other.
    new Policy(this, "HandOver", {
      statements: [new PolicyStatement({ actions: ["lambda:InvokeFunction"], resources: [changes.functionArn] })],
      ...(changes.role && { roles: [changes.role] }),
    });
    return changes;
  }

  private createSnapshot(plane: SourcePlane): IFunction {
    const { config, network } = plane;
    return new NodeFunction(this, "Snapshot", {
      config,
      name: "capture-snapshot",
      description: "Plans, reads and finishes snapshots of tables in key ranges",
      contract: captureSnapshotEnvironment,
      environment: {
        ...plane.source.environment,
        ...plane.cluster.environment,
        ...landingVariables(plane),
        ...plane.personalDataKey.environment,
        QUARANTINE_BUCKET: plane.quarantine.bucket.bucketName,
        ANCHOR_SERVER_ID: String(plane.source.serverIds.snapshot),
        CHUNK_ROWS: String(config.capture.chunkRows),
        ROWS_PER_SECOND: String(config.capture.rowsPerSecond),
        SOURCE_REPLICAS: plane.source.replicas,
        MAX_REPLICA_LAG_SECONDS: String(config.capture.maxReplicaLagSeconds),
        MAX_THREADS_RUNNING: String(config.capture.maxThreadsRunning),
      },
      inside: { network, groups: [network.kafkaClients, network.sourceClients] },
    }).function;
  }
}
