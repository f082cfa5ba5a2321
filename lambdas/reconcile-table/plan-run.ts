import type { AnyTable } from "../../schemas/model/table.ts";
import { qualifiedName } from "../../schemas/naming.ts";
import { steppedColumn } from "../../schemas/sql/reconcile/checksums.ts";
import { tooLongToCompare } from "../../schemas/sql/reconcile/statement-size.ts";
import type { SourceTable } from "../core/capture-ports.ts";
import { ConfigurationError } from "../core/errors.ts";
import { splitRange } from "../core/key-ranges.ts";
import { hasPersonalKey } from "../core/personal-data.ts";
import type { ReconcilePorts, ReconcileSettings } from "./ports.ts";
import type { PlannedTable, RunPlan, SavedChunk } from "./run-state.ts";
import { saveRun } from "./run-state.ts";

/** Most ranges of a chunk and most buckets of a table: what one answer of the warehouse holds with ease. */
const MOST_RANGES = 8_192;
/** Widest chunk whose steps are counted in 64 bits. */
const WIDEST = 2n ** 62n;

export const KEYLESS = "it has no key: equal rows cannot be told apart, so there is nothing to compare one by one";
const PERSONAL = "its key is pseudonymised, and ranges of keys at the source are none in the mirror";

/**
 * Decides how each table is read. Nothing is compared yet. Safe to repeat because each call makes a run of its own.
 * @param only qualified names; null: all
 * @param purpose repair: differences are repaired as soon as they are certain
 * @throws ConfigurationError naming tables that are not defined
 */
export async function planRun(
  only: readonly string[] | null,
  settings: ReconcileSettings,
  ports: Pick<ReconcilePorts, "state" | "source" | "now" | "newId">,
  purpose: "report" | "repair" = "report",
): Promise<RunPlan> {
  const wanted = choose(only, settings.definitions);
  const found = await ports.source.describeTables([...new Set(wanted.map(({ area }) => area.database))]);
  const tables: PlannedTable[] = [];
  const skipped: { table: string; reason: string }[] = [];
  for (const table of wanted) {
    const reason = reasonToSkip(table, found);
    if (reason === null) tables.push(await planTable(table, settings, ports.source));
    else skipped.push({ table: qualifiedName(table), reason });
  }
  const id = `${new Date(ports.now()).toISOString().replace(/[-:.]/g, "")}-${ports.newId().slice(0, 8)}`;
  const plan: RunPlan = { id, tables, skipped, repairs: purpose === "repair" };
  await saveRun(ports.state, settings.sourceName, plan, ports.now());
  return plan;
}

function reasonToSkip(table: AnyTable, found: readonly SourceTable[]): string | null {
  const { area, source } = table;
  if (table.key === "none") return KEYLESS;
  if (hasPersonalKey(table)) return PERSONAL;
  if (!found.some(({ db, name }) => db === area.database && name === source))
    return `the source has no table ${area.database}.${source}`;
  return tooLongToCompare(table);
}

function choose(only: readonly string[] | null, definitions: readonly AnyTable[]): readonly AnyTable[] {
  if (only === null) return definitions;
  const byName = new Map(definitions.map((table) => [qualifiedName(table), table]));
  return only.map((name) => {
    const table = byName.get(name);
    if (table !== undefined) return table;
    throw new ConfigurationError(`table '${name}' is not defined; defined are ${[...byName.keys()].join(", ")}`);
  });
}

async function planTable(
  table: AnyTable,
  settings: ReconcileSettings,
  source: ReconcilePorts["source"],
): Promise<PlannedTable> {
  const extent = await source.extent(table);
  const expected = extent?.rows ?? 0;
  const count = Math.min(MOST_RANGES, Math.max(1, Math.ceil(expected / settings.rangeRows)));
  if (steppedColumn(table) === null) return { table: qualifiedName(table), expected, chunks: null, buckets: count };
  const [min, max] = extent === null ? [0n, 0n] : [BigInt(extent.min.toString()), BigInt(extent.max.toString())];
  const parts = Math.max(Math.ceil(expected / settings.chunkRows), Number((max - min) / WIDEST) + 1);
  const ranges = splitRange(min, max, parts);
  const perChunk = BigInt(Math.max(1, Math.ceil(count / ranges.length)));
  const chunks = ranges.map(([above, upTo]): SavedChunk => {
    const low = above === null ? min : above + 1n;
    const high = upTo ?? max;
    const width = (high - low) / perChunk + 1n;
    const texts = { low: String(low), high: String(high), width: String(width) };
    return { above: above?.toString() ?? null, upTo: upTo?.toString() ?? null, ...texts };
  });
  return { table: qualifiedName(table), expected, chunks, buckets: 0 };
}
