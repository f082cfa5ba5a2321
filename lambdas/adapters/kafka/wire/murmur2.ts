const SEED = 0x9747b28c;
const M = 0x5bd1e995;
const R = 24;

/** Murmur2 of `buf[start, end)` as Kafka's Java client computes it (32 bits, signed). */
export function murmur2(buf: Uint8Array, start: number, end: number): number {
  const length = end - start;
  let h = SEED ^ length;
  let i = start;
  for (let left = length; left >= 4; left -= 4, i += 4) {
    let k =
      (buf[i] as number) |
      ((buf[i + 1] as number) << 8) |
      ((buf[i + 2] as number) << 16) |
      ((buf[i + 3] as number) << 24);
    k = Math.imul(k, M);
    k = Math.imul(k ^ (k >>> R), M);
    h = Math.imul(h, M) ^ k;
  }
  const rest = end - i;
  if (rest > 0) {
    if (rest === 3) h ^= (buf[i + 2] as number) << 16;
    if (rest >= 2) h ^= (buf[i + 1] as number) << 8;
    h = Math.imul(h ^ (buf[i] as number), M);
  }
  h = Math.imul(h ^ (h >>> 13), M);
  return h ^ (h >>> 15);
}

/** Partition of a key as the Java client's default partitioner chooses it. */
export function partitionOf(buf: Uint8Array, start: number, end: number, partitions: number): number {
  return (murmur2(buf, start, end) & 0x7fffffff) % partitions;
}
