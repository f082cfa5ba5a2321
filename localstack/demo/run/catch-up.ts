import { setTimeout as sleep } from "node:timers/promises";
import type { AskStatus } from "../../../cli/pipeline-status.ts";
import type { PipelineStatus } from "../../../lambdas/core/events.ts";
import type { Say } from "../progress/index.ts";
import { watchForStall } from "./stall.ts";

const POLL_MS = 250;

/** Waits until all that the source has committed by now is visible in mart, however long it takes, unless nothing moves. */
export async function catchUp(part: string, ask: AskStatus, say: Say, signal: AbortSignal): Promise<PipelineStatus> {
  const stall = watchForStall(part);
  let status = await ask();
  while (!status.caughtUp) {
    stall.look(status);
    const behind = (of: (table: PipelineStatus["tables"][number]) => number): number =>
      status.tables.reduce((sum, table) => sum + Math.max(0, of(table)), 0);
    say(
      `still to land ${behind((t) => t.published - t.landed)}, to load ${behind((t) => t.landed - t.loaded)}, to build ${behind((t) => t.loaded - t.starred)}`,
    );
    await sleep(POLL_MS, undefined, { signal });
    status = await ask(status.mark);
  }
  return status;
}
