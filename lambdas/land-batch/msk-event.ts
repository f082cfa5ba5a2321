import type { MSKEvent, MSKRecord } from "aws-lambda";
import { MalformedInputError } from "../core/errors.ts";

/** Records of one partition whose offsets join up. */
export interface OffsetRange {
  readonly topic: string;
  readonly partition: number;
  readonly first: number;
  readonly last: number;
  readonly records: readonly MSKRecord[];
}

/**
 * The batch as ranges, split wherever an offset is missing: a file must not claim to cover what it has not seen. One
 * event may mix partitions of a topic.
 * @throws MalformedInputError when the event is none of MSK's
 */
export function offsetRanges(event: MSKEvent): readonly OffsetRange[] {
  const groups = (event as Partial<MSKEvent> | null)?.records;
  if (typeof groups !== "object")
    throw new MalformedInputError("the event has no records: is the trigger an MSK topic?");
  return Object.values(groups).flatMap((records) => {
    const starts = records.flatMap(({ offset }, i) =>
      i === 0 || offset !== (records[i - 1]?.offset ?? 0) + 1 ? [i] : [],
    );
    return starts.map((start, i) => toRange(records.slice(start, starts[i + 1])));
  });
}

function toRange(records: readonly MSKRecord[]): OffsetRange {
  const [first] = records;
  const last = records.at(-1);
  if (first === undefined || last === undefined)
    throw new MalformedInputError("the event has a partition without records");
  return { topic: first.topic, partition: first.partition, first: first.offset, last: last.offset, records };
}
