import { functionCaller } from "../function-call.ts";
import { bucketsOf } from "../buckets.ts";
import { CommandError } from "../errors.ts";
import { listQuarantine } from "../quarantine/entries.ts";
import { quarantineText } from "../quarantine/text.ts";
import type { Console } from "../reconcile.ts";
import { redriveAnswer, replayAnswer } from "../replay/answers.ts";
import { namesIn } from "../snapshot.ts";
import { stackOutputs } from "../stack-outputs.ts";
import { findTarget } from "../target.ts";
import { tables as definitions } from "../../schemas/sources/index.ts";
import { redrive } from "./redrive.ts";
import type { RedrivenTable } from "./redrive.ts";
import { redriveText } from "./text.ts";

export interface RedriveOptions {
  /** Part of the reason. */
  readonly reason?: string;
  /** Milliseconds since 1970. */
  readonly since?: number;
  readonly dryRun?: boolean;
  readonly json?: boolean;
  readonly stage?: string;
}

/** Entries shown by a dry run. */
const SHOWN = 50;

/**
 * `millrace redrive [table]`: sends what is in quarantine back after the fix. Ctrl-C stops it between two steps; what it
 * has not taken out of quarantine is simply sent again the next time.
 * @throws CommandError when something still fails, after it was printed
 */
export async function redriveCommand(table: string | undefined, options: RedriveOptions, out: Console): Promise<void> {
  const tables = table === undefined ? undefined : namesIn(table);
  const target = findTarget(options.stage);
  const outputs = await stackOutputs(target);
  const buckets = bucketsOf(outputs, target.aws);
  const filter = { tables, reason: options.reason, since: options.since };
  if (options.dryRun === true) {
    const found = await listQuarantine(buckets.quarantine, buckets.cluster, filter);
    out.print(options.json === true ? JSON.stringify(found) : quarantineText(found, SHOWN));
    return;
  }
  const land = functionCaller(target.aws, outputs.LandBatchName);
  const load = functionCaller(target.aws, outputs.LoadWarehouseName);
  const result = await redrive(
    filter,
    {
      ...buckets,
      tables: definitions,
      land: async (key, places) => redriveAnswer(await land({ action: "redrive", key, places })),
      load: async (name, keys) => replayAnswer(await load({ action: "replay", table: name, keys })),
    },
    (text) => out.progress(text),
  );
  out.print(options.json === true ? JSON.stringify({ tables: result }) : redriveText(result));
  const problem = problemOf(result);
  if (problem !== null) throw new CommandError(problem);
}

/** Why the command ends with 1, or null. */
export function problemOf(result: readonly RedrivenTable[]): string | null {
  const refused = result.reduce((sum, table) => sum + table.refused.length, 0);
  if (refused === 0) return null;
  return `${refused} ${refused === 1 ? "entry stays" : "entries stay"} in quarantine, with the reason of now: \`millrace quarantine\`.`;
}
