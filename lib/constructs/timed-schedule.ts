import { Duration } from "aws-cdk-lib";
import { Role, ServicePrincipal } from "aws-cdk-lib/aws-iam";
import type { IFunction } from "aws-cdk-lib/aws-lambda";
import { Schedule, ScheduleTargetInput } from "aws-cdk-lib/aws-scheduler";
import type { ScheduleExpression } from "aws-cdk-lib/aws-scheduler";
import { LambdaInvoke } from "aws-cdk-lib/aws-scheduler-targets";
import { Construct } from "constructs";
import { acknowledgeVersions } from "./acknowledge.ts";

export interface TimedScheduleProps {
  readonly target: IFunction;
  readonly description: string;
  readonly when: ScheduleExpression;
  /** The event. @default - an empty object */
  readonly input?: object;
}

/** Invokes a function at set times. An invocation that fails is not repeated: the next time does. */
export class TimedSchedule extends Construct {
  constructor(scope: Construct, id: string, props: TimedScheduleProps) {
    super(scope, id);
    const role = new Role(this, "Role", { assumedBy: new ServicePrincipal("scheduler.amazonaws.com") });
    acknowledgeVersions(role, [props.target]);
    new Schedule(this, "Schedule", {
      description: props.description,
      schedule: props.when,
      target: new LambdaInvoke(props.target, {
        input: ScheduleTargetInput.fromObject(props.input ?? {}),
        role,
        retryAttempts: 0,
        maxEventAge: Duration.minutes(1),
      }),
    });
  }
}
