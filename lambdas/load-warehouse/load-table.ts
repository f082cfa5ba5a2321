import type { AnyTable } from "../../schemas/model/table.ts";
import { qualifiedName, topicName } from "../../schemas/naming.ts";
import { OffsetGapError } from "../core/errors.ts";
import { landedObjects } from "../core/landed.ts";
import type { LandedObject } from "../core/landed.ts";
import { METRICS } from "../core/metrics.ts";
import type { Now, Wake } from "../core/ports.ts";
import { slotOf } from "../core/wake-slot.ts";
import { resolveDefinition } from "./definitions.ts";
import { readErasures, readLedger } from "./ledger.ts";
import type { Ledger } from "./ledger.ts";
import { planBatch } from "./load-batch.ts";
import type { Limits, LoadBatch, OffsetGap } from "./load-batch.ts";
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
  /** `early`: the cadence is not over; `behind`: the run's time is; both have sent a wake-up for later. */
  readonly state: "done" | "early" | "behind";
}

/** A load takes seconds; with less than this left, the next run starts it. */
const TIME_FOR_A_LOAD_MS = 60_000;
/** Times that one run takes up the same batch. */
const MOST_TRIES = 5;

/**
 * Loads all that has landed for one table, batch after batch, as long as time remains. Holes stop their partition only.
 *
 * Safe to repeat because each batch starts at the ledger's positions, which its transaction asserts and advances.
 */
export async function loadTable(table: AnyTable, settings: LoadSettings, ports: LoadPorts): Promise<TableOutcome> {
  const name = qualifiedName(table);
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
    const objects = await newObjects(table, ledger, settings, ports);
    const { batch, gaps } = planBatch(objects, ledger.next, settings.limits);
    if (loads === 0) reportGaps(table, gaps, ports);
    if (batch === null) return { loads, rows, state: "done" };
    if (ports.timeLeft() < TIME_FOR_A_LOAD_MS) {
      await wakeLater(name, settings, ports);
      return { loads, rows, state: "behind" };
    }
    const attempt = countTry(tries, batch, name);
    const loaded = await loadBatch(table, batch, { attempt, erasedBy }, settings, ports);
    if (loaded !== null) {
      loads += 1;
      rows += loaded;
    }
    ledger = await readLedger(table, ports.warehouse);
  }
}

/**
 * A batch that is planned again was overtaken by another run, or its token answered with a load that the ledger does not
 * have, because somebody has emptied it: then a new token is needed.
 * @returns how often this run has taken up the batch before
 */
function countTry(tries: Map<string, number>, batch: LoadBatch, name: string): number {
  const id = batchId(batch);
  const before = tries.get(id) ?? 0;
  if (before >= MOST_TRIES)
    throw new Error(`${name}: batch ${id} was loaded ${before} times, and the ledger did not move`);
  tries.set(id, before + 1);
  return before;
}

/** @returns the rows loaded, or null when another run has gone ahead */
async function loadBatch(
  table: AnyTable,
  batch: LoadBatch,
  { attempt, erasedBy }: { readonly attempt: number; readonly erasedBy: readonly string[] },
  settings: LoadSettings,
  ports: LoadPorts,
): Promise<number | null> {
  const started = ports.now();
  const file = await resolveDefinition(batch.definition, table, ports.landing);
  await widenFor(file, table, ports.warehouse);
  const starred = settings.isStarred(table);
  const outcome = await loadOnce(batch, { file, role: settings.role, starred, erasedBy }, ports, attempt);
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

async function newObjects(
  table: AnyTable,
  ledger: Ledger,
  settings: LoadSettings,
  ports: LoadPorts,
): Promise<readonly LandedObject[]> {
  const place = { cluster: settings.cluster, topic: topicName(table) };
  const found = landedObjects(ports.landing, place, ledger.next, settings.limits.objects);
  const objects: LandedObject[] = [];
  for await (const object of found) objects.push(object);
  return objects;
}

function isEarly({ loadedAt }: Ledger, table: AnyTable, settings: LoadSettings, now: number): boolean {
  const cadence = table.cadence ?? settings.cadenceSeconds;
  return loadedAt !== null && now < loadedAt + cadence * 1000;
}

/** Within one slot all wake-ups of a table are one message, and it is delivered when the slot is over: none is lost. */
async function wakeLater(table: string, settings: LoadSettings, ports: LoadPorts): Promise<void> {
  await ports.wakeLoader({ table, slot: slotOf(ports.now(), settings.wakeSlotSeconds) });
}

function reportGaps(table: AnyTable, gaps: readonly OffsetGap[], ports: LoadPorts): void {
  if (gaps.length === 0) return;
  const name = qualifiedName(table);
  ports.telemetry.metric(METRICS.offsetGaps, gaps.length, "Count", { Table: topicName(table) });
  for (const { partition, from, to } of gaps) {
    const error = new OffsetGapError(
      `${name}, partition ${partition}: offsets ${from} to ${to} never landed; the partition stops there until a resync of the table`,
    );
    ports.telemetry.error(error.message, { name: error.name, table: name, partition, from, to });
  }
}
