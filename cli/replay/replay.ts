import type { RefusedPlace, ReplayOutcome } from "../../lambdas/core/events.ts";
import { messageOf } from "../../lambdas/core/errors.ts";
import { parseLandingKey } from "../../schemas/naming.ts";
import { byDefinition } from "./batches.ts";
import type { ReplayPlan } from "./plan.ts";

/** load-warehouse: loads landed objects that lie below the ledger. */
export type LoadAgain = (table: string, keys: readonly string[]) => Promise<ReplayOutcome>;

/** What was loaded of one table. */
export interface ReplayedTable extends Omit<ReplayPlan, "objects"> {
  readonly objects: number;
  /** Rows in them; what the warehouse had already changed nothing. */
  readonly rows: number;
  /** Rows that were refused again; quarantine has them. */
  readonly refused: readonly RefusedPlace[];
  /** Why the table was not loaded whole; null when it was. */
  readonly problem: string | null;
}

/**
 * Loads what was planned, one transaction after the other. One table's trouble is not the others'.
 * @param progress told what is under way
 */
export async function replayTables(
  plans: readonly ReplayPlan[],
  load: LoadAgain,
  progress: (text: string) => void = () => undefined,
): Promise<readonly ReplayedTable[]> {
  const result: ReplayedTable[] = [];
  for (const plan of plans) result.push(await replayTable(plan, load, progress));
  return result;
}

async function replayTable(
  plan: ReplayPlan,
  load: LoadAgain,
  progress: (text: string) => void,
): Promise<ReplayedTable> {
  const unreadable = new Set(plan.definitions.filter(({ readable }) => !readable).map(({ hash }) => hash));
  const readable = plan.objects.filter(({ key }) => !unreadable.has(parseLandingKey(key)?.definition ?? ""));
  const sizes = new Map(readable.map(({ key, size }) => [key, size]));
  const groups = byDefinition([...sizes.keys()], (key) => sizes.get(key) ?? 0);
  let [objects, rows, ahead] = [0, 0, plan.ahead];
  const refused: RefusedPlace[] = [];
  const done = (problem: string | null): ReplayedTable => ({ ...plan, objects, rows, ahead, refused, problem });
  for (const keys of groups) {
    progress(`${plan.table}: ${objects} of ${readable.length} objects loaded again`);
    try {
      const outcome = await load(plan.table, keys);
      if (outcome.state === "held") return done(`it is paused: \`millrace resume ${plan.table}\`, then replay again`);
      objects += keys.length - outcome.ahead.length;
      ahead += outcome.ahead.length;
      rows += outcome.rows;
      refused.push(...outcome.refused);
    } catch (error) {
      return done(messageOf(error));
    }
  }
  return done(null);
}

/** What stands in the way of a whole replay, a sentence each; empty: all was loaded. */
export function problemsOf({ table, cold, missing, definitions, ...replayed }: ReplayPlan | ReplayedTable): string[] {
  const problem = "problem" in replayed ? replayed.problem : null;
  const refused = "refused" in replayed ? replayed.refused.length : 0;
  return [
    ...(problem === null ? [] : [`${table}: ${problem}.`]),
    ...cold.map(
      (key) => `${table}: ${key} is in cold storage: restore it (aws s3api restore-object), then replay again.`,
    ),
    ...missing.map(
      ({ partition, first, last, why }) =>
        `${table}: partition ${partition}, offsets ${first} to ${last}: ${why}. \`millrace resync ${table}\` brings the rows of now.`,
    ),
    ...definitions
      .filter(({ readable }) => !readable)
      .map(
        ({ hash, objects }) =>
          `${table}: ${objects} ${objects === 1 ? "object was" : "objects were"} written under definition ${hash}, and definitions/${hash}.json is missing: put it back from the version that wrote it.`,
      ),
    ...(refused === 0 ? [] : [`${table}: ${refused} rows were refused again: \`millrace quarantine ${table}\`.`]),
  ];
}
