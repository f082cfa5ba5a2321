import { Command, InvalidArgumentError } from "commander";
import { messageOf } from "../lambdas/core/errors.ts";
import { down } from "./down.ts";
import { pause, resume } from "./pause.ts";
import type { PauseOptions } from "./pause.ts";
import { resync } from "./resync.ts";
import type { ResyncOptions } from "./resync.ts";
import { forget } from "./forget/index.ts";
import type { ForgetOptions } from "./forget/index.ts";
import type { ImportOptions } from "./import.ts";
import { quarantine } from "./quarantine/index.ts";
import type { QuarantineOptions } from "./quarantine/index.ts";
import { reconcile, repair } from "./reconcile.ts";
import type { Console, ReconcileOptions } from "./reconcile.ts";
import { redriveCommand } from "./redrive/index.ts";
import type { RedriveOptions } from "./redrive/index.ts";
import { replay } from "./replay/index.ts";
import type { ReplayOptions } from "./replay/index.ts";
import { snapshot } from "./snapshot.ts";
import type { SnapshotOptions } from "./snapshot.ts";
import { sql } from "./sql.ts";
import type { SqlOptions } from "./sql.ts";
import { status } from "./status.ts";
import type { StatusOptions } from "./status.ts";
import { pastTime } from "./time.ts";

const STAGE = ["--stage <stage>", "a stage deployed to AWS; without it, what runs on this machine"] as const;

/**
 * The `millrace` command line.
 * @param print results, to standard output
 * @param say progress, to standard error
 */
export function createProgram(print: (text: string) => void, say: (text: string) => void): Command {
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
    .command("resync")
    .description("copy tables again while changes flow; rows that the source no longer has go")
    .argument("<tables...>", "for example classicmodels_orders")
    .option("--no-wait", "return as soon as it has started")
    .option(...STAGE)
    .action(async (tables: string[], options: ResyncOptions) => resync(tables, options, print));
  program
    .command("pause")
    .description("stop loading one table; what changes waits in its topic and on S3")
    .argument("<table>", "for example classicmodels_orders")
    .option("--reason <text>", "shown by status")
    .option(...STAGE)
    .action(async (table: string, options: PauseOptions) => pause(table, options, print));
  program
    .command("resume")
    .description("load a paused table again, from where it stopped")
    .argument("<table>", "for example classicmodels_orders")
    .option(...STAGE)
    .action(async (table: string, options: PauseOptions) => resume(table, options, print));
  program
    .command("forget")
    .description("erase one person's rows everywhere: warehouse, star, landed objects, quarantine")
    .argument("<table>", "for example classicmodels_customers")
    .argument("<key...>", "the row's key at the source, one value for each of its columns")
    .option("--also <table.column>", "erase rows of another table too, by the column that holds the key", collected)
    .option("--dry-run", "count, change nothing")
    .option("--timeout <seconds>", "give up if what is under way has not arrived after so many seconds", seconds)
    .option("--json", "one JSON object")
    .option(...STAGE)
    .action(async (table: string, key: string[], options: ForgetOptions) => forget(table, key, options, print));
  program
    .command("import")
    .description("read a MySQL database and write the definitions of its tables into schemas/sources")
    .argument("<url>", "mysql://user:password@host:3306/database")
    .option("--tables <names>", "these tables only, comma separated, as the database calls them")
    .option("--area <name>", "first part of every name derived from the tables (default: made of the database's)")
    .option("--another-server", "with --area: the database's name is that of a database of another server")
    .option("--update", "add the columns that definitions which are there lack")
    .option("--json", "one JSON object")
    .action(async (url: string, options: ImportOptions) => {
      // Brings the TypeScript compiler and the formatter, which the other commands need not wait for.
      const { importDatabase } = await import("./import.ts");
      await importDatabase(url, options, print, say);
    });
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
    .command("quarantine")
    .description("list the records and rows that could not be read or loaded, with their reasons")
    .argument("[table]", "one table, or several separated by commas; without it, all")
    .option("--reason <text>", "only those whose reason has this text")
    .option("--since <time>", "only those set aside since then, e.g. 2026-03-01T06:30:00Z", (text) => pastTime(text))
    .option("--limit <n>", "most lines of the table", wholeNumber, 50)
    .option("--json", "one JSON object, payloads whole")
    .option(...STAGE)
    .action(async (table: string | undefined, options: QuarantineOptions) => quarantine(table, options, print));
  program
    .command("redrive")
    .description("send what is in quarantine back after the fix; what still fails stays, with the reason of now")
    .argument("[table]", "one table, or several separated by commas; without it, all")
    .option("--reason <text>", "only those whose reason has this text")
    .option("--since <time>", "only those set aside since then, e.g. 2026-03-01T06:30:00Z", (text) => pastTime(text))
    .option("--dry-run", "list them, change nothing")
    .option("--json", "one JSON object")
    .option(...STAGE)
    .action(async (table: string | undefined, options: RedriveOptions) =>
      redriveCommand(table, options, terminal(print)),
    );
  program
    .command("replay")
    .description("load landed objects again, e.g. after the warehouse has lost rows; what is right stays as it is")
    .argument("[tables...]", "for example classicmodels_orders; without any, all")
    .requiredOption("--from <time>", "objects written or loaded since then, e.g. 2026-03-01T06:30:00Z", (text) =>
      pastTime(text),
    )
    .option("--dry-run", "say what would be loaded, change nothing")
    .option("--json", "one JSON object")
    .option(...STAGE)
    .action(async (tables: string[], options: ReplayOptions) => replay(tables, options, terminal(print)));
  program
    .command("down")
    .description("stop what `npm run local -- --keep` left running")
    .action(async () => down(print));
  return program;
}

/** Runs one command line. @returns the exit code; errors are one sentence on standard error */
export async function runProgram(argv: readonly string[]): Promise<number> {
  const program = createProgram(
    (text) => process.stdout.write(`${text}\n`),
    (text) => process.stderr.write(`${text}\n`),
  );
  try {
    await program.parseAsync([...argv]);
    return 0;
  } catch (error) {
    process.stderr.write(`${messageOf(error)}\n`);
    return 1;
  }
}

/** An option that may be given several times. */
const collected = (value: string, before: readonly string[] = []): readonly string[] => [...before, value];

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

function wholeNumber(text: string): number {
  if (/^[1-9]\d{0,8}$/.test(text)) return Number(text);
  throw new InvalidArgumentError("A whole number above 0 is needed.");
}

function seconds(text: string): number {
  const value = Number(text);
  if (Number.isFinite(value) && value > 0) return value;
  throw new InvalidArgumentError("A number of seconds above 0 is needed.");
}
