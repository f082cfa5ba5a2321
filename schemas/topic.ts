import type { AnyTable } from "./model/table.ts";
import { topicName } from "./naming.ts";

/** Partitions of a table's topic. */
export const partitionCount = (table: Pick<AnyTable, "partitions">): number => table.partitions ?? 4;

export interface TopicConfig {
  readonly name: string;
  readonly partitions: number;
  readonly config: Readonly<Record<string, string>>;
}

const DAY_MS = 86_400_000;

/**
 * The topic of a table. Never compacted: landing needs offsets that join up (docs/ARCHITECTURE.md). Records stay a week,
 * which is how long landing may stand still before a table must be copied again.
 */
export function topicConfig(table: AnyTable): TopicConfig {
  return {
    name: topicName(table),
    partitions: partitionCount(table),
    config: {
      "cleanup.policy": "delete",
      "retention.ms": String(7 * DAY_MS),
      "compression.type": "producer",
      "max.message.bytes": "8388608",
    },
  };
}
