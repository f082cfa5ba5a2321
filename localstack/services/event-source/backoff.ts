const FIRST_MS = 200;
const LONGEST_MS = 30_000;

/** Pause before attempt `n` + 1 (n from 1): doubling from 0.2 s to 30 s, the upper half of it random. */
export function backoff(n: number, random: () => number): number {
  const whole = Math.min(LONGEST_MS, FIRST_MS * 2 ** Math.min(n - 1, 20));
  return Math.round(whole / 2 + (whole / 2) * random());
}
