import { PutMetricDataCommand, type CloudWatchClient, type MetricDatum } from "@aws-sdk/client-cloudwatch";
import {
  DescribeLogGroupsCommand,
  FilterLogEventsCommand,
  type CloudWatchLogsClient,
  type FilteredLogEvent,
} from "@aws-sdk/client-cloudwatch-logs";
import type { Now } from "../../../lambdas/core/ports.ts";
import type { Worker } from "../worker.ts";
import { embeddedMetrics, type EmbeddedMetric } from "./embedded.ts";

export interface MetricsPorts {
  readonly logs: CloudWatchLogsClient;
  readonly metrics: CloudWatchClient;
  readonly now: Now;
}

/** Lines may reach a log group this much later than their time says. */
const LATE_MS = 10_000;
/** PutMetricData takes up to 1,000 metrics. */
const BATCH = 1_000;

interface Position {
  /** Events from this time on are read again... */
  from: number;
  /** ...unless they were seen: ids of the events since `from`. */
  seen: Map<string, number>;
}

/**
 * LocalStack does not extract embedded metrics from logs: this follows every log group and puts them. Each tick reads
 * only what came since the last one, so its cost follows the new lines. A restart begins at its own start: metrics
 * are operational and may be lost, never doubled.
 */
export function createMetricsWorker({ logs, metrics, now }: MetricsPorts): Worker {
  const started = now();
  const positions = new Map<string, Position>();

  async function follow(group: string): Promise<readonly EmbeddedMetric[]> {
    const position = positions.get(group) ?? { from: started, seen: new Map<string, number>() };
    positions.set(group, position);
    const events = await readEvents(logs, group, position.from);
    const fresh = events.filter((event) => !position.seen.has(idOf(event)));
    for (const event of fresh) position.seen.set(idOf(event), event.timestamp ?? 0);
    position.from = Math.max(position.from, now() - LATE_MS);
    for (const [id, timestamp] of position.seen) if (timestamp < position.from) position.seen.delete(id);
    return fresh.flatMap((event) => embeddedMetrics(event.message ?? ""));
  }

  return {
    name: "embedded metrics",
    tick: async () => {
      const found: EmbeddedMetric[] = [];
      for (const group of await listGroups(logs)) found.push(...(await follow(group)));
      const byNamespace = Map.groupBy(found, (metric) => metric.namespace);
      for (const [namespace, entries] of byNamespace) {
        await put(
          metrics,
          namespace,
          entries.map((entry) => entry.datum),
        );
      }
    },
    stop: async () => undefined,
  };
}

function idOf(event: FilteredLogEvent): string {
  return `${event.logStreamName ?? ""}/${event.eventId ?? ""}`;
}

async function put(metrics: CloudWatchClient, namespace: string, data: readonly MetricDatum[]): Promise<void> {
  for (let start = 0; start < data.length; start += BATCH) {
    const MetricData = data.slice(start, start + BATCH);
    await metrics.send(new PutMetricDataCommand({ Namespace: namespace, MetricData }));
  }
}

async function listGroups(logs: CloudWatchLogsClient): Promise<readonly string[]> {
  const names: string[] = [];
  let nextToken: string | undefined;
  do {
    const answer = await logs.send(new DescribeLogGroupsCommand({ nextToken }));
    for (const { logGroupName } of answer.logGroups ?? []) if (logGroupName !== undefined) names.push(logGroupName);
    nextToken = answer.nextToken;
  } while (nextToken !== undefined);
  return names;
}

/** Lines with an envelope only: the filter keeps the answer small. */
async function readEvents(logs: CloudWatchLogsClient, group: string, from: number): Promise<FilteredLogEvent[]> {
  const events: FilteredLogEvent[] = [];
  let nextToken: string | undefined;
  do {
    const answer = await logs.send(
      new FilterLogEventsCommand({
        logGroupName: group,
        startTime: from,
        filterPattern: "CloudWatchMetrics",
        nextToken,
      }),
    );
    events.push(...(answer.events ?? []));
    nextToken = answer.nextToken;
  } while (nextToken !== undefined);
  return events;
}
