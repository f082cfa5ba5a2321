import type { PolledRecord } from "./record.ts";

/** The request quota of a synchronous invocation, in bytes. */
export const PAYLOAD_LIMIT = 6 * 1024 * 1024;

export interface Envelope {
  readonly eventSourceArn: string;
  readonly bootstrapServers: string;
}

/** Key of a partition in the event and in partial batch responses: topic and partition with a hyphen. */
export function partitionKey(record: { readonly topic: string; readonly partition: number }): string {
  return `${record.topic}-${record.partition}`;
}

/** Bytes that a record's partition adds to the event when it is its first: quoted key, colon, brackets, comma. */
export function partitionBytes(record: PolledRecord): number {
  return Buffer.byteLength(partitionKey(record)) + 6;
}

export function envelopeBytes(envelope: Envelope): number {
  return Buffer.byteLength(encodeEvent(envelope, []));
}

/** The invocation's payload. Records of one partition must follow each other. */
export function encodeEvent(envelope: Envelope, records: readonly PolledRecord[]): string {
  const groups: string[] = [];
  let start = 0;
  for (let end = 1; end <= records.length; end += 1) {
    const first = records[start];
    if (first === undefined || records[end]?.partition === first.partition) continue;
    const texts = records.slice(start, end).map((record) => record.json);
    groups.push(`${JSON.stringify(partitionKey(first))}:[${texts.join(",")}]`);
    start = end;
  }
  const head = JSON.stringify({ eventSource: "aws:kafka", ...envelope });
  return `${head.slice(0, -1)},"records":{${groups.join(",")}}}`;
}
