import { ledgerName, qualifiedName, topicName } from "../../../schemas/naming.ts";
import type { AnyTable } from "../../../schemas/model/table.ts";
import { landedObjects } from "../../../lambdas/core/landed.ts";
import { CLUSTER } from "../world/functions.ts";
import type { World } from "../world/world.ts";
import type { Findings } from "./findings.ts";
import { Tally } from "./findings.ts";

interface Range {
  readonly first: number;
  readonly last: number;
}

/**
 * The ranges of a ledger follow each other without hole or overlap from the first offset on.
 * @param whole they end where the topic ends, and so do the landed objects
 */
export async function checkLedgers(world: World, whole: boolean): Promise<Findings> {
  const tally = new Tally();
  const selects = world.tables.map(
    (table) =>
      `SELECT '${qualifiedName(table)}' AS name, partition, first_offset, last_offset FROM ${ledgerName(table)}`,
  );
  const rows = await world.ask(`${selects.join(" UNION ALL ")} ORDER BY partition, first_offset`);
  for (const table of world.tables) {
    const own = rows.filter(({ name }) => name === qualifiedName(table));
    await checkLedger(tally, world, table, own, whole);
  }
  return tally;
}

async function checkLedger(
  tally: Tally,
  world: World,
  table: AnyTable,
  rows: readonly Readonly<Record<string, string | null>>[],
  whole: boolean,
): Promise<void> {
  const topic = topicName(table);
  const objects = whole ? await objectsOf(world, topic) : null;
  for (let partition = 0; partition < world.topics.partitions(topic); partition++) {
    const name = `${qualifiedName(table)}, partition ${partition}`;
    const ranges = rows
      .filter((row) => Number(row["partition"]) === partition)
      .map((row): Range => ({ first: Number(row["first_offset"]), last: Number(row["last_offset"]) }));
    const end = joinsUp(tally, `the ledger of ${name}`, ranges);
    tally.rows += ranges.length;
    if (objects === null) continue;
    const published = world.topics.of(topic, partition).length;
    if (end !== published) tally.count("lost", `the ledger of ${name} ends at ${end} of ${published} records`);
    const landed = covered(objects.get(partition) ?? []);
    if (landed !== published) tally.count("lost", `the objects of ${name} cover ${landed} of ${published} records`);
  }
}

/** @returns the first offset that the ranges do not reach */
function joinsUp(tally: Tally, name: string, ranges: readonly Range[]): number {
  let next = 0;
  for (const { first, last } of ranges) {
    if (first > next) tally.count("lost", `${name} has a hole from ${next} to ${first - 1}`);
    if (first < next) tally.count("bent", `${name} has ${first} to ${next - 1} twice`);
    next = Math.max(next, last + 1);
  }
  return next;
}

async function objectsOf(world: World, topic: string): Promise<ReadonlyMap<number, readonly Range[]>> {
  const found = new Map<number, Range[]>();
  for await (const { partition, first, last } of landedObjects(world.landing, { cluster: CLUSTER, topic }, () => 0)) {
    found.set(partition, [...(found.get(partition) ?? []), { first, last }]);
  }
  return found;
}

/** @returns up to where ranges that may overlap reach without a hole */
function covered(ranges: readonly Range[]): number {
  let next = 0;
  for (const { first, last } of [...ranges].sort((a, b) => a.first - b.first)) {
    if (first > next) return next;
    next = Math.max(next, last + 1);
  }
  return next;
}
