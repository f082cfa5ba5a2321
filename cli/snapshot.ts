import { randomUUID } from "node:crypto";
import { SFNClient, StartExecutionCommand } from "@aws-sdk/client-sfn";
import { qualifiedName } from "../schemas/naming.ts";
import { tables as definitions } from "../schemas/sources/index.ts";
import { CommandError } from "./errors.ts";
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
  const { CopyMachineArn } = await stackOutputs(target);
  const client = new SFNClient(target.aws);
  try {
    const kind = options.resync === true ? "resync" : "copy";
    const execution = await startCopy(client, CopyMachineArn, { kind, tables });
    print(`Started ${execution}. Follow it with \`millrace status --wait\`.`);
  } finally {
    client.destroy();
  }
}

/** Starts the copy's state machine. @returns the execution's ARN */
export async function startCopy(
  client: SFNClient,
  stateMachineArn: string,
  input: { readonly kind: "copy" | "resync"; readonly tables: readonly string[] | null },
): Promise<string> {
  const { executionArn } = await client.send(
    new StartExecutionCommand({ stateMachineArn, name: `millrace-${randomUUID()}`, input: JSON.stringify(input) }),
  );
  return executionArn ?? "the copy";
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
