import { mkdtemp, rm } from "node:fs/promises";
import { cpus, tmpdir, totalmem } from "node:os";
import { join } from "node:path";
import Table from "cli-table3";
import { Command } from "commander";
import type { Bench, BenchContext, BenchResult } from "./result.ts";

/** Each bench is loaded when it is run: a broken one does not take the others along. */
const BENCHES: Readonly<Record<string, () => Promise<{ readonly run: Bench }>>> = {
  "capture-changes": () => import("./capture-changes.ts"),
  "capture-snapshot": () => import("./capture-snapshot.ts"),
  "land-batch": () => import("./land-batch.ts"),
  "load-warehouse": () => import("./load-warehouse.ts"),
  reconcile: () => import("./reconcile.ts"),
  freshness: () => import("./freshness.ts"),
  million: () => import("./million.ts"),
};

interface Options {
  readonly only?: string[];
  readonly scale: string;
}

const options = new Command("bench")
  .description("Measures each part against a floor or a peer in the same run; JSON on standard output.")
  .option("--only <names...>", `some of: ${Object.keys(BENCHES).join(", ")}`)
  .option("--scale <factor>", "size of the data, 1 for the published figures", "1")
  .parse()
  .opts<Options>();

const log = (line: string): void => void process.stderr.write(`${line}\n`);

async function runAll(): Promise<void> {
  const names = options.only ?? Object.keys(BENCHES);
  const results: BenchResult[] = [];
  const failed: { readonly name: string; readonly error: string }[] = [];
  for (const name of names) {
    const load = BENCHES[name];
    if (load === undefined)
      throw new Error(`there is no bench '${name}'; there are ${Object.keys(BENCHES).join(", ")}`);
    const dir = await mkdtemp(join(tmpdir(), `millrace-bench-${name}-`));
    const context: BenchContext = { dir, scale: Number(options.scale), log: (line) => log(`${name}: ${line}`) };
    try {
      results.push(...(await (await load()).run(context)));
    } catch (error) {
      failed.push({ name, error: error instanceof Error ? (error.stack ?? error.message) : String(error) });
    } finally {
      await rm(dir, { recursive: true, force: true });
    }
  }
  print(results);
  for (const { name, error } of failed) log(`${name} failed: ${error}`);
  const machine = { cpus: cpus().length, model: cpus()[0]?.model ?? "", memoryMb: Math.round(totalmem() / 1e6) };
  process.stdout.write(
    `${JSON.stringify({ machine, node: process.version, scale: Number(options.scale), results, failed })}\n`,
  );
  if (failed.length > 0) process.exitCode = 1;
}

function print(results: readonly BenchResult[]): void {
  const table = new Table({ head: ["figure", "rate", "against", "ratio", "asked", "peak MB"] });
  for (const { name, rate, unit, against, ratio, asked, peakMb } of results) {
    const other = against === null ? "" : `${against.name}: ${Math.round(against.rate)}`;
    table.push([
      name,
      `${Math.round(rate)} ${unit}`,
      other,
      ratio?.toFixed(2) ?? "",
      asked ?? "",
      peakMb?.toFixed(0) ?? "",
    ]);
  }
  log(table.toString());
}

await runAll();
