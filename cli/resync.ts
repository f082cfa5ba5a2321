import { setTimeout as sleep } from "node:timers/promises";
import { DescribeExecutionCommand, GetExecutionHistoryCommand, SFNClient } from "@aws-sdk/client-sfn";
import { CommandError } from "./errors.ts";
import { knownTable, startCopies } from "./snapshot.ts";
import { stackOutputs } from "./stack-outputs.ts";
import { findTarget } from "./target.ts";

export interface ResyncOptions {
  /** False: return as soon as it has started. @default true */
  readonly wait?: boolean;
  readonly stage?: string;
}

const POLL_MS = 1_000;

/**
 * `millrace resync <table>`: copies tables again while changes flow, and deletes what the source no longer has. Ctrl-C
 * stops the waiting, not the resync.
 */
export async function resync(
  tables: readonly string[],
  options: ResyncOptions,
  print: (text: string) => void,
): Promise<void> {
  tables.forEach(knownTable);
  const target = findTarget(options.stage);
  const { sources } = await stackOutputs(target);
  const client = new SFNClient(target.aws);
  try {
    const started = await startCopies(client, sources, { kind: "resync", tables });
    for (const copy of started) print(`Started the resync of ${copy.names.join(", ")}: ${copy.execution}`);
    if (options.wait === false) return;
    // All are waited for before one that failed is told of.
    const ended = await Promise.allSettled(started.map(({ execution }) => untilOver(client, execution)));
    const failed = ended.find(({ status }) => status === "rejected");
    if (failed?.status === "rejected") throw failed.reason;
    print(`${tables.join(", ")}: as the source has it. What has changed since is on its way.`);
  } finally {
    client.destroy();
  }
}

/** @throws CommandError with the state machine's own words when it fails */
async function untilOver(client: SFNClient, executionArn: string): Promise<void> {
  for (;;) {
    const { status, error, cause } = await client.send(new DescribeExecutionCommand({ executionArn }));
    if (status === "SUCCEEDED") return;
    if (status !== "RUNNING" && status !== "PENDING_REDRIVE") {
      const reason = [error, cause].filter(Boolean).join(": ") || (await lastFailure(client, executionArn));
      throw new CommandError(`The resync ended as ${String(status)}: ${reason}`);
    }
    await sleep(POLL_MS);
  }
}

async function lastFailure(client: SFNClient, executionArn: string): Promise<string> {
  const history = await client.send(
    new GetExecutionHistoryCommand({ executionArn, reverseOrder: true, maxResults: 5 }),
  );
  return history.events?.[0]?.executionFailedEventDetails?.cause ?? "see its history";
}
