import { Command, InvalidArgumentError } from "commander";
import { messageOf } from "../lambdas/core/errors.ts";
import { down } from "./down.ts";
import { reconcile, repair } from "./reconcile.ts";
import type { Console, ReconcileOptions } from "./reconcile.ts";
import { snapshot } from "./snapshot.ts";
import type { SnapshotOptions } from "./snapshot.ts";
import { sql } from "./sql.ts";
import type { SqlOptions } from "./sql.ts";
import { status } from "./status.ts";
import type { StatusOptions } from "./status.ts";

const STAGE = ["--stage <stage>", "a stage deployed to AWS; without it, what runs on this machine"] as const;

/** The `millrace` command line. */
export function createProgram(print: (text: string) => void): Command {
  const program = new Command("millrace")
    .description("Looks at a running Millrace, on this machine or on AWS.")
    .showHelpAfterError("(millrace --help shows what there is)");
  program
    .command("status")
    .description("where every stage is, per table, and whether all that the source has committed is in the star")
    .option("--json", "one JSON object")
    .option("--wait", "return when everything committed at the source by now is visible in mart")
    .option("--timeout <seconds>", "with --wait: give up after so many seconds", seconds)
    .option(...STAGE)
    .action(async (options: StatusOptions) => status(options, print));
  program
    .command("sql")
    .description("run one statement on the warehouse, through the Redshift Data API")
    .argument("<statement>", 'for example "select * from mart.dim_product limit 5"')
    .option("--json", "one array of row objects")
    .option(...STAGE)
    .action(async (text: string, options: SqlOptions) => sql(text, options, print));
  program
    .command("snapshot")
    .description("start the initial copy, or a resync beside running changes")
    .option("--tables <names>", "these tables only, comma separated, e.g. classicmodels_orders")
    .option("--resync", "also delete rows that the source no longer has")
    .option(...STAGE)
    .action(async (options: SnapshotOptions) => snapshot(options, print));
  program
    .command("reconcile")
    .description("compare the source with the mirror while both go on; 1 if rows differ for certain")
    .argument("[table]", "one table, or several separated by commas, e.g. classicmodels_orders; without it, all")
    .option("--json", "one JSON object")
    .option(...STAGE)
    .action(async (table: string | undefined, options: ReconcileOptions) => reconcile(table, options, terminal(print)));
  program
    .command("repair")
    .description("repair what the newest reconciliation found: publish those rows again, wait, compare them once more")
    .argument("[table]", "one table, or several separated by commas; without it, all that differ")
    .option("--json", "one JSON object")
    .option(...STAGE)
    .action(async (table: string | undefined, options: ReconcileOptions) => repair(table, options, terminal(print)));
  program
    .command("down")
    .description("stop what `npm run local -- --keep` left running")
    .action(async () => down(print));
  return program;
}

/** Runs one command line. @returns the exit code; errors are one sentence on standard error */
export async function runProgram(argv: readonly string[]): Promise<number> {
  const program = createProgram((text) => process.stdout.write(`${text}\n`));
  try {
    await program.parseAsync([...argv]);
    return 0;
  } catch (error) {
    process.stderr.write(`${messageOf(error)}\n`);
    return 1;
  }
}

/** Progress goes to standard error: one line that is written over on a terminal, else a line each time it changes. */
function terminal(print: (text: string) => void): Console {
  const { isTTY } = process.stderr;
  let last = "";
  return {
    print: (text) => {
      if (isTTY && last !== "") process.stderr.write("\r\x1b[K");
      print(text);
    },
    progress: (text) => {
      if (text === last) return;
      last = text;
      process.stderr.write(isTTY ? `\r\x1b[K${text}` : `${text}\n`);
    },
  };
}

function seconds(text: string): number {
  const value = Number(text);
  if (Number.isFinite(value) && value > 0) return value;
  throw new InvalidArgumentError("A number of seconds above 0 is needed.");
}
