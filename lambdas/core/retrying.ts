import { isRetryable } from "./errors.ts";
import type { Sleep } from "./ports.ts";

export interface RetrySettings {
  readonly attempts: number;
  readonly sleep: Sleep;
  /** From 0 to 1. */
  readonly random: () => number;
}

const FIRST_WAIT_MS = 250;
const LONGEST_WAIT_MS = 20_000;

/** Milliseconds before the next try: exponential with jitter, so that two in conflict do not meet again. */
export function backoff(tries: number, random: number): number {
  return Math.round(Math.min(FIRST_WAIT_MS * 2 ** tries, LONGEST_WAIT_MS) * (0.5 + random / 2));
}

/** Does it again while its error says that this can help. */
export async function retrying<T>(operation: (attempt: number) => Promise<T>, settings: RetrySettings): Promise<T> {
  for (let attempt = 1; ; attempt++) {
    try {
      return await operation(attempt);
    } catch (error) {
      if (attempt >= settings.attempts || !isRetryable(error)) throw error;
      await settings.sleep(backoff(attempt, settings.random()));
    }
  }
}
