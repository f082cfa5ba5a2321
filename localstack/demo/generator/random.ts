/** Numbers that look random and are the same for the same seed on every machine. */
export interface Random {
  /** At least 0, below 1. */
  next(): number;
  /** A whole number from `min` to `max`, both included. */
  int(min: number, max: number): number;
  chance(probability: number): boolean;
  /** @throws RangeError on an empty list */
  pick<T>(from: readonly T[]): T;
  shuffled<T>(from: readonly T[]): T[];
  /** A stream of its own, so that drawing more from one part changes nothing in the others. */
  fork(name: string): Random;
}

/** sfc32 (Chris Doty-Humphrey, PractRand; public domain), seeded through a 32-bit mixer. */
export function createRandom(seed: number): Random {
  let [a, b, c, counter] = [mix(seed), mix(seed ^ 0x9e37_79b9), mix(seed ^ 0x85eb_ca6b), 1];
  const next = (): number => {
    const sum = (a + b + counter) | 0;
    counter = (counter + 1) | 0;
    a = b ^ (b >>> 9);
    b = (c + (c << 3)) | 0;
    c = ((c << 21) | (c >>> 11)) + sum;
    return (sum >>> 0) / 4_294_967_296;
  };
  for (let i = 0; i < 12; i++) next();
  const int = (min: number, max: number): number => min + Math.floor(next() * (max - min + 1));
  return {
    next,
    int,
    chance: (probability) => next() < probability,
    pick: (from) => {
      const index = int(0, from.length - 1);
      if (from.length === 0) throw new RangeError("pick from an empty list");
      return from[index] as (typeof from)[number];
    },
    shuffled: (from) => {
      const list = [...from];
      for (let i = list.length - 1; i > 0; i--) {
        const j = int(0, i);
        [list[i], list[j]] = [list[j] as (typeof list)[number], list[i] as (typeof list)[number]];
      }
      return list;
    },
    fork: (name) => createRandom(Buffer.from(name).reduce((sum, byte) => mix(sum ^ byte), seed)),
  };
}

function mix(value: number): number {
  let x = (value + 0x6d2b_79f5) | 0;
  x = Math.imul(x ^ (x >>> 16), 0x7feb_352d);
  x = Math.imul(x ^ (x >>> 15), 0x846c_a68b);
  return x ^ (x >>> 16);
}
