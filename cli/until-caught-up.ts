import { setTimeout as sleep } from "node:timers/promises";
import type { PipelineStatus } from "../lambdas/core/events.ts";
import { CommandError } from "./errors.ts";
import type { AskStatus } from "./pipeline-status.ts";

const POLL_MS = 500;

/**
 * Asks until everything that was committed at the first call is visible.
 * @throws CommandError naming the tables that are behind when the time is over
 */
export async function untilCaughtUp(ask: AskStatus, timeoutSeconds?: number, now = Date.now): Promise<PipelineStatus> {
  const started = now();
  let found = await ask();
  while (!found.caughtUp) {
    if (timeoutSeconds !== undefined && now() - started >= timeoutSeconds * 1000) {
      const behind = found.tables.filter(({ published, starred }) => starred < published).map(({ table }) => table);
      const where =
        behind.length === 0 ? "change capture is" : `${behind.join(", ")} ${behind.length === 1 ? "is" : "are"}`;
      throw new CommandError(`Not caught up after ${timeoutSeconds} s: ${where} behind. See \`millrace status\`.`);
    }
    await sleep(POLL_MS);
    found = await ask(found.mark);
  }
  return found;
}
