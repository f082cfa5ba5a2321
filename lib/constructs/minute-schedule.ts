import { Duration } from "aws-cdk-lib";
import { ScheduleExpression } from "aws-cdk-lib/aws-scheduler";
import type { Construct } from "constructs";
import { TimedSchedule } from "./timed-schedule.ts";
import type { TimedScheduleProps } from "./timed-schedule.ts";

/** Invokes a function every minute. */
export class MinuteSchedule extends TimedSchedule {
  constructor(scope: Construct, id: string, props: Omit<TimedScheduleProps, "when">) {
    super(scope, id, { ...props, when: ScheduleExpression.rate(Duration.minutes(1)) });
  }
}
