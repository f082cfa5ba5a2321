import {
  DescribeExecutionCommand,
  SFNClient,
  StartExecutionCommand,
  paginateGetExecutionHistory,
} from "@aws-sdk/client-sfn";
import type { HistoryEvent } from "@aws-sdk/client-sfn";
import { setTimeout as sleep } from "node:timers/promises";
import { z } from "zod";
import type { AskStatus } from "../../../cli/pipeline-status.ts";
import { localClients } from "../../../cli/target.ts";
import { messageOf } from "../../../lambdas/core/errors.ts";
import { DemoError } from "../errors.ts";
import type { Say } from "../progress/index.ts";
import { watchForStall } from "./stall.ts";

export interface CopyOutcome {
  readonly startedAt: Date;
  /** Rows that the snapshot published. */
  readonly rows: number;
  /** Seconds from the start to the end of reading, and to the end of building the star. */
  readonly snapshotSeconds: number;
  readonly starSeconds: number;
}

const POLL_MS = 500;
const outputSchema = z.object({ finish: z.object({ rows: z.number() }) });

/** Starts the copy's state machine and waits for its end. @throws DemoError with the failed state's error and cause */
export async function runCopy(
  endpoint: string,
  machineArn: string,
  ask: AskStatus,
  say: Say,
  signal: AbortSignal,
): Promise<CopyOutcome> {
  const client = new SFNClient(localClients(endpoint));
  try {
    const { executionArn } = await client.send(
      new StartExecutionCommand({ stateMachineArn: machineArn, input: JSON.stringify({ kind: "copy", tables: null }) }),
    );
    if (executionArn === undefined) throw new DemoError("snapshot", "the state machine gave no execution.");
    const stall = watchForStall("snapshot");
    for (;;) {
      const execution = await client.send(new DescribeExecutionCommand({ executionArn }));
      const { status, startDate = new Date() } = execution;
      const events = await history(client, executionArn);
      if (status === "SUCCEEDED") {
        const { finish } = outputSchema.parse(JSON.parse(execution.output ?? "{}"));
        const end = (state: string) => (exitOf(events, state)?.getTime() ?? Date.now()) - startDate.getTime();
        return {
          startedAt: startDate,
          rows: finish.rows,
          snapshotSeconds: end("Finish") / 1000,
          starSeconds: end("BuildStar") / 1000,
        };
      }
      if (status !== "RUNNING") {
        const cause = causeText(execution.cause ?? lastCause(events));
        throw new DemoError(
          "snapshot",
          `the copy ${String(status).toLowerCase()}: ${execution.error ?? "error"}: ${cause}`,
        );
      }
      const found = await ask().catch((error: unknown) => messageOf(error));
      if (typeof found !== "string") stall.look(found);
      say(progressText(events, typeof found === "string" ? null : found));
      await sleep(POLL_MS, undefined, { signal });
    }
  } finally {
    client.destroy();
  }
}

async function history(client: SFNClient, executionArn: string): Promise<HistoryEvent[]> {
  const events: HistoryEvent[] = [];
  for await (const page of paginateGetExecutionHistory({ client }, { executionArn, maxResults: 1000 })) {
    events.push(...(page.events ?? []));
  }
  return events;
}

const exitOf = (events: readonly HistoryEvent[], state: string): Date | undefined =>
  events.findLast((event) => event.stateExitedEventDetails?.name === state)?.timestamp;

function progressText(events: readonly HistoryEvent[], found: Awaited<ReturnType<AskStatus>> | null): string {
  const state = events.findLast((event) => event.stateEnteredEventDetails !== undefined)?.stateEnteredEventDetails
    ?.name;
  const chunks = events.find((event) => event.mapStateStartedEventDetails !== undefined)?.mapStateStartedEventDetails
    ?.length;
  const read = events.filter((event) => event.type === "MapIterationSucceeded").length;
  const sum = (pick: (table: NonNullable<typeof found>["tables"][number]) => number): number =>
    (found?.tables ?? []).reduce((total, table) => total + pick(table), 0);
  return [
    state ?? "starting",
    ...(chunks === undefined ? [] : [`${read} of ${chunks} chunks`]),
    ...(found === null
      ? []
      : [
          `${sum((t) => t.published)} records published`,
          `${sum((t) => t.landed)} landed`,
          `${sum((t) => t.loaded)} loaded`,
        ]),
  ].join(", ");
}

const lastCause = (events: readonly HistoryEvent[]): string | undefined =>
  events.findLast((event) => event.executionFailedEventDetails !== undefined)?.executionFailedEventDetails?.cause;

/** Lambda's error document inside a cause; other causes are text already. */
function causeText(cause: string | undefined): string {
  if (cause === undefined) return "no cause was given";
  try {
    const parsed = z.object({ errorMessage: z.string() }).safeParse(JSON.parse(cause));
    return parsed.success ? parsed.data.errorMessage : cause;
  } catch {
    return cause;
  }
}
