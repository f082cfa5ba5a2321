import { setTimeout as wait } from "node:timers/promises";

/** Waits for a condition, looking every few milliseconds. @throws after `limitMs`, with what was waited for */
export async function until(
  what: string,
  condition: () => boolean | Promise<boolean>,
  limitMs = 60_000,
): Promise<void> {
  const end = Date.now() + limitMs;
  while (!(await condition())) {
    if (Date.now() > end) throw new Error(`Waited ${limitMs} ms in vain: ${what}`);
    await wait(20);
  }
}
