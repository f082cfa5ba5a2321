import type { IFunction } from "aws-cdk-lib/aws-lambda";
import type { IStateMachine } from "aws-cdk-lib/aws-stepfunctions";
import { Construct } from "constructs";
import { resyncTablesEnvironment } from "../../lambdas/resync-tables/env.ts";
import type { SourcePlane } from "./data-plane.ts";
import { LANDING_PREFIXES, landingVariables } from "./data-plane.ts";
import { MinuteSchedule } from "./minute-schedule.ts";
import { NodeFunction } from "./node-function.ts";

export interface ResyncsProps {
  readonly plane: SourcePlane;
  readonly machine: IStateMachine;
}

/** Copies again, without being asked, what the log alone cannot make right. */
export class Resyncs extends Construct {
  readonly resyncTables: IFunction;

  constructor(scope: Construct, id: string, { plane, machine }: ResyncsProps) {
    super(scope, id);
    const { resync } = plane.config;
    const { function: resyncTables } = new NodeFunction(this, "ResyncTables", {
      config: plane.config,
      name: "resync-tables",
      description: "Starts the resync of tables that the log alone cannot make right",
      contract: resyncTablesEnvironment,
      environment: {
        ...plane.source.areas,
        ...landingVariables(plane),
        COPY_MACHINE_ARN: machine.stateMachineArn,
        GAP_GRACE_SECONDS: String(resync.gapGraceSeconds),
        RETRY_SECONDS: String(resync.retrySeconds),
      },
    });
    this.resyncTables = resyncTables;
    const { tables } = LANDING_PREFIXES;
    plane.landing.grantObjects(resyncTables, ["read", "delete"], [tables]);
    plane.landing.grantList(resyncTables, [tables]);
    machine.grantStartExecution(resyncTables);
    machine.grant(resyncTables, "states:ListExecutions");
    new MinuteSchedule(this, "EveryMinute", {
      target: resyncTables,
      description: "Looks for tables that must be copied again",
    });
  }
}
