import { messageOf } from "../../../lambdas/core/errors.ts";
import type { NewId, Now } from "../../../lambdas/core/ports.ts";
import type { Log } from "../log.ts";
import type { Worker } from "../worker.ts";
import type { Occurrence } from "./occurrence.ts";
import type { Schedule } from "./schedule.ts";
import type { SlotMarks } from "./marks.ts";

export interface ScheduleWorkerPorts {
  /** All schedules there are; one that cannot be read is left out. */
  readonly list: () => Promise<readonly Schedule[]>;
  readonly deliver: (occurrence: Occurrence, signal: AbortSignal) => Promise<void>;
  readonly remove: (schedule: Schedule) => Promise<void>;
  readonly marks: SlotMarks;
  readonly now: Now;
  readonly newId: NewId;
  readonly log: Log;
}

/**
 * Fires the slots of EventBridge Scheduler's schedules, which LocalStack keeps and never fires. A slot is marked
 * before its target is called, so that a restart never fires it twice; of slots missed while this process was down
 * only the last one fires. What passes while a schedule is disabled is gone.
 */
export function createScheduleWorker(ports: ScheduleWorkerPorts): Worker {
  const stopping = new AbortController();
  const running = new Set<Promise<void>>();

  function fire(schedule: Schedule, slot: number): void {
    const work: Promise<void> = ports
      .deliver({ schedule, slot, executionId: ports.newId() }, stopping.signal)
      .then(async () => {
        if (schedule.deleteWhenDone && schedule.slots.endsBy(Math.min(slot, schedule.until))) {
          await ports.remove(schedule);
        }
      })
      .catch((error: unknown) => {
        ports.log.error("schedule failed", { schedule: schedule.name, error: messageOf(error) });
      })
      .finally(() => running.delete(work));
    running.add(work);
  }

  return {
    name: "schedules",
    tick: async () => {
      const schedules = await ports.list();
      const now = ports.now();
      ports.marks.keep(schedules.map((schedule) => schedule.key));
      for (const schedule of schedules) {
        const after = Math.max(ports.marks.get(schedule.key) ?? schedule.createdAt, schedule.from - 1);
        if (!schedule.enabled) {
          ports.marks.passOver(schedule.key, now);
          continue;
        }
        const slot = schedule.slots.last(after, Math.min(now, schedule.until));
        if (slot === null) continue;
        ports.marks.set(schedule.key, slot);
        fire(schedule, slot);
      }
    },
    stop: async () => {
      stopping.abort();
      await Promise.allSettled(running);
    },
  };
}
