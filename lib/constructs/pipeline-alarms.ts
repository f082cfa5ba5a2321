import { Stats } from "aws-cdk-lib/aws-cloudwatch";
import type { Alarm } from "aws-cdk-lib/aws-cloudwatch";
import type { IFunction } from "aws-cdk-lib/aws-lambda";
import type { ITopic } from "aws-cdk-lib/aws-sns";
import { Construct } from "constructs";
import type { StageConfig } from "../config.ts";
import { RunbookAlarm } from "./runbook-alarm.ts";
import type { RunbookAlarmProps } from "./runbook-alarm.ts";
import type { SourcePipeline } from "./source-pipeline.ts";
import type { StageMetrics } from "./stage-metrics.ts";
import type { WakeQueue } from "./wake-queue.ts";

export interface PipelineAlarmsProps {
  readonly config: StageConfig;
  readonly metrics: StageMetrics;
  readonly topic: ITopic;
  /** Watched for errors, by construct id. */
  readonly functions: Readonly<Record<string, IFunction>>;
  /** Watched for dead letters, by construct id. */
  readonly queues: Readonly<Record<string, WakeQueue>>;
  /** Each watched for its lag and for copies that failed. */
  readonly sources: readonly SourcePipeline[];
}

/** Construct ids of the functions that run rarely begin so. */
const RECONCILE = "ReconcileTable";

type Rule = Omit<RunbookAlarmProps, "topic">;

/** Every alarm: one per stage of the way, source and part, none per table, so that their number does not grow. */
export class PipelineAlarms extends Construct {
  readonly alarms: readonly Alarm[];

  constructor(scope: Construct, id: string, props: PipelineAlarmsProps) {
    super(scope, id);
    const rules = { ...lagRules(props), ...lossRules(props), ...partRules(props) };
    this.alarms = Object.entries(rules).map(
      ([name, rule]) => new RunbookAlarm(this, name, { ...rule, topic: props.topic }).alarm,
    );
  }
}

/** How far each stage is behind the one before it. */
function lagRules({ config, metrics, sources }: PipelineAlarmsProps): Readonly<Record<string, Rule>> {
  const { alarms } = config;
  const captureLag = sources.map(({ source: { name }, suffix }): [string, Rule] => [
    `CaptureLag${suffix}`,
    {
      runbook: "capture-lag",
      what:
        sources.length === 1
          ? "Change capture is behind the source, or measuring has stopped."
          : `Change capture is behind source ${name}, or measuring has stopped.`,
      // Over all sources, one that is measured would hide that another is not.
      metric: sources.length === 1 ? metrics.metric("captureLag") : metrics.ofSource("captureLag", name),
      above: alarms.captureLagSeconds,
      minutes: alarms.minutes,
      silenceIsFailure: true,
    },
  ]);
  return {
    ...Object.fromEntries(captureLag),
    LandLag: {
      runbook: "land-lag",
      what: "Records in a topic are not landed.",
      metric: metrics.metric("landLag"),
      above: alarms.landLagRecords,
      minutes: alarms.minutes,
    },
    LoadLag: {
      runbook: "load-lag",
      what: "Landed records of a table are not loaded.",
      metric: metrics.metric("loadLag"),
      above: alarms.loadLagRecords,
      minutes: alarms.minutes,
    },
    Freshness: {
      runbook: "freshness",
      what: "Changes of the source are late in mart.",
      metric: metrics.metric("freshness"),
      above: alarms.freshnessSeconds,
      minutes: alarms.minutes,
    },
  };
}

/** Records that are not where they belong: each one counts. */
function lossRules({ config, metrics }: PipelineAlarmsProps): Readonly<Record<string, Rule>> {
  return {
    Quarantine: {
      runbook: "quarantine",
      what: "Records or rows are in quarantine.",
      metric: metrics.metric("quarantined", Stats.SUM),
      above: 0,
    },
    PositionsLost: {
      runbook: "the-binlog-was-purged",
      what: "The source's log does not go on from where it was read; all tables are resynced.",
      metric: metrics.metric("positionsLost", Stats.SUM),
      above: 0,
    },
    SourceFailovers: {
      runbook: "the-source-failed-over",
      what: "Another server answers as the source, and change capture went on there.",
      metric: metrics.metric("failovers", Stats.SUM),
      above: 0,
    },
    OffsetGaps: {
      runbook: "offset-gaps",
      what: "Offsets of a partition do not join up; it is not loaded any further.",
      metric: metrics.metric("offsetGaps"),
      above: 0,
    },
    ResyncsWaiting: {
      runbook: "resyncs-waiting",
      what: "Tables wait for a resync that does not come to its end.",
      metric: metrics.metric("resyncsWaiting"),
      above: 0,
      minutes: config.alarms.resyncMinutes,
    },
    TablesStopped: {
      runbook: "tables-stopped",
      what: "Tables stand still: they were changed at the source so that their definition cannot follow.",
      metric: metrics.metric("tablesStopped"),
      above: 0,
    },
    Differences: {
      runbook: "differences",
      what: "Source and mirror differ for certain.",
      metric: metrics.metric("differences"),
      above: 0,
    },
    Unconfirmed: {
      runbook: "unconfirmed",
      what: "A table could not be reconciled.",
      metric: metrics.metric("unconfirmed"),
      above: 0,
    },
    UnmappedColumns: {
      runbook: "unmapped-columns",
      what: "The source has columns that the definitions do not know.",
      metric: metrics.metric("unmapped", Stats.SUM),
      above: 0,
    },
    ValuesUnlike: {
      runbook: "values-unlike-the-source",
      what: "Values came that the warehouse holds otherwise than the source.",
      metric: metrics.metric("valuesUnlike", Stats.SUM),
      above: config.alarms.valuesUnlike,
    },
  };
}

/** Parts of the pipeline that fail. */
function partRules(props: PipelineAlarmsProps): Readonly<Record<string, Rule>> {
  const errors = Object.entries(props.functions).map(([name, watched]): [string, Rule] => [
    `${name}Errors`,
    {
      runbook: "function-errors",
      what: `${name} fails.`,
      metric: watched.metricErrors({ statistic: Stats.SUM }),
      above: 0,
      // One failed run is repeated by itself within minutes, and a lasting failure is not over by then; but the next
      // reconciliation may be a day away.
      ...(!name.startsWith(RECONCILE) && { minutes: props.config.alarms.minutes }),
    },
  ]);
  const deadLetters = Object.entries(props.queues).map(([name, queue]): [string, Rule] => [
    `${name}DeadLetters`,
    {
      runbook: "dead-letters",
      what: `Wake-ups of ${name} failed for good.`,
      metric: queue.deadLetters.metricApproximateNumberOfMessagesVisible({ statistic: Stats.MAXIMUM }),
      above: 0,
    },
  ]);
  const copyFailed = props.sources.map(({ copyMachine, suffix }): [string, Rule] => [
    `CopyFailed${suffix}`,
    {
      runbook: "copy-failed",
      what: "An initial copy or a resync failed.",
      metric: copyMachine.machine.metricFailed({ statistic: Stats.SUM }),
      above: 0,
    },
  ]);
  return Object.fromEntries([...errors, ...deadLetters, ...copyFailed]);
}
