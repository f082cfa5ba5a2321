import { describe, expect, it } from "@jest/globals";
import fc from "fast-check";
import { createBuffer, type Batch } from "../../../../localstack/services/event-source/buffer.ts";
import { encodeEvent, PAYLOAD_LIMIT } from "../../../../localstack/services/event-source/event.ts";
import { envelope, recordOf, recordsOf } from "./records.ts";

const buffer = (changes: Partial<Parameters<typeof createBuffer>[0]> = {}) =>
  createBuffer({ batchSize: 10, windowMs: 1000, envelope, capacity: 16 * 1024 * 1024, ...changes });
const offsets = (batch: Batch | null) => batch?.records.map((record) => `${record.partition}:${record.offset}`);

describe("the buffer of polled records", () => {
  it("waits for the window of the oldest record", () => {
    const waiting = buffer();
    waiting.add([recordOf(0, 0, "a", 100)]);
    waiting.add([recordOf(1, 0, "b", 700)]);
    expect(waiting.next(1099)).toBeNull();
    expect(waiting.dueAt()).toBe(1100);
    expect(offsets(waiting.next(1100))).toEqual(["0:0", "1:0"]);
  });

  it("is due at once when the batch size is reached over partitions", () => {
    const waiting = buffer();
    waiting.add(recordsOf(0, 6));
    expect(waiting.next(0)).toBeNull();
    waiting.add(recordsOf(1, 6));
    expect(waiting.next(0)?.records).toHaveLength(10);
  });

  it("never has a partition in two batches, and goes on with it after its release", () => {
    const waiting = buffer({ batchSize: 2 });
    waiting.add(recordsOf(0, 5));
    const first = waiting.next(0);
    expect(waiting.next(0)).toBeNull();
    expect(waiting.dueAt()).toBeNull();
    if (first !== null) waiting.release(first);
    expect(offsets(waiting.next(0))).toEqual(["0:2", "0:3"]);
  });

  it("has the longest waiting partition first", () => {
    const waiting = buffer({ batchSize: 1 });
    waiting.add([recordOf(0, 0, "a", 50)]);
    waiting.add([recordOf(1, 0, "b", 10)]);
    expect(offsets(waiting.next(50))).toEqual(["1:0"]);
  });

  it("puts a record that no payload can hold into a batch of its own", () => {
    const waiting = buffer();
    waiting.add([recordOf(0, 0), recordOf(0, 1, "x".repeat(5_000_000)), recordOf(0, 2)]);
    const batches: (Batch | null)[] = [];
    for (let count = 0; count < 3; count += 1) {
      const batch = waiting.next(2000);
      batches.push(batch);
      if (batch !== null) waiting.release(batch);
    }
    expect(batches.map(offsets)).toEqual([["0:0"], ["0:1"], ["0:2"]]);
    expect(batches.map((batch) => batch?.oversized)).toEqual([false, true, false]);
  });

  it("pauses a partition at its share, delivers it then, and resumes it at half", () => {
    const waiting = buffer({ capacity: 2 * 1024 * 1024, windowMs: 60_000, batchSize: 10_000 });
    const large = (offset: number) => [recordOf(0, offset, "x".repeat(750_000))];
    expect(waiting.add(large(0))).toBe(false);
    expect(waiting.add(large(1))).toBe(false);
    expect(waiting.add(large(2))).toBe(true);
    expect(waiting.add(large(3))).toBe(false);
    const batch = waiting.next(0);
    expect(batch?.records).toHaveLength(4);
    expect(batch === null ? [] : waiting.release(batch)).toEqual([0]);
  });

  it("hands every record over once, in order, within the limits", () => {
    const arrival = fc.record({ partition: fc.nat(3), size: fc.integer({ min: 1, max: 1_500_000 }) });
    fc.assert(
      fc.property(fc.array(arrival, { maxLength: 40 }), fc.integer({ min: 1, max: 7 }), (arrivals, batchSize) => {
        const waiting = buffer({ batchSize, windowMs: 0 });
        const next = new Map<number, number>();
        for (const { partition, size } of arrivals) {
          const offset = next.get(partition) ?? 0;
          next.set(partition, offset + 1);
          waiting.add([recordOf(partition, offset, "x".repeat(size))]);
        }
        const seen = new Map<number, number>();
        for (let batch = waiting.next(1); batch !== null; batch = waiting.next(1)) {
          expect(batch.records.length).toBeLessThanOrEqual(batchSize);
          expect(Buffer.byteLength(encodeEvent(envelope, batch.records))).toBeLessThanOrEqual(PAYLOAD_LIMIT);
          for (const { partition, offset } of batch.records) {
            expect(offset).toBe(seen.get(partition) ?? 0);
            seen.set(partition, offset + 1);
          }
          waiting.release(batch);
        }
        expect(seen).toEqual(next);
      }),
      { numRuns: 30 },
    );
  });
});
