import type { GetScheduleCommandOutput } from "@aws-sdk/client-scheduler";
import { parseExpression, type Slots } from "./expression.ts";

/** A schedule as the worker fires it. */
export interface Schedule {
  readonly arn: string;
  readonly name: string;
  readonly group: string;
  /** ARN and creation: a schedule that is made anew under its name starts anew. */
  readonly key: string;
  readonly enabled: boolean;
  readonly createdAt: number;
  readonly slots: Slots;
  /** Slots outside of [from, until] do not fire. */
  readonly from: number;
  readonly until: number;
  readonly deleteWhenDone: boolean;
  readonly target: ScheduleTarget;
}

export interface ScheduleTarget {
  readonly arn: string;
  /** Without one, the target gets the service's own notification. */
  readonly input: string | null;
  readonly messageGroupId: string | null;
  readonly maximumRetries: number;
  readonly maximumAgeMs: number;
  readonly deadLetterArn: string | null;
}

/** @throws Error with a sentence about what cannot be read */
export function parseSchedule(described: GetScheduleCommandOutput): Schedule {
  const { Arn: arn, Name: name, Target: target, ScheduleExpression: expression } = described;
  const targetArn = target?.Arn;
  if (arn === undefined || name === undefined || expression === undefined || targetArn === undefined) {
    throw new Error("Arn, Name, ScheduleExpression and Target.Arn are needed.");
  }
  const createdAt = described.CreationDate?.getTime() ?? 0;
  const isOnce = expression.trim().startsWith("at(");
  // One-time schedules ignore start and end dates.
  const from = isOnce ? undefined : described.StartDate?.getTime();
  const until = isOnce ? undefined : described.EndDate?.getTime();
  const timezone = described.ScheduleExpressionTimezone ?? "UTC";
  return {
    arn,
    name,
    group: described.GroupName ?? "default",
    key: `${arn}@${createdAt}`,
    enabled: described.State !== "DISABLED",
    createdAt,
    slots: parseExpression(expression, timezone, from ?? createdAt, from !== undefined),
    from: from ?? 0,
    until: until ?? Number.POSITIVE_INFINITY,
    deleteWhenDone: described.ActionAfterCompletion === "DELETE",
    target: {
      arn: targetArn,
      input: target?.Input ?? null,
      messageGroupId: target?.SqsParameters?.MessageGroupId ?? null,
      maximumRetries: target?.RetryPolicy?.MaximumRetryAttempts ?? 185,
      maximumAgeMs: (target?.RetryPolicy?.MaximumEventAgeInSeconds ?? 86_400) * 1000,
      deadLetterArn: target?.DeadLetterConfig?.Arn ?? null,
    },
  };
}
