import { randomUUID } from "node:crypto";
import { setTimeout as delay } from "node:timers/promises";
import type { NewId, Now, Sleep } from "../../core/ports.ts";

export const now: Now = () => Date.now();

export const newId: NewId = () => randomUUID();

/** An abort ends the wait early and quietly: what waits for a signal looks at the signal next. */
export const sleep: Sleep = async (ms, signal) => {
  try {
    await delay(ms, undefined, signal === undefined ? {} : { signal });
  } catch (error) {
    if (signal?.aborted !== true) throw error;
  }
};
