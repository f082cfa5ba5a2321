import type { MSKRecord } from "aws-lambda";
import { padOffset } from "../../schemas/naming.ts";
import type { OffsetRange } from "./msk-event.ts";

/** One record that could not be read, whole, with what is needed to find it again or to send it back. */
export interface QuarantinedRecord {
  readonly reason: string;
  readonly topic: string;
  readonly partition: number;
  readonly offset: number;
  /** Milliseconds since 1970, as the broker has it. */
  readonly timestamp: number;
  /** Base64; null for none. */
  readonly key: string | null;
  readonly value: string | null;
  /** Key and value are left out, because they may hold personal data in the clear. @default - false */
  readonly withheld?: true;
}

/** @param withheld leaves the payload out */
export function quarantined(record: MSKRecord, reason: string, withheld = false): QuarantinedRecord {
  const { topic, partition, offset, timestamp } = record;
  if (withheld) return { reason, topic, partition, offset, timestamp, key: null, value: null, withheld };
  // The type says that there always are a key and a value; the service leaves out what is null.
  const { key = null, value = null } = record as { key?: string | null; value?: string | null };
  return { reason, topic, partition, offset, timestamp, key, value };
}

/** `land/<cluster>/<topic>/p=<partition>/<first>-<last>.jsonl`: the same batch, the same object. */
export function quarantineKey(cluster: string, range: Omit<OffsetRange, "records">): string {
  const { topic, partition, first, last } = range;
  return `land/${cluster}/${topic}/p=${partition}/${padOffset(first)}-${padOffset(last)}.jsonl`;
}

export function quarantineBody(records: readonly QuarantinedRecord[]): Buffer {
  return Buffer.from(records.map((record) => `${JSON.stringify(record)}\n`).join(""), "utf8");
}
