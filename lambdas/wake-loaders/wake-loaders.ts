import { qualifiedName, topicName } from "../../schemas/naming.ts";
import type { AnyTable } from "../../schemas/model/table.ts";
import { pendingKeys } from "../../schemas/sql/status.ts";
import { landedObjects } from "../core/landed.ts";
import { readLoadedPositions } from "../core/loaded-positions.ts";
import type { Now, ObjectStore, Telemetry, Wake, Warehouse } from "../core/ports.ts";
import { slotOf } from "../core/wake-slot.ts";

export interface WakeLoadersPorts {
  readonly landing: Pick<ObjectStore, "list">;
  readonly warehouse: Pick<Warehouse, "query">;
  readonly wakeLoader: Wake;
  readonly wakeStar: Wake;
  readonly telemetry: Telemetry;
  readonly now: Now;
}

export interface WakeLoadersSettings {
  readonly cluster: string;
  readonly wakeSlotSeconds: number;
  readonly tables: readonly AnyTable[];
  /** Those that the star is built from. */
  readonly starTables: readonly AnyTable[];
}

export interface WakeLoadersOutcome {
  /** Tables with files that no load has taken. */
  readonly loads: readonly string[];
  /** Whether keys wait for the star. */
  readonly star: boolean;
}

/**
 * The safety net: once a minute, whatever is there and not taken gets another wake-up, so that a lost message costs a
 * minute and no data. Safe to repeat because a wake-up that finds nothing does nothing.
 */
export async function wakeLoaders(settings: WakeLoadersSettings, ports: WakeLoadersPorts): Promise<WakeLoadersOutcome> {
  const slot = slotOf(ports.now(), settings.wakeSlotSeconds);
  const positions = await readLoadedPositions(settings.tables, ports.warehouse);
  const loads: string[] = [];
  for (const table of settings.tables) {
    const name = qualifiedName(table);
    const next = (partition: number): number => positions.get(name)?.get(partition) ?? 0;
    const waiting = landedObjects(ports.landing, { cluster: settings.cluster, topic: topicName(table) }, next, 1);
    if (await isEmpty(waiting)) continue;
    await ports.wakeLoader({ table: name, slot });
    loads.push(name);
  }
  const touched = await ports.warehouse.query(pendingKeys(settings.starTables.filter((table) => table.key !== "none")));
  const [first] = touched.filter((row) => Number(row["touched"]) > 0);
  if (first !== undefined) await ports.wakeStar({ table: String(first["table_name"]), slot });
  const outcome = { loads, star: first !== undefined };
  if (loads.length > 0 || outcome.star) ports.telemetry.info("woken by the safety net", outcome);
  return outcome;
}

async function isEmpty(items: AsyncIterable<unknown>): Promise<boolean> {
  const iterator = items[Symbol.asyncIterator]();
  const { done } = await iterator.next();
  await iterator.return?.();
  return done === true;
}
