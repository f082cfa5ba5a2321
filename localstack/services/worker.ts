import { messageOf } from "../../lambdas/core/errors.ts";
import type { Sleep } from "../../lambdas/core/ports.ts";
import type { Log } from "./log.ts";

/** Something that looks at LocalStack again and again and acts on what it finds. */
export interface Worker {
  readonly name: string;
  /** Throws when LocalStack does not answer; the next tick tries again. */
  tick(): Promise<void>;
  /** Ends what the ticks began. Called once, after the last tick. */
  stop(): Promise<void>;
}

/**
 * Ticks until the returned function is called. An outage is said once when it begins and once when it ends:
 * LocalStack may be up later than this process, or go away under it.
 */
export function runWorker(worker: Worker, intervalMs: number, sleep: Sleep, log: Log): () => Promise<void> {
  const stopping = new AbortController();
  const loop = (async () => {
    let down = false;
    while (!stopping.signal.aborted) {
      try {
        await worker.tick();
        if (down) log.info("works again", { worker: worker.name });
        down = false;
      } catch (error) {
        if (!down) log.warn("waits", { worker: worker.name, error: messageOf(error) });
        down = true;
      }
      await sleep(intervalMs, stopping.signal).catch(() => undefined);
    }
  })();
  return async () => {
    stopping.abort();
    await loop;
    await worker.stop();
  };
}
