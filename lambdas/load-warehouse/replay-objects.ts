import { z } from "zod";
import type { AnyTable } from "../../schemas/model/table.ts";
import { parseLandingKey, qualifiedName, topicName } from "../../schemas/naming.ts";
import { MalformedInputError } from "../core/errors.ts";
import type { ReplayOutcome } from "../core/events.ts";
import type { LandedObject } from "../core/landed.ts";
import { METRICS } from "../core/metrics.ts";
import type { Now, Wake } from "../core/ports.ts";
import { readHold } from "../core/table-facts.ts";
import { slotOf } from "../core/wake-slot.ts";
import { resolveDefinition } from "../core/file-definition.ts";
import { readErasures, readLedger } from "./ledger.ts";
import type { LoadBatch } from "./load-batch.ts";
import { loadOnce } from "./load-once.ts";
import type { LoadOncePorts } from "./load-once.ts";
import { widenFor } from "./widen.ts";

export interface ReplayPorts extends LoadOncePorts {
  readonly wakeStar: Wake;
  readonly now: Now;
}

export interface ReplaySettings {
  readonly cluster: string;
  readonly role: string;
  readonly wakeSlotSeconds: number;
  readonly isStarred: (table: AnyTable) => boolean;
}

const requestSchema = z.object({
  action: z.literal("replay"),
  table: z.string(),
  /** Landed objects of the table, all of one definition. */
  keys: z.array(z.string()).min(1).max(1_000),
});

/** Whether the function was called by somebody and not by its queue. */
export const isReplay = (event: unknown): boolean => typeof event === "object" && event !== null && "action" in event;

/**
 * Loads objects again that lie below the ledger, or that came late for it: one transaction that leaves the ledger alone.
 * Versions decide what is new, so what the warehouse has already changes nothing. What lies above the ledger is left to
 * the loads that come, and named.
 *
 * Safe to repeat, in any order, beside loads: it takes the ledger's lock as they do. Each call is a load of its own, so
 * one whose answer was lost is simply asked for again.
 * @throws MalformedInputError for a request about something else than objects of one table and definition
 */
export async function replayObjects(
  request: unknown,
  tables: readonly AnyTable[],
  settings: ReplaySettings,
  ports: ReplayPorts,
): Promise<ReplayOutcome> {
  const { table, objects } = readRequest(request, tables, settings);
  const name = qualifiedName(table);
  const nothing: ReplayOutcome = { state: "done", rows: 0, refused: [], ahead: [] };
  if ((await readHold(ports.landing, name)) !== null) return { ...nothing, state: "held" };
  const { next } = await readLedger(table, ports.warehouse);
  const isLoaded = ({ partition, last }: LandedObject): boolean => last < next(partition);
  const ahead = objects.filter((object) => !isLoaded(object)).map(({ key }) => key);
  const batch = batchOf(objects.filter(isLoaded));
  if (batch === null) return { ...nothing, ahead };
  const file = await resolveDefinition(batch.definition, table, ports.landing);
  await widenFor(file, table, ports.warehouse);
  const starred = settings.isStarred(table);
  const erasedBy = await readErasures(table, ports.warehouse);
  const context = { file, role: settings.role, starred, erasedBy, replay: { into: table, id: ports.newId() } };
  const outcome = await loadOnce(batch, context, ports);
  // The ledger only rises: that it is not past the objects any more means that somebody has emptied it.
  if (outcome.kind === "moved") return { ...nothing, ahead: objects.map(({ key }) => key) };
  const { rows, batch: id } = outcome.plan;
  ports.telemetry.metric(METRICS.rowsLoaded, rows, "Count", { Table: topicName(table) });
  ports.telemetry.info("replayed", { table: name, batch: id, objects: objects.length, rows });
  if (starred) await ports.wakeStar({ table: name, slot: slotOf(ports.now(), settings.wakeSlotSeconds) });
  const refused = outcome.refused.map(({ topic, partition, offset, reason }) => ({ topic, partition, offset, reason }));
  return { state: "done", rows, refused, ahead };
}

function readRequest(
  request: unknown,
  tables: readonly AnyTable[],
  { cluster }: ReplaySettings,
): { readonly table: AnyTable; readonly objects: readonly LandedObject[] } {
  const parsed = requestSchema.safeParse(request);
  if (!parsed.success) throw new MalformedInputError(`no request to replay: ${z.prettifyError(parsed.error)}`);
  const table = tables.find((candidate) => qualifiedName(candidate) === parsed.data.table);
  if (table === undefined) throw new MalformedInputError(`'${parsed.data.table}' is no captured table`);
  const objects = [...new Set(parsed.data.keys)].map((key) => {
    const place = parseLandingKey(key);
    if (place?.cluster === cluster && place.topic === topicName(table)) return { ...place, key, size: 0 };
    throw new MalformedInputError(`${key} is no landed object of ${topicName(table)} in cluster ${cluster}`);
  });
  const definitions = new Set(objects.map(({ definition }) => definition));
  if (definitions.size > 1) throw new MalformedInputError("the objects are of several definitions: ask for each alone");
  return { table, objects };
}

/** One run a partition, though its objects may overlap and have holes between them. */
function batchOf(objects: readonly LandedObject[]): LoadBatch | null {
  const [any] = objects;
  if (any === undefined) return null;
  const { definition } = any;
  const partitions = [...new Set(objects.map(({ partition }) => partition))].sort((a, b) => a - b);
  const runs = partitions.map((partition) => {
    const own = objects.filter((object) => object.partition === partition).sort((a, b) => a.last - b.last);
    const first = Math.min(...own.map((object) => object.first));
    const last = Math.max(...own.map((object) => object.last));
    return { partition, definition, first, last, objects: own };
  });
  return { definition, runs };
}
