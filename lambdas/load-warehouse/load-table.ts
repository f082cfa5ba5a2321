import type { AnyTable } from "../../schemas/model/table.ts";
import { qualifiedName, topicName } from "../../schemas/naming.ts";
import { listLanded } from "../core/landed.ts";
import type { Landed } from "../core/landed.ts";
import { readResynced } from "../core/resynced.ts";
import { METRICS } from "../core/metrics.ts";
import type { Now, Wake } from "../core/ports.ts";
import { readStandingHold } from "../core/table-facts.ts";
import { slotOf } from "../core/wake-slot.ts";
import { resolveDefinition } from "../core/file-definition.ts";
import { reportGaps } from "./gaps.ts";
import { readErasures, readLedger } from "./ledger.ts";
import type { Ledger } from "./ledger.ts";
import { planBatch } from "./load-batch.ts";
import type { Limits, LoadBatch } from "./load-batch.ts";
import { loadOnce } from "./load-once.ts";
import type { LoadOncePorts } from "./load-once.ts";
import { batchId } from "./to-load-plan.ts";
import { widenFor } from "./widen.ts";

export interface LoadPorts extends LoadOncePorts {
  readonly wakeLoader: Wake;
  readonly wakeStar: Wake;
  readonly now: Now;
  /** Milliseconds left to this run. */
  readonly timeLeft: () => number;
}

export interface LoadSettings {
  readonly cluster: string;
  readonly role: string;
  readonly wakeSlotSeconds: number;
  /** For tables that name none. */
  readonly cadenceSeconds: number;
  readonly limits: Limits;
  readonly isStarred: (table: AnyTable) => boolean;
}

export interface TableOutcome {
  readonly loads: number;
  readonly rows: number;
  /** `early`: the cadence is not over; `behind`: the run's time is; both have sent a wake-up for later; `held`: somebody has paused it, or capture has left rows out. */
  readonly state: "done" | "early" | "behind" | "held";
}

/** A load takes seconds; with less than this left, the next run starts it. */
const TIME_FOR_A_LOAD_MS = 60_000;
/** Times that one run takes up the same batch. */
const MOST_TRIES = 5;

/**
 * Loads all that has landed for one table, batch after batch, as long as time remains. Holes stop their partition only,
 * until a resync of the table stands for what they held.
 *
 * Safe to repeat because each batch starts at the ledger's positions, which its transaction asserts and advances.
 */
export async function loadTable(table: AnyTable, settings: LoadSettings, ports: LoadPorts): Promise<TableOutcome> {
  const name = qualifiedName(table);
  const hold = await readStandingHold(ports.landing, name);
  if (hold !== null) {
    ports.telemetry.info("held", { table: name, ...hold });
    return { loads: 0, rows: 0, state: "held" };
  }
  const [firstLedger, erasedBy] = await Promise.all([
    readLedger(table, ports.warehouse),
    readErasures(table, ports.warehouse),
  ]);
  let ledger = firstLedger;
  if (isEarly(ledger, table, settings, ports.now())) {
    await wakeLater(name, settings, ports);
    return { loads: 0, rows: 0, state: "early" };
  }
  let loads = 0;
  let rows = 0;
  const tries = new Map<string, number>();
  for (;;) {
    const place = { cluster: settings.cluster, topic: topicName(table) };
    const landed = await listLanded(ports.landing, place, ledger.next, settings.limits.objects);
    const { batch, gaps, passed } = await planNext(table, landed, ledger, settings, ports);
    if (loads === 0) await reportGaps(table, gaps, ports);
    if (passed.length > 0)
      ports.telemetry.warn("holes that a resync stands for are passed", { table: name, holes: passed });
    if (batch === null) return { loads, rows, state: "done" };
    if (ports.timeLeft() < TIME_FOR_A_LOAD_MS) {
      await wakeLater(name, settings, ports);
      return { loads, rows, state: "behind" };
    }
    countTry(tries, batch, name);
    const loaded = await loadBatch(table, batch, erasedBy, settings, ports);
    if (loaded !== null) {
      loads += 1;
      rows += loaded;
    }
    ledger = await readLedger(table, ports.warehouse);
  }
}

/** Whether a resync stands for a hole is asked only when there is one. */
async function planNext(
  table: AnyTable,
  landed: Landed,
  ledger: Ledger,
  { limits }: LoadSettings,
  ports: LoadPorts,
): Promise<ReturnType<typeof planBatch>> {
  const plan = planBatch(landed, ledger.next, limits);
  if (plan.gaps.length === 0) return plan;
  const below = await readResynced(ports.landing, topicName(table));
  return planBatch(landed, ledger.next, limits, (partition) => below[partition] ?? 0);
}

/**
 * A batch that is planned again was overtaken by another run, or somebody empties the ledger.
 * @throws Error when this run has taken it up too often
 */
function countTry(tries: Map<string, number>, batch: LoadBatch, name: string): void {
  const id = batchId(batch);
  const before = tries.get(id) ?? 0;
  if (before >= MOST_TRIES)
    throw new Error(`${name}: batch ${id} was loaded ${before} times, and the ledger did not move`);
  tries.set(id, before + 1);
}

/** @returns the rows loaded, or null when another run has gone ahead */
async function loadBatch(
  table: AnyTable,
  batch: LoadBatch,
  erasedBy: readonly string[],
  settings: LoadSettings,
  ports: LoadPorts,
): Promise<number | null> {
  const started = ports.now();
  const file = await resolveDefinition(batch.definition, table, ports.landing);
  await widenFor(file, table, ports.warehouse);
  const starred = settings.isStarred(table);
  const outcome = await loadOnce(batch, { file, role: settings.role, starred, erasedBy }, ports);
  if (outcome.kind === "moved") return null;
  const { rows, quarantined, batch: id } = outcome.plan;
  const dimensions = { Table: topicName(table) };
  ports.telemetry.metric(METRICS.rowsLoaded, rows, "Count", dimensions);
  ports.telemetry.info("loaded", {
    table: qualifiedName(table),
    batch: id,
    rows,
    quarantined,
    milliseconds: ports.now() - started,
  });
  if (starred) {
    const slot = slotOf(ports.now(), settings.wakeSlotSeconds);
    await ports.wakeStar({ table: qualifiedName(table), slot });
  }
  return rows;
}

function isEarly({ loadedAt }: Ledger, table: AnyTable, settings: LoadSettings, now: number): boolean {
  const cadence = table.cadence ?? settings.cadenceSeconds;
  return loadedAt !== null && now < loadedAt + cadence * 1000;
}

/** Within one slot all wake-ups of a table are one message, and it is delivered when the slot is over: none is lost. */
async function wakeLater(table: string, settings: LoadSettings, ports: LoadPorts): Promise<void> {
  await ports.wakeLoader({ table, slot: slotOf(ports.now(), settings.wakeSlotSeconds) });
}
