import { setImmediate } from "node:timers/promises";
import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import fc from "fast-check";

/** Where fuzzing begins; a failure prints fast-check's own seed and path. Another run: MILLRACE_FUZZ_SEED=n. */
const SEED = Number(process.env.MILLRACE_FUZZ_SEED ?? 4_242);
/** How often the default number of runs: MILLRACE_FUZZ_LENGTH=n. */
const LENGTH = Number(process.env.MILLRACE_FUZZ_LENGTH ?? 1);

/** fast-check's settings: seeded and bounded. */
export const runs = (count: number): { readonly seed: number; readonly numRuns: number } => ({
  seed: SEED,
  numRuns: Math.round(count * LENGTH),
});

/** Damage to bytes, each a place (taken modulo the length) and what happens there. */
export interface Damage {
  readonly at: number;
  readonly kind: "flip" | "cut" | "drop" | "insert";
  readonly byte: number;
}

export const damage = fc.array(
  fc.record({
    at: fc.nat({ max: 100_000 }),
    kind: fc.constantFrom<Damage["kind"]>("flip", "flip", "cut", "drop", "insert"),
    byte: fc.nat({ max: 255 }),
  }),
  { minLength: 1, maxLength: 4 },
);

/** A damaged copy. */
export function damaged(bytes: Buffer, all: readonly Damage[]): Buffer {
  let copy = Buffer.from(bytes);
  for (const { at, kind, byte } of all) {
    const place = copy.length === 0 ? 0 : at % copy.length;
    if (kind === "flip" && copy.length > 0) copy[place] = (copy[place] ?? 0) ^ (byte === 0 ? 1 : byte);
    if (kind === "cut") copy = copy.subarray(0, place);
    if (kind === "drop") copy = Buffer.concat([copy.subarray(0, place), copy.subarray(place + 1)]);
    if (kind === "insert") copy = Buffer.concat([copy.subarray(0, place), Buffer.from([byte]), copy.subarray(place)]);
  }
  return copy;
}

setFlagsFromString("--expose-gc");
const collectGarbage = runInNewContext("gc") as () => void;

/** Bytes that are alive, heap and buffers; what finalizers free is gone a turn after the collection. */
export async function bytesAlive(): Promise<number> {
  for (let i = 0; i < 3; i += 1) {
    collectGarbage();
    await setImmediate();
  }
  const { heapUsed, arrayBuffers } = process.memoryUsage();
  return heapUsed + arrayBuffers;
}
