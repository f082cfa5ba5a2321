import type { ObjectStore, Warehouse } from "../../lambdas/core/ports.ts";
import { readLoadedPositions } from "../../lambdas/core/loaded-positions.ts";
import { readResynced } from "../../lambdas/core/resynced.ts";
import { definitionKey } from "../../lambdas/core/state-keys.ts";
import { definitionHash, fileDefinition } from "../../schemas/hash.ts";
import type { AnyTable } from "../../schemas/model/table.ts";
import { landingTopicPrefix, parseLandingKey, qualifiedName, topicName } from "../../schemas/naming.ts";
import type { LandingKey } from "../../schemas/naming.ts";
import { loadedSince } from "../../schemas/sql/status.ts";

/** Offsets of a partition. */
export interface Stretch {
  readonly partition: number;
  readonly first: number;
  readonly last: number;
}

/** What a replay of one table will do, and what it cannot. */
export interface ReplayPlan {
  readonly table: string;
  /** Objects to be loaded once more. */
  readonly objects: readonly { readonly key: string; readonly size: number; readonly rows: number }[];
  /** Objects that no load has taken yet: the loads take them. */
  readonly ahead: number;
  /** Keys of objects that are in cold storage: they must be restored before they can be read. */
  readonly cold: readonly string[];
  /** Offsets loaded since then that no object holds any more. */
  readonly missing: readonly (Stretch & { readonly why: string })[];
  /** Earlier definitions among the objects, and how many were written under each. */
  readonly definitions: readonly { readonly hash: string; readonly objects: number; readonly readable: boolean }[];
}

export interface PlanPorts {
  readonly landing: Pick<ObjectStore, "list" | "get">;
  readonly cluster: string;
  readonly warehouse: Pick<Warehouse, "query">;
}

/** Storage classes that a COPY cannot read from until somebody has restored the object. */
const COLD = new Set(["GLACIER", "DEEP_ARCHIVE"]);

interface Landed extends LandingKey {
  readonly key: string;
  readonly size: number;
  readonly modified: number;
  readonly cold: boolean;
}

/**
 * Chooses what to load again: every object that was written since then, or whose offsets were loaded since then. Only
 * what lies below the ledger: the rest is loaded anyway.
 * @param since milliseconds since 1970
 */
export async function planReplay(table: AnyTable, since: number, ports: PlanPorts): Promise<ReplayPlan> {
  const name = qualifiedName(table);
  const positions = (await readLoadedPositions([table], ports.warehouse)).get(name) ?? new Map<number, number>();
  const loaded = await stretchesLoaded(table, since, ports.warehouse);
  const all: Landed[] = [];
  for await (const object of ports.landing.list(landingTopicPrefix(ports.cluster, topicName(table)))) {
    const place = parseLandingKey(object.key);
    if (place === null) continue;
    const { key, size, modified = 0, storageClass = "STANDARD" } = object;
    all.push({ ...place, key, size, modified, cold: COLD.has(storageClass) });
  }
  const meant = all.filter((object) => object.modified >= since || loaded.some((stretch) => overlap(object, stretch)));
  const below = meant.filter(({ partition, last }) => last < (positions.get(partition) ?? 0));
  const chosen = below.filter(({ cold }) => !cold);
  return {
    table: name,
    objects: chosen.map(({ key, size, rows }) => ({ key, size, rows })),
    ahead: meant.length - below.length,
    cold: below.filter(({ cold }) => cold).map(({ key }) => key),
    missing: await missingIn(table, loaded, all, ports.landing),
    definitions: await earlierDefinitions(table, chosen, ports.landing),
  };
}

async function stretchesLoaded(
  table: AnyTable,
  since: number,
  warehouse: PlanPorts["warehouse"],
): Promise<readonly Stretch[]> {
  const rows = await warehouse.query(loadedSince(table, new Date(since)));
  return joinedUp(
    rows.map((row) => ({
      partition: Number(row["partition"]),
      first: Number(row["first_offset"]),
      last: Number(row["last_offset"]),
    })),
  );
}

/** The loads of a partition join up: as one stretch, every object is compared with it once and not with each load. */
export function joinedUp(stretches: readonly Stretch[]): readonly Stretch[] {
  const joined: Stretch[] = [];
  for (const stretch of [...stretches].sort((a, b) => a.partition - b.partition || a.first - b.first)) {
    const before = joined.at(-1);
    if (before?.partition !== stretch.partition || stretch.first > before.last + 1) joined.push(stretch);
    else joined[joined.length - 1] = { ...before, last: Math.max(before.last, stretch.last) };
  }
  return joined;
}

const overlap = (object: Stretch, stretch: Stretch): boolean =>
  object.partition === stretch.partition && object.first <= stretch.last && object.last >= stretch.first;

/** Offsets that the ledger has loaded and that no object covers, with the reason as far as it is known. */
async function missingIn(
  table: AnyTable,
  loaded: readonly Stretch[],
  objects: readonly Stretch[],
  landing: PlanPorts["landing"],
): Promise<ReplayPlan["missing"]> {
  const holes = loaded.flatMap((stretch) => uncovered(stretch, objects));
  if (holes.length === 0) return [];
  const below = await readResynced(landing, topicName(table));
  return holes.map((hole) => ({
    ...hole,
    why:
      hole.last < (below[hole.partition] ?? 0)
        ? "never landed, or expired; a later resync stands for them"
        : "their objects are gone: expired, or deleted",
  }));
}

/** The parts of a stretch that no object covers. */
export function uncovered(stretch: Stretch, objects: readonly Stretch[]): readonly Stretch[] {
  const own = objects.filter((object) => overlap(object, stretch)).sort((a, b) => a.first - b.first);
  const holes: Stretch[] = [];
  let at = stretch.first;
  for (const { first, last } of own) {
    if (first > at) holes.push({ partition: stretch.partition, first: at, last: first - 1 });
    at = Math.max(at, last + 1);
  }
  if (at <= stretch.last) holes.push({ partition: stretch.partition, first: at, last: stretch.last });
  return holes;
}

async function earlierDefinitions(
  table: AnyTable,
  objects: readonly LandingKey[],
  landing: PlanPorts["landing"],
): Promise<ReplayPlan["definitions"]> {
  const own = definitionHash(fileDefinition(table));
  const hashes = [...new Set(objects.map(({ definition }) => definition))].filter((hash) => hash !== own).sort();
  return Promise.all(
    hashes.map(async (hash) => ({
      hash,
      objects: objects.filter(({ definition }) => definition === hash).length,
      readable: (await landing.get(definitionKey(hash))) !== null,
    })),
  );
}
