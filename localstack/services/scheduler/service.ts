import {
  DeleteScheduleCommand,
  GetScheduleCommand,
  ListSchedulesCommand,
  type SchedulerClient,
  type ScheduleSummary,
} from "@aws-sdk/client-scheduler";
import { messageOf } from "../../../lambdas/core/errors.ts";
import type { NewId, Now, Sleep } from "../../../lambdas/core/ports.ts";
import type { AwsClients } from "../aws-clients.ts";
import type { Log } from "../log.ts";
import type { Worker } from "../worker.ts";
import { createBury, deliverOccurrence } from "./delivery.ts";
import { openSlotMarks } from "./marks.ts";
import { parseSchedule, type Schedule } from "./schedule.ts";
import { createCallTarget } from "./targets.ts";
import { createScheduleWorker } from "./worker.ts";

export interface SchedulerDependencies {
  /** `lambda` must wait as long as a function may run: a universal target may invoke synchronously. */
  readonly clients: Pick<AwsClients, "scheduler" | "lambda" | "sqs" | "stepFunctions">;
  readonly dataDir: string;
  readonly now: Now;
  readonly sleep: Sleep;
  readonly random: () => number;
  readonly newId: NewId;
  readonly log: Log;
}

/** EventBridge Scheduler's invocations, for the schedules that LocalStack keeps. */
export function createScheduler(dependencies: SchedulerDependencies): Worker {
  const { clients, log } = dependencies;
  const ports = { ...dependencies, call: createCallTarget(clients), bury: createBury(clients.sqs, log) };
  return createScheduleWorker({
    ...dependencies,
    list: createListing(clients.scheduler, log),
    deliver: (occurrence, signal) => deliverOccurrence(occurrence, ports, signal),
    remove: async ({ name, group }) => {
      await clients.scheduler.send(new DeleteScheduleCommand({ Name: name, GroupName: group }));
    },
    marks: openSlotMarks(dependencies.dataDir),
  });
}

/** Lists schedules and reads each one again only when it has changed. */
function createListing(client: SchedulerClient, log: Log): () => Promise<readonly Schedule[]> {
  const known = new Map<string, { readonly version: string; readonly schedule: Schedule | null }>();
  return async () => {
    const summaries = await listSummaries(client);
    const listed = new Set(summaries.map((summary) => summary.Arn ?? ""));
    for (const arn of known.keys()) if (!listed.has(arn)) known.delete(arn);
    for (const summary of summaries) {
      const arn = summary.Arn ?? "";
      const version = `${summary.CreationDate?.getTime() ?? 0}/${summary.LastModificationDate?.getTime() ?? 0}`;
      if (known.get(arn)?.version !== version) known.set(arn, { version, schedule: await read(client, summary, log) });
    }
    return [...known.values()].map((entry) => entry.schedule).filter((schedule) => schedule !== null);
  };
}

async function listSummaries(client: SchedulerClient): Promise<readonly ScheduleSummary[]> {
  const all: ScheduleSummary[] = [];
  let NextToken: string | undefined;
  do {
    const answer = await client.send(new ListSchedulesCommand({ NextToken }));
    all.push(...(answer.Schedules ?? []));
    NextToken = answer.NextToken;
  } while (NextToken !== undefined);
  return all;
}

async function read(client: SchedulerClient, summary: ScheduleSummary, log: Log): Promise<Schedule | null> {
  const described = await client.send(new GetScheduleCommand({ Name: summary.Name, GroupName: summary.GroupName }));
  try {
    return parseSchedule(described);
  } catch (error) {
    log.error("the schedule cannot run", { schedule: summary.Name, problem: messageOf(error) });
    return null;
  }
}
