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
      "retention.ms": String(settings.retentionHours * 3_600_000),
      "min.insync.replicas": String(settings.minInsyncReplicas),
      "compression.type": "producer",
      "max.message.bytes": "8388608",
    },
  };
}
