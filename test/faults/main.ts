/** `npm run faults`: what it proves and how is in docs/FAULTS.md. */
import { CommanderError } from "commander";
import { MillraceError, messageOf } from "../../lambdas/core/errors.ts";
import { parseArguments } from "./options.ts";
import type { FaultOptions } from "./options.ts";
import { runFaults } from "./run.ts";
import type { RunReport } from "./run.ts";
import { startWorld } from "./world/world.ts";
import type { World } from "./world/world.ts";

const complain = (text: string): void => void process.stderr.write(text);
const began = Date.now();
const seconds = (): number => Math.round((Date.now() - began) / 100) / 10;
const say = (what: string): void => complain(`${seconds().toFixed(1).padStart(7)} s  ${what}\n`);

/** Exit code by Unix custom: 128 and the signal's number. */
const INTERRUPTED = 130;

async function main(options: FaultOptions): Promise<number> {
  const stop = new AbortController();
  for (const signal of ["SIGINT", "SIGTERM"] as const) {
    process.once(signal, () => {
      complain("\nstopping the engines\n");
      stop.abort(new Error("interrupted"));
    });
  }
  const { seed, orders } = options;
  say(`seed ${seed}, ${options.faults} faults`);
  let world: World | null = null;
  let report: RunReport;
  try {
    world = await startWorld({ seed, orders, say, signal: stop.signal });
    report = await runFaults(world, { ...options, say, signal: stop.signal });
  } catch (error) {
    if (stop.signal.aborted) return INTERRUPTED;
    throw error;
  } finally {
    await world?.stop();
  }
  return tell(report, options);
}

function tell({ fired, missed, findings }: RunReport, { seed, json }: FaultOptions): number {
  const { lost, doubled, bent, rows } = findings;
  const ok = lost + doubled + bent === 0 && missed.length === 0;
  for (const name of missed) complain(`never fired: ${name}\n`);
  complain(
    `${ok ? "OK" : "NOT OK"}: ${fired} faults in ${seconds()} s, ${rows} rows compared: ${lost} lost, ${doubled} doubled, ${bent} bent\n`,
  );
  if (!ok) complain(`again: npm run faults -- --seed ${seed}\n`);
  if (json) {
    const result = { ok, seed, faults: fired, rowsCompared: rows, lost, doubled, bent, seconds: seconds() };
    process.stdout.write(`${JSON.stringify(result)}\n`);
  }
  return ok ? 0 : 1;
}

try {
  process.exitCode = await main(parseArguments(process.argv.slice(2), complain));
} catch (error) {
  if (error instanceof CommanderError) process.exitCode = error.exitCode;
  else {
    complain(
      `${error instanceof MillraceError ? error.message : error instanceof Error ? (error.stack ?? "") : messageOf(error)}\n`,
    );
    process.exitCode = 1;
  }
}
// The Kafka client goes on asking for minutes for a broker that was killed and is stopped now: nothing waits for that.
process.stdout.write("", () => process.exit());
