import { Duration } from "aws-cdk-lib";
import { Role, ServicePrincipal } from "aws-cdk-lib/aws-iam";
import type { IRole } from "aws-cdk-lib/aws-iam";
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
  /** Of another schedule of the same function: stacks may have so many resources only. @default - one of its own */
  readonly role?: IRole;
}

/** Invokes a function at set times. An invocation that fails is not repeated: the next time does. */
export class TimedSchedule extends Construct {
  readonly role: IRole;

  constructor(scope: Construct, id: string, props: TimedScheduleProps) {
    super(scope, id);
    this.role = props.role ?? invoker(this, props.target);
    new Schedule(this, "Schedule", {
      description: props.description,
      schedule: props.when,
      target: new LambdaInvoke(props.target, {
        input: ScheduleTargetInput.fromObject(props.input ?? {}),
        role: this.role,
        retryAttempts: 0,
        maxEventAge: Duration.minutes(1),
      }),
    });
  }
}

function invoker(scope: Construct, target: IFunction): IRole {
  const role = new Role(scope, "Role", { assumedBy: new ServicePrincipal("scheduler.amazonaws.com") });
  acknowledgeVersions(role, [target]);
  return role;
}
