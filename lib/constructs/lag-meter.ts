import type { IFunction } from "aws-cdk-lib/aws-lambda";
import { Construct } from "constructs";
import { measureLagEnvironment } from "../../lambdas/measure-lag/env.ts";
import type { SourcePlane } from "./data-plane.ts";
import { LANDING_PREFIXES, landingGroups, landingVariables } from "./data-plane.ts";
import { MinuteSchedule } from "./minute-schedule.ts";
import { NodeFunction } from "./node-function.ts";

/** Measures how far each stage is behind the one before it, every minute, and answers `millrace status`. */
export class LagMeter extends Construct {
  readonly measureLag: IFunction;

  constructor(scope: Construct, id: string, plane: SourcePlane) {
    super(scope, id);
    const { config, network } = plane;
    const meter = new NodeFunction(this, "MeasureLag", {
      config,
      name: "measure-lag",
      description: "Positions and lag of every stage, as metrics and as answers",
      contract: measureLagEnvironment,
      environment: {
        ...plane.source.environment,
        ...plane.cluster.environment,
        ...landingVariables(plane),
        ...plane.warehouse.environment,
      },
      inside: { network, groups: [network.kafkaClients, network.sourceClients] },
    }).function;
    this.measureLag = meter;
    plane.source.grantRead(meter);
    plane.cluster.grantConnect(meter);
    plane.cluster.grantDescribe(meter, plane.topicPatterns, [landingGroups(plane)]);
    plane.warehouse.grantStatements(meter);
    plane.landing.grantObjects(meter, ["read"], [LANDING_PREFIXES.state]);
    plane.landing.grantObjects(meter, ["write"], [LANDING_PREFIXES.snapshots]);
    plane.landing.grantList(meter, [LANDING_PREFIXES.state]);
    new MinuteSchedule(this, "EveryMinute", {
      target: meter,
      description: "Publishes the lag of each stage",
      input: { action: "measure" },
    });
  }
}
