import { toRecord, type PolledRecord } from "../../../../localstack/services/event-source/record.ts";

export const envelope = { eventSourceArn: "arn:aws:kafka:us-east-1:000000000000:cluster/c/1", bootstrapServers: "b:1" };

export function recordOf(partition: number, offset: number, value = "v", polledAt = 0, timestamp = 0): PolledRecord {
  const message = { key: null, value: Buffer.from(value), offset: String(offset), timestamp: String(timestamp) };
  return toRecord("t", partition, message, polledAt);
}

export function recordsOf(partition: number, count: number, from = 0): readonly PolledRecord[] {
  return Array.from({ length: count }, (_, index) => recordOf(partition, from + index));
}
