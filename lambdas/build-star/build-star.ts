import { z } from "zod";
import {
  buildTransactions,
  MOST_BATCHES,
  oldestCommitQuery,
  pendingQuery,
  recordTransaction,
} from "../../schemas/sql/star-build.ts";
import { METRICS } from "../core/metrics.ts";
import type { NewId, Now, Sleep, Telemetry, Warehouse } from "../core/ports.ts";
import { retrying } from "../core/retrying.ts";

export interface BuildStarPorts {
  readonly warehouse: Warehouse;
  readonly telemetry: Telemetry;
  readonly now: Now;
  readonly sleep: Sleep;
  readonly newId: NewId;
  /** 0 to 1: keeps colliding builds and loads from colliding again. */
  readonly random: () => number;
}

export interface StarOutcome {
  /** Loads that became visible. */
  readonly batches: number;
  readonly transactions: number;
}

const ATTEMPTS = 6;

const pendingSchema = z.array(z.object({ batch: z.string(), table_name: z.string() }));
const oldestSchema = z.array(z.object({ oldest: z.string().nullable() }));

/**
 * Brings the star up to what is loaded: dimensions, then facts, for the keys touched; with `all`, for every key there
 * is. Safe to repeat because everything is computed whole from history and mirror: a run that dies leaves its loads
 * pending, and two runs at once follow one another by the lock on ops.star.
 */
export async function buildStar(ports: BuildStarPorts, all = false): Promise<StarOutcome> {
  let batches = 0;
  let transactions = 0;
  let everything = all;
  for (;;) {
    const pending = await pendingLoads(ports.warehouse);
    const count = [...pending.values()].reduce((sum, list) => sum + list.length, 0);
    if (count === 0 && !everything) return { batches, transactions };
    for (const statements of buildTransactions(everything ? "all" : pending)) {
      await transaction(ports, statements);
      transactions++;
    }
    if (count > 0) await record(ports, pending);
    batches += count;
    everything = false;
    // What was loaded meanwhile has sent its own wake-up; only a list that was cut off is continued.
    if (count < MOST_BATCHES) return { batches, transactions };
  }
}

async function pendingLoads(warehouse: Warehouse): Promise<ReadonlyMap<string, readonly string[]>> {
  const byTable = new Map<string, string[]>();
  for (const { batch, table_name } of pendingSchema.parse(await warehouse.query(pendingQuery()))) {
    byTable.set(table_name, [...(byTable.get(table_name) ?? []), batch]);
  }
  return byTable;
}

/** The loads count as visible from now, after their transactions have committed. */
async function record(ports: BuildStarPorts, pending: ReadonlyMap<string, readonly string[]>): Promise<void> {
  const builtAt = ports.now();
  const text = new Date(builtAt).toISOString().replace("T", " ").replace("Z", "");
  await transaction(ports, recordTransaction(pending, text));
  const [row] = oldestSchema.parse(await ports.warehouse.query(oldestCommitQuery(text)));
  if (row?.oldest == null) return;
  const committedAt = Date.parse(`${row.oldest.replace(" ", "T")}Z`);
  ports.telemetry.metric(METRICS.freshness, Math.max(0, (builtAt - committedAt) / 1000), "Seconds");
}

/**
 * Serializable conflicts (1023) with loads are part of normal life: the same again, whole. A new token each time,
 * because a token of a failed statement answers with that failure, and because doing it twice does no harm.
 */
async function transaction(ports: BuildStarPorts, statements: readonly string[]): Promise<void> {
  const { warehouse, telemetry, sleep, random, newId } = ports;
  await retrying(
    (attempt) => {
      if (attempt > 1) telemetry.warn("star transaction is tried again", { attempt });
      return warehouse.transaction(statements, newId());
    },
    { attempts: ATTEMPTS, sleep, random },
  );
}
