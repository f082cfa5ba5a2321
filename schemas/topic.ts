import type { AnyTable } from "./model/table.ts";
import { topicName } from "./naming.ts";

/** Partitions of a table's topic. */
export const partitionCount = (table: Pick<AnyTable, "partitions">): number => table.partitions ?? 4;

/** What a stage decides for all of its topics. */
export interface TopicSettings {
  /** How long records stay: the time within which landing must be repaired, or a table is copied again. */
  readonly retentionHours: number;
  readonly minInsyncReplicas: number;
}

const HOUR_MS = 3_600_000;
const LONGEST_SEGMENT_HOURS = 24;
/** What brokers do where a topic says nothing (log.retention.hours, log.roll.hours). */
const BROKER_DEFAULT_MS = 168 * HOUR_MS;
/** How often brokers look for segments to drop (log.retention.check.interval.ms), and how long they keep dropped files. */
const BROKER_SLACK_MS = 6 * 60_000;

/**
 * Milliseconds after which a record that a topic has now has left the brokers for sure: its segment may stay open for
 * as long as a segment does, and goes when its newest record is too old.
 */
export function longestStay(config: Readonly<Record<string, string>>): number {
  const [retention, segment] = ["retention.ms", "segment.ms"].map((name) => Number(config[name] ?? BROKER_DEFAULT_MS));
  return (retention ?? 0) + (segment ?? 0) + BROKER_SLACK_MS;
}

export interface TopicConfig {
  readonly name: string;
  readonly partitions: number;
  readonly config: Readonly<Record<string, string>>;
}

/**
 * The topic of a table. Never compacted: landing needs offsets that join up (docs/ARCHITECTURE.md).
 */
export function topicConfig(table: AnyTable, settings: TopicSettings): TopicConfig {
  return {
    name: topicName(table),
    partitions: partitionCount(table),
    config: {
      "cleanup.policy": "delete",
      "retention.ms": String(settings.retentionHours * HOUR_MS),
      // Kafka drops whole segments only, once their newest record is too old: without this a quiet topic keeps records
      // for a week longer than it is told to.
      "segment.ms": String(Math.min(settings.retentionHours, LONGEST_SEGMENT_HOURS) * HOUR_MS),
      "min.insync.replicas": String(settings.minInsyncReplicas),
      "compression.type": "producer",
      "max.message.bytes": "8388608",
    },
  };
}
