import { z } from "zod";
import { qualifiedName } from "../../schemas/naming.ts";
import { cascadesOf } from "../core/cascades.ts";
import type { ReconcileReport } from "../core/events.ts";
import { reconcileCascadesKey } from "../core/state-keys.ts";
import { readStored, toBody } from "../core/stored-json.ts";
import { holdOf, readTableFacts } from "../core/table-facts.ts";
import { planRun } from "./plan-run.ts";
import type { ReconcilePorts, ReconcileSettings } from "./ports.ts";
import { continueRun, reportRun } from "./reconcile-table.ts";
import { readRun } from "./run-state.ts";

const latestSchema = z.object({ id: z.string() });
const NOTHING: ReconcileReport = { runId: "", done: true, tables: [], skipped: [] };

/**
 * Compares and repairs the tables that foreign keys change without a word in the log (ON DELETE CASCADE, SET NULL). One
 * run at a time: a call goes on with the one before as long as that is not done. Safe to repeat because what a repair
 * publishes is what the source has. Tables whose loads are held wait: nothing published would arrive.
 */
export async function reconcileCascades(settings: ReconcileSettings, ports: ReconcilePorts): Promise<ReconcileReport> {
  const key = reconcileCascadesKey(settings.sourceName);
  const latest = await readStored(ports.state, key, latestSchema, "delete it");
  if (latest !== null && !(await reportRun(await readRun(ports.state, latest.id), ports)).done) {
    return continueRun(latest.id, settings, ports);
  }
  const tables = await changedInSilence(settings, ports);
  if (tables.length === 0) return NOTHING;
  const plan = await planRun(tables, settings, ports, "repair");
  await ports.state.put(key, toBody({ id: plan.id }), "application/json");
  return continueRun(plan.id, settings, ports);
}

async function changedInSilence(
  { definitions }: ReconcileSettings,
  { source, state }: ReconcilePorts,
): Promise<readonly string[]> {
  const found = await source.describeTables([...new Set(definitions.map(({ area }) => area.database))]);
  const cascades = cascadesOf(definitions, found);
  if (cascades.size === 0) return [];
  const facts = await readTableFacts(state);
  return definitions.map(qualifiedName).filter((table) => {
    const known = facts.get(table);
    return cascades.has(table) && (known === undefined || holdOf(known) === null);
  });
}
