import { RemovalPolicy } from "aws-cdk-lib";
import { LogGroup, RetentionDays } from "aws-cdk-lib/aws-logs";
import type { Construct } from "constructs";
import type { LogRetentionDays } from "../config.ts";

const RETENTION: Readonly<Record<LogRetentionDays, RetentionDays>> = {
  1: RetentionDays.ONE_DAY,
  14: RetentionDays.TWO_WEEKS,
  90: RetentionDays.THREE_MONTHS,
};

/** A log of telemetry: no data, so it ends by itself and goes with what writes it. */
export class TelemetryLog extends LogGroup {
  constructor(scope: Construct, id: string, days: LogRetentionDays) {
    super(scope, id, { retention: RETENTION[days], removalPolicy: RemovalPolicy.DESTROY });
  }
}
