import { SendMessageCommand, type SQSClient } from "@aws-sdk/client-sqs";
import { messageOf } from "../../../lambdas/core/errors.ts";
import type { Now, Sleep } from "../../../lambdas/core/ports.ts";
import type { Log } from "../log.ts";
import { payloadOf, scheduledTime, type Occurrence } from "./occurrence.ts";
import { queueUrl, UnusableTargetError, type CallTarget } from "./targets.ts";

/** An occurrence that was given up. */
export interface DeadLetter {
  readonly occurrence: Occurrence;
  readonly payload: string;
  readonly error: unknown;
  readonly retries: number;
  /** null when retrying could not have helped. */
  readonly exhausted: "MaximumRetryAttempts" | "MaximumEventAgeInSeconds" | null;
}

export interface DeliveryPorts {
  readonly call: CallTarget;
  readonly bury: (letter: DeadLetter) => Promise<void>;
  readonly now: Now;
  readonly sleep: Sleep;
  readonly random: () => number;
  readonly log: Log;
}

const FIRST_PAUSE_MS = 1_000;
const LONGEST_PAUSE_MS = 60_000;

/**
 * Delivers an occurrence by the target's retry policy: exponential pauses with jitter, up to the attempts and the
 * age allowed, then the dead-letter queue.
 * @throws when `signal` aborts during a pause
 */
export async function deliverOccurrence(
  occurrence: Occurrence,
  ports: DeliveryPorts,
  signal: AbortSignal,
): Promise<void> {
  const { target, name } = occurrence.schedule;
  const deadline = occurrence.slot + target.maximumAgeMs;
  for (let retries = 0; ; retries += 1) {
    const payload = payloadOf(occurrence, retries + 1);
    try {
      await ports.call(target, payload);
      ports.log.info("schedule fired", { schedule: name, slot: scheduledTime(occurrence.slot) });
      return;
    } catch (error) {
      ports.log.warn("schedule's target failed", { schedule: name, retries, error: messageOf(error) });
      const pause =
        Math.min(LONGEST_PAUSE_MS, FIRST_PAUSE_MS * 2 ** Math.min(retries, 10)) * (0.5 + ports.random() / 2);
      const exhausted =
        retries >= target.maximumRetries
          ? "MaximumRetryAttempts"
          : ports.now() + pause > deadline
            ? "MaximumEventAgeInSeconds"
            : null;
      if (exhausted !== null || !canHelp(error)) {
        await ports.bury({ occurrence, payload, error, retries, exhausted: canHelp(error) ? exhausted : null });
        return;
      }
      await ports.sleep(pause, signal);
    }
  }
}

/** Server faults, throttling and outages may pass; a refusal (no such function, wrong input) will not. */
function canHelp(error: unknown): boolean {
  if (error instanceof UnusableTargetError) return false;
  const { $fault, $metadata, name } = error as {
    $fault?: string;
    $metadata?: { httpStatusCode?: number };
    name?: string;
  };
  if ($metadata?.httpStatusCode === 429 || /Throttl|TooManyRequests/.test(name ?? "")) return true;
  return $fault !== "client";
}

/** Sends dead letters to the schedule's queue, with the attributes that the service documents; else they are logged. */
export function createBury(sqs: SQSClient, log: Log): (letter: DeadLetter) => Promise<void> {
  return async ({ occurrence, payload, error, retries, exhausted }) => {
    const { schedule, slot, executionId } = occurrence;
    const { deadLetterArn } = schedule.target;
    log.error("schedule's event given up", { schedule: schedule.name, retries, exhausted, queue: deadLetterArn });
    if (deadLetterArn === null) return;
    const attributes = {
      ERROR_CODE: error instanceof Error ? error.name : "Error",
      ERROR_MESSAGE: messageOf(error),
      EXECUTION_ID: executionId,
      IS_PAYLOAD_TRUNCATED: "false",
      RETRY_ATTEMPTS: String(retries),
      SCHEDULED_TIME: scheduledTime(slot),
      SCHEDULE_ARN: schedule.arn,
      TARGET_ARN: schedule.target.arn,
      ...(exhausted === null ? {} : { EXHAUSTED_RETRY_CONDITION: exhausted }),
    };
    await sqs.send(
      new SendMessageCommand({
        QueueUrl: await queueUrl(sqs, deadLetterArn),
        MessageBody: payload,
        MessageAttributes: Object.fromEntries(
          Object.entries(attributes).map(([key, value]) => [key, { DataType: "String", StringValue: value }]),
        ),
      }),
    );
  };
}
