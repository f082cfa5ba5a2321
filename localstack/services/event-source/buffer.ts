import { envelopeBytes, PAYLOAD_LIMIT, partitionBytes, type Envelope } from "./event.ts";
import type { PolledRecord } from "./record.ts";

/** Records for one invocation: grouped by partition, each group in offset order and contiguous with the last batch. */
export interface Batch {
  readonly records: readonly PolledRecord[];
  /** A single record that no invocation can carry. */
  readonly oversized: boolean;
}

export interface BufferOptions {
  readonly batchSize: number;
  readonly windowMs: number;
  readonly envelope: Envelope;
  /** Bytes of polled records that may wait, shared by the partitions: one at its share is not polled any further. */
  readonly capacity: number;
}

/** However many partitions there are, each may hold this much: about one fetch. */
const SMALLEST_SHARE = 1024 * 1024;

interface Lane {
  records: PolledRecord[];
  /** Index of the first record not taken yet. */
  head: number;
  bytes: number;
  inFlight: boolean;
  paused: boolean;
}

/**
 * What was polled and is not in an invocation yet, per partition. A partition is in at most one batch at a time: that
 * is what keeps its records in order. A batch is due when it is full (records, bytes, or a partition's share) or when
 * its oldest record has waited for the window.
 */
export function createBuffer(options: BufferOptions) {
  const lanes = new Map<number, Lane>();
  const overhead = envelopeBytes(options.envelope);

  function laneOf(partition: number): Lane {
    const known = lanes.get(partition);
    if (known !== undefined) return known;
    const made: Lane = { records: [], head: 0, bytes: 0, inFlight: false, paused: false };
    lanes.set(partition, made);
    return made;
  }

  const share = (): number => Math.max(SMALLEST_SHARE, options.capacity / lanes.size);

  /** @returns whether the partition should be paused now */
  function add(records: readonly PolledRecord[]): boolean {
    const first = records[0];
    if (first === undefined) return false;
    const lane = laneOf(first.partition);
    for (const record of records) {
      lane.records.push(record);
      lane.bytes += record.bytes + 1;
    }
    if (lane.paused || lane.bytes < share()) return false;
    lane.paused = true;
    return true;
  }

  function ready(): Lane[] {
    return [...lanes.values()]
      .filter((lane) => !lane.inFlight && lane.head < lane.records.length)
      .sort((a, b) => oldest(a) - oldest(b));
  }

  /** The next batch that is due at `now`; its partitions are taken until `release`. */
  function next(now: number): Batch | null {
    const candidates = ready();
    const first = candidates[0];
    if (first === undefined) return null;
    const count = candidates.reduce((total, lane) => total + lane.records.length - lane.head, 0);
    const bytes = candidates.reduce((total, lane) => total + lane.bytes, overhead);
    const full = count >= options.batchSize || bytes >= PAYLOAD_LIMIT || candidates.some((lane) => lane.paused);
    if (!full && now - oldest(first) < options.windowMs) return null;
    return take(candidates);
  }

  function take(candidates: readonly Lane[]): Batch {
    const records: PolledRecord[] = [];
    let bytes = overhead;
    for (const lane of candidates) {
      let record = lane.records[lane.head];
      if (record === undefined || records.length >= options.batchSize) break;
      const before = records.length;
      bytes += partitionBytes(record);
      while (record !== undefined && records.length < options.batchSize) {
        const size: number = record.bytes + 1;
        if (bytes + size > PAYLOAD_LIMIT) {
          if (records.length > 0) break;
          advance(lane, record);
          return { records: [record], oversized: true };
        }
        bytes += size;
        advance(lane, record);
        records.push(record);
        record = lane.records[lane.head];
      }
      if (records.length === before) break;
    }
    return { records, oversized: false };
  }

  /** When the oldest waiting record's window ends; null when nothing waits. */
  function dueAt(): number | null {
    const first = ready()[0];
    return first === undefined ? null : oldest(first) + options.windowMs;
  }

  /** Gives a batch's partitions free again. @returns the partitions that may be polled again */
  function release(batch: Batch): readonly number[] {
    const resumable: number[] = [];
    for (const partition of new Set(batch.records.map((record) => record.partition))) {
      const lane = laneOf(partition);
      lane.inFlight = false;
      if (!lane.paused || lane.bytes > share() / 2) continue;
      lane.paused = false;
      resumable.push(partition);
    }
    return resumable;
  }

  return { add, next, dueAt, release };
}

export type RecordBuffer = ReturnType<typeof createBuffer>;

function oldest(lane: Lane): number {
  return lane.records[lane.head]?.polledAt ?? Number.POSITIVE_INFINITY;
}

/** Moves past the lane's first record; the taken front is cut off now and then, so that taking stays linear. */
function advance(lane: Lane, record: PolledRecord): void {
  lane.inFlight = true;
  lane.bytes -= record.bytes + 1;
  lane.head += 1;
  if (lane.head < lane.records.length) {
    if (lane.head < 4096) return;
    lane.records = lane.records.slice(lane.head);
  } else {
    lane.records = [];
  }
  lane.head = 0;
}
