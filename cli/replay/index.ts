import { RedshiftDataClient } from "@aws-sdk/client-redshift-data";
import { createWarehouse } from "../../lambdas/adapters/redshift-data/index.ts";
import { qualifiedName } from "../../schemas/naming.ts";
import { tables as definitions } from "../../schemas/sources/index.ts";
import { bucketsOf } from "../buckets.ts";
import { CommandError } from "../errors.ts";
import { functionCaller } from "../function-call.ts";
import type { Console } from "../reconcile.ts";
import { namesIn } from "../snapshot.ts";
import { stackOutputs } from "../stack-outputs.ts";
import { findTarget } from "../target.ts";
import { replayAnswer } from "./answers.ts";
import { planReplay } from "./plan.ts";
import type { ReplayPlan } from "./plan.ts";
import { problemsOf, replayTables } from "./replay.ts";
import { replayText } from "./text.ts";

export interface ReplayOptions {
  /** Milliseconds since 1970. */
  readonly from: number;
  readonly dryRun?: boolean;
  readonly json?: boolean;
  readonly stage?: string;
}

/** Exit code of a program that Ctrl-C has ended. */
const INTERRUPTED = 130;

/**
 * `millrace replay --from <time> [table...]`: loads landed objects once more. Versions decide, so what is right stays as
 * it is.
 * @throws CommandError when something could not be loaded, after it was printed
 */
export async function replay(names: readonly string[], options: ReplayOptions, out: Console): Promise<void> {
  const wanted = names.length === 0 ? definitions.map(qualifiedName) : names.flatMap(namesIn);
  const target = findTarget(options.stage);
  const outputs = await stackOutputs(target);
  const { Workgroup: workgroup, Database: database, WarehouseSecret: secretArn } = outputs;
  const { landing, cluster } = bucketsOf(outputs, target.aws);
  const warehouse = createWarehouse({ workgroup, database, secretArn }, new RedshiftDataClient(target.aws));
  const plans: ReplayPlan[] = [];
  for (const table of definitions.filter((each) => wanted.includes(qualifiedName(each)))) {
    out.progress(`${qualifiedName(table)}: looking for its objects`);
    plans.push(await planReplay(table, options.from, { landing, cluster, warehouse }));
  }
  if (options.dryRun === true) {
    out.print(options.json === true ? JSON.stringify({ dryRun: true, tables: plans }) : replayText(plans, true));
    return;
  }
  const call = functionCaller(target.aws, outputs.LoadWarehouseName);
  const stopped = (): never => {
    process.stderr.write(
      "\nStopped: a load that is under way ends whole or not at all. The same command again loads what is left.\n",
    );
    process.exit(INTERRUPTED);
  };
  process.once("SIGINT", stopped);
  const done = await replayTables(
    plans,
    async (table, keys) => replayAnswer(await call({ action: "replay", table, keys })),
    (text) => out.progress(text),
  );
  process.off("SIGINT", stopped);
  out.print(options.json === true ? JSON.stringify({ dryRun: false, tables: done }) : replayText(done, false));
  const problems = done.flatMap(problemsOf);
  if (problems.length > 0) throw new CommandError(`Not everything was loaded again (${problems.length}, see above).`);
}
