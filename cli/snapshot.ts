import { randomUUID } from "node:crypto";
import { SFNClient, StartExecutionCommand } from "@aws-sdk/client-sfn";
import { qualifiedName } from "../schemas/naming.ts";
import { tables as definitions } from "../schemas/sources/index.ts";
import { CommandError } from "./errors.ts";
import { bySource } from "./sources.ts";
import type { SourceOutputs } from "./stack-outputs.ts";
import { stackOutputs } from "./stack-outputs.ts";
import { findTarget } from "./target.ts";

export interface SnapshotOptions {
  /** Qualified names, comma separated. @default - all tables */
  readonly tables?: string;
  /** Also deletes keys that the source no longer has. */
  readonly resync?: boolean;
  readonly stage?: string;
}

/** `millrace snapshot`: starts the copy's state machine and says how to follow it. */
export async function snapshot(options: SnapshotOptions, print: (text: string) => void): Promise<void> {
  const tables = options.tables === undefined ? null : namesIn(options.tables);
  const target = findTarget(options.stage);
  const { sources } = await stackOutputs(target);
  const client = new SFNClient(target.aws);
  try {
    const kind = options.resync === true ? "resync" : "copy";
    const started = await startCopies(client, sources, { kind, tables });
    const executions = started.map(({ execution }) => execution).join(", ");
    print(`Started ${executions}. Follow it with \`millrace status --wait\`.`);
  } finally {
    client.destroy();
  }
}

export interface StartedCopy {
  readonly execution: string;
  /** Of the tables, or of the source when all of its tables are copied. */
  readonly names: readonly string[];
}

/** Starts the copy's state machine of each source that has some of the tables (null: of all sources). */
export async function startCopies(
  client: SFNClient,
  sources: readonly SourceOutputs[],
  { kind, tables }: { readonly kind: "copy" | "resync"; readonly tables: readonly string[] | null },
): Promise<readonly StartedCopy[]> {
  const started: StartedCopy[] = [];
  for (const { source, tables: own } of bySource(sources, tables)) {
    const { executionArn: execution = "the copy" } = await client.send(
      new StartExecutionCommand({
        stateMachineArn: source.CopyMachineArn,
        name: `millrace-${randomUUID()}`,
        input: JSON.stringify({ kind, tables: own }),
      }),
    );
    started.push({ execution, names: own ?? [`all of ${source.name}`] });
  }
  return started;
}

/** @throws CommandError when the table is not defined */
export const knownTable = (name: string): void => void namesIn(name);

/** @throws CommandError naming what is not defined */
export function namesIn(text: string): string[] {
  const known = definitions.map(qualifiedName);
  const names = text.split(",").map((name) => name.trim());
  const unknown = names.filter((name) => !known.includes(name));
  if (unknown.length > 0) {
    throw new CommandError(`No such table: ${unknown.join(", ")}. Defined are ${known.join(", ")}.`);
  }
  return names;
}
