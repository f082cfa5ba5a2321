import type { CopyRun, CopyRuns } from "../core/copy-runs.ts";
import type { Now, ObjectStore, Telemetry } from "../core/ports.ts";
import { METRICS } from "../core/metrics.ts";
import { wishKey } from "../core/state-keys.ts";
import { isMet, openLeftOut, openWishes, readTableFacts } from "../core/table-facts.ts";
import type { ResyncWish, TableFacts } from "../core/table-facts.ts";
import { comparePositions } from "../core/version.ts";

export interface ResyncTablesPorts {
  readonly state: ObjectStore;
  readonly copies: CopyRuns;
  readonly telemetry: Telemetry;
  readonly now: Now;
}

export interface ResyncTablesSettings {
  /** The captured tables by qualified name, with what their definitions are now (schemas/hash.ts `shapeHash`). */
  readonly tables: ReadonlyMap<string, string>;
  readonly gapGraceSeconds: number;
  readonly retrySeconds: number;
}

export interface ResyncTablesOutcome {
  /** Tables with a wish that no copy has met. */
  readonly waiting: readonly string[];
  /** Those whose resync this run has started. */
  readonly started: readonly string[];
}

/** First part of the names of executions that nobody asked for. */
export const OWN_RUNS = "resync-";

/** These begin a new epoch, which only a resync of all tables may (lambdas/capture-snapshot/plan.ts). */
const OF_THE_WHOLE_SOURCE: ReadonlySet<ResyncWish["reason"]> = new Set(["lost", "failover"]);

/**
 * Once a minute: copies again what cannot be made right from the log, beside running changes. One at a time, because a
 * copy reads the source's tables whole; after a failure it waits, and the alarm on failed copies tells somebody.
 *
 * Safe to repeat because a wish is open until a copy anchored after it has finished, and a minute's execution has one name.
 */
export async function resyncTables(
  settings: ResyncTablesSettings,
  ports: ResyncTablesPorts,
): Promise<ResyncTablesOutcome> {
  const now = ports.now();
  const facts = await readTableFacts(ports.state);
  await forgetMet(facts, ports.state);
  const wishes = [...settings.tables.keys()].flatMap((table) => {
    const known = facts.get(table);
    return known === undefined ? [] : [...openWishes(known), ...stoppedWish(table, known)];
  });
  const waiting = [...new Set(wishes.map(({ table }) => table))];
  const stopped = wishes.filter(({ reason }) => reason === "stopped").map(({ table }) => table);
  ports.telemetry.metric(METRICS.resyncsWaiting, waiting.length, "Count");
  ports.telemetry.metric(METRICS.tablesStopped, stopped.length, "Count");
  const stuck = new Set(stopped.filter((table) => isStuck(facts.get(table), settings.tables.get(table))));
  const due = [...new Set(wishes.filter((wish) => isDue(wish, settings, now)).map(({ table }) => table))].filter(
    (table) => !stuck.has(table),
  );
  if (due.length === 0) return { waiting, started: [] };
  const runs = await ports.copies.recent();
  const held = hindrance(runs, settings, now);
  if (held !== null) {
    ports.telemetry.info("resync waits", { tables: due, because: held });
    return { waiting, started: [] };
  }
  const all = wishes.some(({ table, reason }) => OF_THE_WHOLE_SOURCE.has(reason) && due.includes(table));
  const started = all ? waiting : chosen(due, runs);
  await ports.copies.start(`${OWN_RUNS}${Math.floor(now / 60_000)}`, all ? null : started);
  for (const { table, reason, detail } of wishes.filter((wish) => started.includes(wish.table))) {
    ports.telemetry.warn("resync started", { table, reason, detail });
  }
  return { waiting, started };
}

/** Rows left out wish for a copy that shows them. */
function stoppedWish(table: string, facts: TableFacts): readonly ResyncWish[] {
  const open = openLeftOut(facts);
  if (open === null) return [];
  const { reason: detail, since, position } = open;
  return [{ id: "left-out", table, reason: "stopped", detail, since, position }];
}

/**
 * Whether a copy would meet what capture has met: the definition is still the one that could not take the table's rows,
 * and no statement has changed the table since.
 */
function isStuck(facts: TableFacts | undefined, definition: string | undefined): boolean {
  const open = facts === undefined ? null : openLeftOut(facts);
  if (facts === undefined || open === null || open.definition !== definition) return false;
  return !openWishes(facts).some(({ position }) => position !== null && comparePositions(position, open.position) > 0);
}

function isDue({ reason, since }: ResyncWish, settings: ResyncTablesSettings, now: number): boolean {
  return reason !== "gap" || now - Date.parse(since) >= settings.gapGraceSeconds * 1_000;
}

/** All at once; after failures one by one, in turn, so that a table that cannot be copied does not stop the others. */
function chosen(due: readonly string[], runs: readonly CopyRun[]): readonly string[] {
  const own = runs.filter(({ name }) => name.startsWith(OWN_RUNS));
  const lastSuccess = own.findIndex(({ state }) => state === "succeeded");
  const failures = lastSuccess === -1 ? own.length : lastSuccess;
  const table = due[(failures - 1) % due.length];
  return failures === 0 || table === undefined ? due : [table];
}

/** Why no resync can start now. */
function hindrance(runs: readonly CopyRun[], settings: ResyncTablesSettings, now: number): string | null {
  const running = runs.find(({ state }) => state === "running");
  if (running !== undefined) return `${running.name} runs`;
  const [newest] = runs.filter(({ name }) => name.startsWith(OWN_RUNS));
  if (newest?.state !== "failed" || newest.endedAt === null) return null;
  return now - newest.endedAt < settings.retrySeconds * 1_000 ? `${newest.name} has failed` : null;
}

/** Wishes that a copy has met are of no use any more. */
async function forgetMet(facts: ReadonlyMap<string, TableFacts>, state: ObjectStore): Promise<void> {
  for (const [table, { copied, wishes }] of facts) {
    if (copied === null) continue;
    for (const wish of wishes) if (isMet(wish, copied)) await state.remove(wishKey(table, wish.id));
  }
}
