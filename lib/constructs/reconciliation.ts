import { Policy, PolicyStatement } from "aws-cdk-lib/aws-iam";
import type { IFunction } from "aws-cdk-lib/aws-lambda";
import { ScheduleExpression } from "aws-cdk-lib/aws-scheduler";
import { Construct } from "constructs";
import { reconcileTableEnvironment } from "../../lambdas/reconcile-table/env.ts";
import type { SourcePlane } from "./data-plane.ts";
import { LANDING_PREFIXES, QUARANTINE_PREFIXES, landingVariables } from "./data-plane.ts";
import { NodeFunction } from "./node-function.ts";
import { TimedSchedule } from "./timed-schedule.ts";

/** Compares source and mirror by schedule, and repairs through the topics when it is told to. */
export class Reconciliation extends Construct {
  readonly reconcileTable: IFunction;

  constructor(scope: Construct, id: string, plane: SourcePlane) {
    super(scope, id);
    const { config, network } = plane;
    const { schedule, cascadeSchedule, chunkRows, rangeRows, patienceSeconds } = config.reconcile;
    const reconcile = new NodeFunction(this, "ReconcileTable", {
      config,
      name: "reconcile-table",
      description: "Compares source and mirror row by row where checksums differ, and repairs",
      contract: reconcileTableEnvironment,
      environment: {
        ...plane.source.environment,
        ...plane.cluster.environment,
        ...landingVariables(plane),
        ...plane.warehouse.environment,
        ...plane.personalDataKey.environment,
        QUARANTINE_BUCKET: plane.quarantine.bucket.bucketName,
        ANCHOR_SERVER_ID: String(plane.source.serverIds.repair),
        CHUNK_ROWS: String(chunkRows),
        RANGE_ROWS: String(rangeRows),
        PATIENCE_SECONDS: String(patienceSeconds),
      },
      inside: { network, groups: [network.kafkaClients, network.sourceClients] },
    }).function;
    this.reconcileTable = reconcile;
    // A run that failed is looked at by the next one: repeating it at once would meet the same.
    reconcile.configureAsyncInvoke({ retryAttempts: 0 });
    plane.source.grantRead(reconcile);
    plane.personalDataKey.grantRead(reconcile);
    plane.cluster.grantConnect(reconcile);
    plane.cluster.grantProduce(reconcile, plane.topicPatterns);
    plane.warehouse.grantStatements(reconcile);
    plane.landing.grantObjects(reconcile, ["read"], [LANDING_PREFIXES.state]);
    plane.landing.grantObjects(reconcile, ["write"], [LANDING_PREFIXES.reconcile]);
    plane.landing.grantList(reconcile, [LANDING_PREFIXES.state]);
    plane.quarantine.grantObjects(reconcile, ["write"], [QUARANTINE_PREFIXES.captured]);
    // A policy of its own: as part of the role's default policy it would make function and policy need each other.
    new Policy(this, "GoOn", {
      statements: [new PolicyStatement({ actions: ["lambda:InvokeFunction"], resources: [reconcile.functionArn] })],
      ...(reconcile.role && { roles: [reconcile.role] }),
    });
    const daily = new TimedSchedule(this, "Daily", {
      target: reconcile,
      description: "Reconciles all tables",
      when: ScheduleExpression.expression(schedule),
      input: { action: "all" },
    });
    new TimedSchedule(this, "Cascades", {
      target: reconcile,
      description: "Reconciles and repairs tables that foreign keys change without binlog events",
      when: ScheduleExpression.expression(cascadeSchedule),
      input: { action: "cascades" },
      role: daily.role,
    });
  }
}
