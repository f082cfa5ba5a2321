import type { Admin, Kafka } from "kafkajs";
import type { StartingPosition } from "./mapping.ts";

/** Where the partitions begin that their group has no committed offset for. */
export async function startingOffsets(
  kafka: Kafka,
  topic: string,
  groupId: string,
  start: StartingPosition,
): Promise<ReadonlyMap<number, number>> {
  const admin = kafka.admin({ retry: { retries: 5, initialRetryTime: 100, maxRetryTime: 1_000 } });
  await admin.connect();
  try {
    const [committed] = await admin.fetchOffsets({ groupId, topics: [topic] });
    const known = new Map((committed?.partitions ?? []).map(({ partition, offset }) => [partition, Number(offset)]));
    const positions = await positionsAt(admin, topic, start);
    return new Map([...positions].filter(([partition]) => (known.get(partition) ?? -1) < 0));
  } finally {
    await admin.disconnect();
  }
}

async function positionsAt(admin: Admin, topic: string, start: StartingPosition): Promise<Map<number, number>> {
  const bounds = await admin.fetchTopicOffsets(topic);
  switch (start.at) {
    case "TRIM_HORIZON":
      return new Map(bounds.map(({ partition, low }) => [partition, Number(low)]));
    case "LATEST":
      return new Map(bounds.map(({ partition, high }) => [partition, Number(high)]));
    case "AT_TIMESTAMP": {
      // kafkajs answers the end for partitions without a record that young.
      const offsets = await admin.fetchTopicOffsetsByTimestamp(topic, start.timestamp);
      return new Map(offsets.map(({ partition, offset }) => [partition, Number(offset)]));
    }
  }
}
