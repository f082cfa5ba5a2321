import { Command, InvalidArgumentError, Option } from "commander";
import { ALL_FAULTS } from "./catalogue.ts";
import { DEFECTS } from "./plant.ts";
import type { Defect } from "./plant.ts";

/** What `npm run faults -- ...` was asked to do. */
export interface FaultOptions {
  readonly seed: number;
  readonly faults: number;
  readonly orders: number;
  readonly plant: Defect | null;
  readonly json: boolean;
}

interface Parsed {
  readonly seed: number;
  readonly faults?: number;
  readonly orders: number;
  readonly long?: boolean;
  readonly plant?: Defect;
  readonly json?: boolean;
}

/** Catalogues of a long run: each time with other moments, sizes and data. */
const LONG = 4;
const MOST_FAULTS = 100_000;

/**
 * Reads the command line. Help and complaints go to standard error, since standard output belongs to the report.
 * @throws CommanderError on what cannot be read (and on --help, with exit code 0)
 */
export function parseArguments(argv: readonly string[], complain: (text: string) => void): FaultOptions {
  const program = new Command("npm run faults --")
    .description(
      `Kills, cuts off, refuses and repeats every step of the pipeline on real engines, and compares all that arrives with the source. The default run injects the whole catalogue, ${ALL_FAULTS.length} faults.`,
    )
    .option(
      "--seed <n>",
      "the same seed gives the same faults in the same order over the same data",
      whole(0, 2 ** 31 - 1),
      1,
    )
    .option(
      "--faults <n>",
      `how many faults (default: ${ALL_FAULTS.length}, each of the catalogue once)`,
      whole(1, MOST_FAULTS),
    )
    .option("--long", `the catalogue ${LONG} times over`)
    .option("--orders <n>", "orders in the source to begin with, about nine lines each", whole(1, 10_000), 60)
    .addOption(
      new Option("--plant <defect>", "puts one such defect into the warehouse, which the run must count").choices(
        DEFECTS,
      ),
    )
    .option("--json", "the last line on standard output is the result as one JSON object")
    .allowExcessArguments(false)
    .exitOverride()
    .configureOutput({ writeOut: complain, writeErr: complain });
  program.parse([...argv], { from: "user" });
  const { seed, faults, orders, long, plant, json } = program.opts<Parsed>();
  if (faults !== undefined && long === true) {
    program.error("error: --faults and --long do not go together: --long is the catalogue several times over");
  }
  return {
    seed,
    faults: faults ?? ALL_FAULTS.length * (long === true ? LONG : 1),
    orders,
    plant: plant ?? null,
    json: json === true,
  };
}

function whole(min: number, max: number): (text: string) => number {
  return (text) => {
    const value = Number(text);
    if (/^\d+$/.test(text) && value >= min && value <= max) return value;
    throw new InvalidArgumentError(`A whole number from ${min} to ${max} is needed.`);
  };
}
