import { S3Client } from "@aws-sdk/client-s3";
import { createObjectStore } from "../lambdas/adapters/s3/index.ts";
import type { ObjectStore } from "../lambdas/core/ports.ts";
import { liftHold, placeHold, readHold, readStandingHold } from "../lambdas/core/table-facts.ts";
import { knownTable } from "./snapshot.ts";
import { stackOutputs } from "./stack-outputs.ts";
import { findTarget } from "./target.ts";

export interface PauseOptions {
  readonly reason?: string;
  readonly stage?: string;
}

/**
 * `millrace pause <table>`: its loads stand still. Capture and landing go on, so nothing is lost as long as the topic's
 * and the objects' retention; `millrace status` shows it.
 */
export async function pause(table: string, options: PauseOptions, print: (text: string) => void): Promise<void> {
  knownTable(table);
  await withState(options.stage, async (state) => {
    const known = await readHold(state, table);
    if (known !== null) {
      print(`${table} is paused already, since ${known.since} (${known.reason}).`);
      return;
    }
    const reason = options.reason ?? "no reason given";
    await placeHold(state, table, { by: "operator", reason, since: new Date().toISOString() });
    print(`${table} is not loaded any more. What changes waits on S3: \`millrace resume ${table}\` loads it.`);
  });
}

/** `millrace resume <table>`: loads go on where they stopped; the safety net wakes them within a minute. */
export async function resume(
  table: string,
  options: Pick<PauseOptions, "stage">,
  print: (text: string) => void,
): Promise<void> {
  knownTable(table);
  await withState(options.stage, async (state) => {
    const known = await readHold(state, table);
    if (known === null) {
      const standing = await readStandingHold(state, table);
      print(
        standing === null ? `${table} is not paused.` : `${table} is not paused, but stands still: ${standing.reason}`,
      );
      return;
    }
    await liftHold(state, table);
    print(`${table} is loaded again, from within a minute.`);
  });
}

async function withState(stage: string | undefined, work: (state: ObjectStore) => Promise<void>): Promise<void> {
  const target = findTarget(stage);
  const { LandingBucket } = await stackOutputs(target);
  const client = new S3Client({ ...target.aws, ...(target.local !== null && { forcePathStyle: true }) });
  try {
    await work(createObjectStore(LandingBucket, client));
  } finally {
    client.destroy();
  }
}
