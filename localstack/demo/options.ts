import { Command, InvalidArgumentError } from "commander";
import { DemoError } from "./errors.ts";

/** What `npm run local -- ...` was asked to do. */
export interface RunOptions {
  /** Orders to generate. */
  readonly orders: number;
  /** Transactions of the live mix; 0 stops after the snapshot. */
  readonly changes: number;
  readonly seed: number;
  /** A dump to load instead of generated rows. */
  readonly sourceSql: string | null;
  /** A server to use as it is. */
  readonly sourceUrl: string | null;
  /** Rows and changes are written to the source. True unless a server was given without --fill. */
  readonly writes: boolean;
  readonly json: boolean;
  readonly keep: boolean;
  /** What was asked for and is left out, as sentences. */
  readonly notes: readonly string[];
}

export type Request = { readonly command: "run"; readonly options: RunOptions } | { readonly command: "down" };

interface Parsed {
  readonly orders: number;
  readonly changes?: number;
  readonly seed: number;
  readonly sourceSql?: string;
  readonly sourceUrl?: string;
  readonly fill?: boolean;
  readonly json?: boolean;
  readonly keep?: boolean;
}

export const DEFAULT_ORDERS = 3_000;
export const DEFAULT_CHANGES = 300;
const MAX_ORDERS = 200_000;

/**
 * Reads the command line. Help and complaints go to standard error, since standard output belongs to the report.
 * @throws CommanderError on what cannot be read (and on --help, with exit code 0); DemoError on what does not go together
 */
export function parseArguments(
  argv: readonly string[],
  environment: NodeJS.ProcessEnv,
  complain: (text: string) => void,
): Request {
  let request: Request | undefined;
  const program = new Command("npm run local --")
    .description("A MySQL shop arrives in a Redshift star, through Kafka and S3, on this machine.")
    .option("--orders <n>", "orders to generate, about nine lines each", wholeNumber(1, MAX_ORDERS), DEFAULT_ORDERS)
    .option(
      "--changes <n>",
      `transactions of live changes after the snapshot; 0 for none (default: ${DEFAULT_CHANGES})`,
      wholeNumber(0, 1_000_000),
    )
    .option("--seed <n>", "the same seed gives the same rows and changes", wholeNumber(0, 2 ** 31 - 1), 1)
    .option("--source-sql <file>", "load a mysql dump instead of generated rows")
    .option("--source-url <url>", "use this MySQL server as it is (or MILLRACE_SOURCE_URL): nothing is written to it")
    .option("--fill", "with --source-url: fill the server's empty schema and change rows in it")
    .option("--json", "the last line on standard output is the report as one JSON object")
    .option("--keep", "leave everything running after the report")
    .exitOverride()
    .configureOutput({ writeOut: complain, writeErr: complain })
    .action((parsed: Parsed) => {
      request = { command: "run", options: optionsOf(parsed, environment) };
    });
  program
    .command("down")
    .description("stop what --keep left running")
    .exitOverride()
    .action(() => {
      request = { command: "down" };
    });
  program.parse([...argv], { from: "user" });
  if (request === undefined) throw new DemoError("options", "there is nothing to do.");
  return request;
}

function optionsOf(parsed: Parsed, environment: NodeJS.ProcessEnv): RunOptions {
  const sourceUrl = parsed.sourceUrl ?? (environment["MILLRACE_SOURCE_URL"] || null);
  const fill = parsed.fill === true;
  if (fill && sourceUrl === null) {
    throw new DemoError("options", "--fill goes with --source-url; the server started here is always filled.");
  }
  const writes = sourceUrl === null || fill;
  if (parsed.sourceSql !== undefined && !writes) {
    throw new DemoError(
      "options",
      "--source-sql would write to the server of --source-url: add --fill to load it into an empty schema there, or leave --source-url out.",
    );
  }
  const notes =
    !writes && (parsed.changes ?? 0) > 0
      ? ["--changes is left out: nothing is written to a given server without --fill."]
      : [];
  return {
    orders: parsed.orders,
    changes: writes ? (parsed.changes ?? DEFAULT_CHANGES) : 0,
    seed: parsed.seed,
    sourceSql: parsed.sourceSql ?? null,
    sourceUrl,
    writes,
    json: parsed.json === true,
    keep: parsed.keep === true,
    notes,
  };
}

function wholeNumber(min: number, max: number): (text: string) => number {
  return (text) => {
    const value = Number(text);
    if (/^\d+$/.test(text) && value >= min && value <= max) return value;
    throw new InvalidArgumentError(`A whole number from ${min} to ${max} is needed.`);
  };
}
