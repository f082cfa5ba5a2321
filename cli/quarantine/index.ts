import { bucketsOf } from "../buckets.ts";
import { namesIn } from "../snapshot.ts";
import { stackOutputs } from "../stack-outputs.ts";
import { findTarget } from "../target.ts";
import { listQuarantine } from "./entries.ts";
import { quarantineText } from "./text.ts";

export interface QuarantineOptions {
  /** Part of the reason. */
  readonly reason?: string;
  /** Milliseconds since 1970. */
  readonly since?: number;
  /** Most entries of the table that people read. */
  readonly limit: number;
  readonly json?: boolean;
  readonly stage?: string;
}

/** `millrace quarantine [table]`: what is set aside, with its reason; changes nothing. */
export async function quarantine(
  table: string | undefined,
  options: QuarantineOptions,
  print: (text: string) => void,
): Promise<void> {
  const tables = table === undefined ? undefined : namesIn(table);
  const target = findTarget(options.stage);
  const { quarantine: store, cluster } = bucketsOf(await stackOutputs(target), target.aws);
  const found = await listQuarantine(store, cluster, { tables, reason: options.reason, since: options.since });
  print(options.json === true ? JSON.stringify(found) : quarantineText(found, options.limit));
}
