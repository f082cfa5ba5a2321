import { Duration } from "aws-cdk-lib";
import { Alarm, ComparisonOperator, TreatMissingData } from "aws-cdk-lib/aws-cloudwatch";
import type { Metric } from "aws-cdk-lib/aws-cloudwatch";
import { SnsAction } from "aws-cdk-lib/aws-cloudwatch-actions";
import type { ITopic } from "aws-cdk-lib/aws-sns";
import { Construct } from "constructs";

export interface RunbookAlarmProps {
  /** Heading of the section in docs/RUNBOOK.md, as its anchor; a test holds that it is there. */
  readonly runbook: string;
  /** One sentence: what is the matter. */
  readonly what: string;
  readonly metric: Metric;
  /** The alarm goes off above this value. */
  readonly above: number;
  /** Periods of a minute in a row. @default 1 */
  readonly minutes?: number;
  /** Whether silence is a failure: what reports every minute has stopped. @default false */
  readonly silenceIsFailure?: boolean;
  readonly topic: ITopic;
}

/** Where the sections are, relative to the repository. */
export const RUNBOOK = "docs/RUNBOOK.md";

/** An alarm that says what is the matter and where it is written what to do. */
export class RunbookAlarm extends Construct {
  readonly alarm: Alarm;

  constructor(scope: Construct, id: string, props: RunbookAlarmProps) {
    super(scope, id);
    const minutes = props.minutes ?? 1;
    this.alarm = new Alarm(this, "Alarm", {
      alarmDescription: `${props.what} ${RUNBOOK}#${props.runbook}`,
      metric: props.metric.with({ period: Duration.minutes(1) }),
      threshold: props.above,
      comparisonOperator: ComparisonOperator.GREATER_THAN_THRESHOLD,
      evaluationPeriods: minutes,
      datapointsToAlarm: minutes,
      treatMissingData: props.silenceIsFailure === true ? TreatMissingData.BREACHING : TreatMissingData.NOT_BREACHING,
    });
    this.alarm.addAlarmAction(new SnsAction(props.topic));
    this.alarm.addOkAction(new SnsAction(props.topic));
  }
}
