import type { PipelineStatus } from "../../../lambdas/core/events.ts";
import { DemoError } from "../errors.ts";

/** Long enough for a slow machine's pause, short enough for a person; only standstill counts, never slowness. */
const STANDSTILL_MS = 180_000;

/** Watches the stages' positions while one waits: as long as anything moves, waiting goes on. */
export interface StallWatch {
  /** @throws DemoError when nothing has moved for too long, with the stages' last errors */
  look(status: PipelineStatus): void;
}

export function watchForStall(part: string, now: () => number = Date.now): StallWatch {
  let last = "";
  let since = now();
  return {
    look(status) {
      const positions = JSON.stringify([status.capture?.file, status.capture?.pos, status.tables]);
      if (positions !== last) {
        last = positions;
        since = now();
        return;
      }
      if (now() - since < STANDSTILL_MS) return;
      throw new DemoError(part, `nothing has moved for ${STANDSTILL_MS / 1000} s. ${whereItStands(status)}`);
    },
  };
}

/** Which stage is behind, per table, and what it last complained about. */
export function whereItStands(status: PipelineStatus): string {
  const behind = status.tables.flatMap(({ table, published, landed, loaded, starred, lastError }) => {
    const stage = landed < published ? "land" : loaded < landed ? "load" : starred < loaded ? "star" : null;
    if (stage === null && lastError === null) return [];
    const counts = `${published} published, ${landed} landed, ${loaded} loaded, ${starred} in mart`;
    return [`${table}: ${counts}${lastError === null ? "" : `; last error: ${lastError}`}`];
  });
  const capture =
    status.capture === null
      ? "Change capture has not started."
      : `Change capture is at ${status.capture.file}:${status.capture.pos}, the source at ${status.mark.file}:${status.mark.pos}.`;
  return [capture, ...behind].join("\n  ");
}
