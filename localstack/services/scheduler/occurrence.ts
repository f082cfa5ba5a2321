import type { Schedule } from "./schedule.ts";

/** One firing of a schedule. */
export interface Occurrence {
  readonly schedule: Schedule;
  readonly slot: number;
  readonly executionId: string;
}

/** Seconds, UTC: `2026-01-02T03:04:05Z`. */
export function scheduledTime(slot: number): string {
  return `${new Date(slot).toISOString().slice(0, 19)}Z`;
}

/** What the target gets: the schedule's input with the service's keywords filled in, or the service's notification. */
export function payloadOf({ schedule, slot, executionId }: Occurrence, attempt: number): string {
  const { input } = schedule.target;
  if (input === null) return notification(schedule, slot, executionId);
  return input
    .replaceAll("<aws.scheduler.schedule-arn>", schedule.arn)
    .replaceAll("<aws.scheduler.scheduled-time>", scheduledTime(slot))
    .replaceAll("<aws.scheduler.execution-id>", executionId)
    .replaceAll("<aws.scheduler.attempt-number>", String(attempt));
}

function notification(schedule: Schedule, slot: number, executionId: string): string {
  const [, , , region, account] = schedule.arn.split(":");
  return JSON.stringify({
    version: "0",
    id: executionId,
    "detail-type": "Scheduled Event",
    source: "aws.scheduler",
    account,
    time: scheduledTime(slot),
    region,
    resources: [schedule.arn],
    detail: "{}",
  });
}
