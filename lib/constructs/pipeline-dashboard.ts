import { AlarmStatusWidget, Dashboard, GraphWidget, Stats, TextWidget } from "aws-cdk-lib/aws-cloudwatch";
import type { Alarm, IMetric, IWidget } from "aws-cdk-lib/aws-cloudwatch";
import type { IFunction } from "aws-cdk-lib/aws-lambda";
import { Construct } from "constructs";
import { resourceName } from "../config.ts";
import type { StageConfig } from "../config.ts";
import { RUNBOOK } from "./runbook-alarm.ts";
import type { StageMetrics } from "./stage-metrics.ts";
import type { WakeQueue } from "./wake-queue.ts";

export interface PipelineDashboardProps {
  readonly config: StageConfig;
  readonly metrics: StageMetrics;
  readonly alarms: readonly Alarm[];
  readonly functions: Readonly<Record<string, IFunction>>;
  readonly queues: Readonly<Record<string, WakeQueue>>;
}

/** The way of a row from left to right, then the parts. Tables are found by search, so that it fits any number. */
export class PipelineDashboard extends Construct {
  constructor(scope: Construct, id: string, props: PipelineDashboardProps) {
    super(scope, id);
    const { metrics } = props;
    const functions = Object.values(props.functions);
    const queues = Object.values(props.queues);
    new Dashboard(this, "Dashboard", {
      dashboardName: resourceName(props.config),
      widgets: [
        [
          new TextWidget({
            width: 6,
            height: 6,
            markdown: `# Millrace ${props.config.stage}\nSource, topics, objects, mirror, star. What to do: \`${RUNBOOK}\``,
          }),
          new AlarmStatusWidget({ title: "Alarms", alarms: [...props.alarms], width: 18, height: 6 }),
        ],
        [
          graph("Freshness in mart (s)", [metrics.metric("freshness")]),
          graph("Capture behind the source (s)", [metrics.metric("captureLag"), metrics.metric("replicaLag")]),
          graph("Not landed, by table", [metrics.perTable("landLag")]),
          graph("Not loaded, by table", [metrics.perTable("loadLag")]),
        ],
        [
          graph("Rows captured and snapshot", [
            metrics.metric("rowsCaptured", Stats.SUM),
            metrics.metric("rowsSnapshot", Stats.SUM),
          ]),
          graph("Copies waiting for the source (s)", [metrics.metric("snapshotThrottled", Stats.SUM)]),
          graph("Rows landed", [metrics.metric("rowsLanded", Stats.SUM)]),
          graph("Rows loaded", [metrics.metric("rowsLoaded", Stats.SUM)]),
          graph("Kept otherwise than as the column's own value", [
            metrics.metric("valuesKept", Stats.SUM),
            metrics.metric("nulsReplaced", Stats.SUM),
            metrics.metric("undecodable", Stats.SUM),
            metrics.metric("valuesUnlike", Stats.SUM),
          ]),
          graph("Not where they belong", [
            metrics.metric("quarantined", Stats.SUM),
            metrics.metric("offsetGaps"),
            metrics.metric("positionsLost", Stats.SUM),
            metrics.metric("failovers", Stats.SUM),
            metrics.metric("resyncsWaiting"),
            metrics.metric("tablesStopped"),
            metrics.metric("unmapped", Stats.SUM),
            metrics.metric("differences"),
            metrics.metric("unconfirmed"),
          ]),
        ],
        [
          graph(
            "Function errors",
            functions.map((watched) => watched.metricErrors({ statistic: Stats.SUM })),
          ),
          graph(
            "Function duration, p95 (ms)",
            functions.map((watched) => watched.metricDuration({ statistic: Stats.percentile(95) })),
          ),
          graph(
            "Wake-ups waiting",
            queues.map((queue) => queue.queue.metricApproximateNumberOfMessagesVisible()),
          ),
          graph(
            "Dead letters",
            queues.map((queue) => queue.deadLetters.metricApproximateNumberOfMessagesVisible()),
          ),
        ],
      ],
    });
  }
}

/** A quarter of the width. */
function graph(title: string, left: IMetric[]): IWidget {
  return new GraphWidget({ title, left, width: 6, height: 6, leftYAxis: { min: 0 } });
}
