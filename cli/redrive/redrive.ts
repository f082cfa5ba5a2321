import type { RedriveOutcome, RefusedPlace, ReplayOutcome } from "../../lambdas/core/events.ts";
import type { ObjectStore } from "../../lambdas/core/ports.ts";
import { messageOf } from "../../lambdas/core/errors.ts";
import { readQuarantine } from "../../lambdas/core/quarantine.ts";
import type { AnyTable } from "../../schemas/model/table.ts";
import { parseLandingKey, qualifiedName } from "../../schemas/naming.ts";
import { CommandError } from "../errors.ts";
import { preferred, readCopies } from "../quarantine/entries.ts";
import type { QuarantineEntry, QuarantineFilter } from "../quarantine/entries.ts";
import { byDefinition } from "../replay/batches.ts";
import { landLines } from "./lines.ts";
import { placeId, rewriteQuarantine } from "./rewrite.ts";
import type { Fate } from "./rewrite.ts";

export interface RedrivePorts {
  readonly landing: ObjectStore;
  readonly quarantine: ObjectStore;
  readonly cluster: string;
  readonly tables: readonly AnyTable[];
  /** land-batch: lands records of an object of quarantine again. */
  readonly land: (key: string, places?: readonly Place[]) => Promise<RedriveOutcome>;
  /** load-warehouse: loads landed objects that lie below the ledger. */
  readonly load: (table: string, keys: readonly string[]) => Promise<ReplayOutcome>;
}

interface Place {
  readonly partition: number;
  readonly offset: number;
}

/** What became of the chosen entries of one table. */
export interface RedrivenTable {
  readonly table: string;
  /** Loaded, and out of quarantine. */
  readonly redriven: number;
  /** Still in quarantine, with the reason of now. */
  readonly refused: readonly RefusedPlace[];
  /** In quarantine as before: the loads of the table have not got as far as these yet. */
  readonly waiting: number;
  /** In quarantine as before, for want of a payload or of a place in the topic: only a resync brings their rows. */
  readonly withheld: number;
}

/** Objects of quarantine that are taken up together: a load costs about the same for one as for many. */
const OBJECTS_AT_ONCE = 50;

/**
 * Sends what is in quarantine back: lands it again under its own offsets, loads it, and only then takes it out. Exactly
 * once whatever happens between, because the row keeps its version, partition and offset: loading it twice changes nothing.
 * @param progress told what is about to happen
 */
export async function redrive(
  filter: QuarantineFilter,
  ports: RedrivePorts,
  progress: (text: string) => void = () => undefined,
): Promise<readonly RedrivenTable[]> {
  const { places } = await readCopies(ports.quarantine, ports.cluster, filter, ports.tables);
  const chosen = chooseEntries([...places.values()], filter);
  const result: RedrivenTable[] = [];
  for (const name of [...new Set(chosen.map(({ entry }) => entry.table))].sort()) {
    const own = chosen.filter(({ entry }) => entry.table === name);
    const table = ports.tables.find((candidate) => qualifiedName(candidate) === name);
    if (table === undefined) {
      const reason = `no table ${name} is defined any more`;
      const refused = own.map(({ entry: { partition, offset } }) => ({ topic: name, partition, offset, reason }));
      result.push({ table: name, redriven: 0, refused, waiting: 0, withheld: 0 });
      continue;
    }
    result.push(await redriveTable(table, own, ports, progress));
  }
  return result;
}

interface Chosen {
  readonly entry: QuarantineEntry;
  /** Objects that have it, the entry's own among them. */
  readonly objects: readonly string[];
}

/** The entries that a filter means, each once. */
export function chooseEntries(
  copies: readonly (readonly QuarantineEntry[])[],
  { reason, since }: QuarantineFilter,
): readonly Chosen[] {
  return copies
    .map((all) => ({ entry: preferred(all), objects: all.map(({ object }) => object) }))
    .filter(({ entry }) => reason === undefined || entry.reason.toLowerCase().includes(reason.toLowerCase()))
    .filter(({ entry }) => since === undefined || Date.parse(entry.quarantinedAt ?? "") >= since);
}

async function redriveTable(
  table: AnyTable,
  chosen: readonly Chosen[],
  ports: RedrivePorts,
  progress: (text: string) => void,
): Promise<RedrivenTable> {
  const name = qualifiedName(table);
  let [redriven, waiting] = [0, 0];
  const refused: RefusedPlace[] = [];
  const sendable = chosen.filter(
    ({ entry: { kind, withheld } }) => kind === "batch" || (kind !== "change" && !withheld),
  );
  const objects = [...new Set(sendable.map(({ entry }) => entry.object))];
  for (let i = 0; i < objects.length; i += OBJECTS_AT_ONCE) {
    progress(`${name}: ${redriven + refused.length + waiting} of ${sendable.length} sent back`);
    const group = new Set(objects.slice(i, i + OBJECTS_AT_ONCE));
    const outcome = await redriveGroup(
      table,
      sendable.filter(({ entry }) => group.has(entry.object)),
      ports,
    );
    redriven += outcome.redriven;
    waiting += outcome.waiting;
    refused.push(...outcome.refused);
  }
  return { table: name, redriven, refused, waiting, withheld: chosen.length - sendable.length };
}

async function redriveGroup(
  table: AnyTable,
  group: readonly Chosen[],
  ports: RedrivePorts,
): Promise<Pick<RedrivenTable, "redriven" | "refused" | "waiting">> {
  const topic = qualifiedName(table);
  const reasons = new Map<string, string>();
  const landed: string[] = [];
  for (const object of new Set(group.map(({ entry }) => entry.object))) {
    const own = group.filter(({ entry }) => entry.object === object).map(({ entry }) => entry);
    try {
      const outcome = await landAgain(table, object, own, ports);
      landed.push(...outcome.landed);
      for (const place of outcome.refused) reasons.set(placeId(place), place.reason);
    } catch (error) {
      // One object that cannot be read must not keep the others.
      for (const { partition, offset } of own) reasons.set(placeId({ topic, partition, offset }), messageOf(error));
    }
  }
  const ahead: string[] = [];
  for (const keys of byDefinition(landed)) {
    const outcome = await ports.load(topic, keys);
    if (outcome.state === "held")
      throw new CommandError(`${topic} is paused: \`millrace resume ${topic}\`, then redrive again.`);
    ahead.push(...outcome.ahead);
    for (const place of outcome.refused) reasons.set(placeId(place), place.reason);
  }
  const waits = covers(ahead);
  const fates = new Map<string, Fate>();
  const refused: RefusedPlace[] = [];
  let waiting = 0;
  for (const { entry } of group) {
    const { kind, partition, offset } = entry;
    const id = placeId({ topic, partition, offset });
    const reason = reasons.get(id);
    // A batch lies above the ledger as a rule: once it has landed the loads take it.
    if (reason !== undefined) refused.push({ topic, partition, offset, reason });
    else if (kind !== "batch" && waits(partition, offset)) waiting += 1;
    else fates.set(id, { kind: "done" });
    if (reason !== undefined && kind !== "batch") fates.set(id, { kind: "refused", reason });
  }
  await takeOut(group, fates, ports.quarantine, topic);
  return { redriven: group.length - refused.length - waiting, refused, waiting };
}

async function landAgain(
  table: AnyTable,
  object: string,
  entries: readonly QuarantineEntry[],
  ports: RedrivePorts,
): Promise<RedriveOutcome> {
  const places = entries.map(({ partition, offset }) => ({ partition, offset }));
  const [{ kind } = { kind: "record" }] = entries;
  if (kind === "batch") return ports.land(object);
  if (kind === "record") return ports.land(object, places);
  const stored = await ports.quarantine.get(object);
  const ids = new Set(places.map(({ partition, offset }) => `${partition}:${offset}`));
  const { lines } = readQuarantine(object, stored?.body.toString("utf8") ?? "");
  const wanted = lines.filter(({ partition, offset }) => ids.has(`${partition}:${offset}`));
  return { landed: await landLines(table, wanted, ports), refused: [] };
}

/** What is loaded leaves every object that has it; what is refused stays, with its new reason. */
async function takeOut(
  group: readonly Chosen[],
  fates: ReadonlyMap<string, Fate>,
  store: ObjectStore,
  topic: string,
): Promise<void> {
  const objects = new Set<string>();
  for (const { entry, objects: all } of group) {
    if (!fates.has(placeId({ topic, partition: entry.partition, offset: entry.offset }))) continue;
    if (entry.kind === "batch") await store.remove(entry.object);
    else for (const object of all) objects.add(object);
  }
  for (const object of objects) await rewriteQuarantine(store, object, fates);
}

/** Whether one of the objects has the offset. */
function covers(keys: readonly string[]): (partition: number, offset: number) => boolean {
  const ranges = keys.map(parseLandingKey).filter((place) => place !== null);
  return (partition, offset) =>
    ranges.some((range) => range.partition === partition && range.first <= offset && offset <= range.last);
}
