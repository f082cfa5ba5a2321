import type { Checksum } from "./row-checksum.ts";
import { LOW } from "./row-checksum.ts";

/** Below 2^53 with room for one more row. */
const FULL = 2 ** 52;

/** Count and sum of checksums by bucket, exact up to 33 million rows a bucket (2^53 / 2^28). */
export class Sums {
  private readonly counts: Float64Array;
  private readonly highs: Float64Array;
  private readonly lows: Float64Array;

  constructor(buckets: number) {
    this.counts = new Float64Array(buckets);
    this.highs = new Float64Array(buckets);
    this.lows = new Float64Array(buckets);
  }

  add(bucket: number, { high, low }: Checksum): void {
    (this.counts[bucket] as number) += 1;
    (this.highs[bucket] as number) += high;
    const sum = (this.lows[bucket] as number) + low;
    if (sum < FULL) this.lows[bucket] = sum;
    else {
      const carry = Math.floor(sum / LOW);
      (this.highs[bucket] as number) += carry;
      this.lows[bucket] = sum - carry * LOW;
    }
  }

  /** `count checksum` of each bucket that has rows: what the mirror's query gives. */
  texts(): Map<number, string> {
    const found = new Map<number, string>();
    this.counts.forEach((count, bucket) => {
      if (count === 0) return;
      const sum = BigInt(this.highs[bucket] as number) * BigInt(LOW) + BigInt(this.lows[bucket] as number);
      found.set(bucket, sumText(count, sum));
    });
    return found;
  }

  get rows(): number {
    return this.counts.reduce((sum, count) => sum + count, 0);
  }

  toJSON(): readonly (readonly number[])[] {
    const found: number[][] = [];
    this.counts.forEach((count, bucket) => {
      if (count > 0) found.push([bucket, count, this.highs[bucket] as number, this.lows[bucket] as number]);
    });
    return found;
  }

  static from(buckets: number, saved: readonly (readonly number[])[]): Sums {
    const sums = new Sums(buckets);
    for (const [bucket = 0, count = 0, high = 0, low = 0] of saved) {
      sums.counts[bucket] = count;
      sums.highs[bucket] = high;
      sums.lows[bucket] = low;
    }
    return sums;
  }
}

export const sumText = (count: number, checksum: bigint): string => `${count} ${checksum}`;

/** Buckets in which two sides differ, in order. */
export function differing(a: ReadonlyMap<number, string>, b: ReadonlyMap<number, string>): readonly number[] {
  const buckets = new Set([...a.keys(), ...b.keys()]);
  return [...buckets].filter((bucket) => a.get(bucket) !== b.get(bucket)).sort((x, y) => x - y);
}
