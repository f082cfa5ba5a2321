import { RecordBatch } from "./record-batch.ts";

/** Batches of the usual size are kept for reuse up to this many per producer. */
const POOL = 64;

/** Batches that are not in use: memory is asked for once. */
export class BatchPool {
  private readonly free: RecordBatch[] = [];
  private readonly size: number;

  constructor(size: number) {
    this.size = size;
  }

  take(): RecordBatch {
    return this.free.pop() ?? new RecordBatch(this.size);
  }

  give(batch: RecordBatch): void {
    batch.reset();
    // One that grew for a large record is let go.
    if (batch.capacity === this.size && this.free.length < POOL) this.free.push(batch);
  }
}

/**
 * The records of one partition on their way: an open batch, full ones waiting, and at most one in flight. One at a time
 * keeps their order through every retry; while it is away the next one fills.
 */
export class PartitionQueue {
  readonly topic: string;
  readonly partition: number;
  private readonly pool: BatchPool;
  private readonly waiting: RecordBatch[] = [];
  private open: RecordBatch | null = null;
  private hurried = false;
  private appended = 0;
  private written = 0;
  /** The batch that is being sent, or waits to be sent again. */
  current: RecordBatch | null = null;
  flying = false;
  /** Failed attempts to send `current`. */
  failures = 0;
  /** Time (ms) before which `current` is not sent again. */
  notBefore = 0;
  /** Sequence of the first record of `current`; the same through all its attempts. */
  sequence = 0;

  constructor(topic: string, partition: number, pool: BatchPool) {
    this.topic = topic;
    this.partition = partition;
    this.pool = pool;
  }

  get idle(): boolean {
    return this.current === null && this.open === null && this.waiting.length === 0;
  }

  /** Whether a full batch waits, which is worth sending at once. */
  get full(): boolean {
    return this.waiting.length > 0;
  }

  /** @returns bytes added */
  append(from: Buffer, keyStart: number, keyEnd: number, valueStart: number, valueEnd: number, now: number): number {
    const bytes = valueEnd - valueStart + (keyStart < 0 ? 0 : keyEnd - keyStart);
    if (this.open !== null && !this.open.fits(bytes)) {
      this.waiting.push(this.open);
      this.open = null;
    }
    this.open ??= this.pool.take();
    const before = this.open.size;
    this.open.append(from, keyStart, keyEnd, valueStart, valueEnd, now);
    this.appended += 1;
    return this.open.size - before;
  }

  /** Sends what is there without waiting for company. @returns a mark that `passed` tells of */
  hurry(): number {
    this.hurried = this.open !== null;
    return this.appended;
  }

  /** Whether everything up to the mark is acknowledged. */
  passed(mark: number): boolean {
    return this.written >= mark;
  }

  /** Milliseconds until there is something to send; 0: now; Infinity: not before an answer or a record comes. */
  dueIn(now: number, lingerMs: number): number {
    if (this.flying) return Infinity;
    if (this.current !== null) return Math.max(0, this.notBefore - now);
    if (this.waiting.length > 0) return 0;
    if (this.open === null) return Infinity;
    return this.hurried ? 0 : Math.max(0, this.open.openedAt + lingerMs - now);
  }

  /** The batch to send: the one that failed, else the oldest. */
  take(): RecordBatch {
    let batch = this.current ?? this.waiting.shift() ?? null;
    if (batch === null) {
      batch = this.open;
      this.open = null;
      this.hurried = false;
    }
    if (batch === null) throw new RangeError("no batch to send");
    this.current = batch;
    this.flying = true;
    return batch;
  }

  /** `current` is written. @returns its bytes */
  acknowledged(): number {
    const batch = this.current;
    if (batch === null) throw new RangeError("nothing is in flight");
    const bytes = batch.payload;
    // Sequences go on at 0 after 2^31 - 1, as the broker expects.
    this.sequence = (this.sequence + batch.count) % 0x80000000;
    this.written += batch.count;
    this.current = null;
    this.flying = false;
    this.failures = 0;
    this.pool.give(batch);
    return bytes;
  }
}
