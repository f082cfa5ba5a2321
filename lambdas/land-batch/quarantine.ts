import type { MSKRecord } from "aws-lambda";
import { padOffset } from "../../schemas/naming.ts";
import type { QuarantinedRecord } from "../core/quarantine.ts";
import type { OffsetRange } from "./msk-event.ts";

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
