import { gunzipSync, gzipSync } from "node:zlib";
import { z } from "zod";
import { csvRecords } from "../../lambdas/core/csv-lines.ts";
import type { ObjectStore } from "../../lambdas/core/ports.ts";
import { definitionKey } from "../../lambdas/core/state-keys.ts";
import { definitionHash, fileDefinition } from "../../schemas/hash.ts";
import type { AnyTable } from "../../schemas/model/table.ts";
import { landingKey, landingTopicPrefix, parseLandingKey, topicName } from "../../schemas/naming.ts";
import { CommandError } from "../errors.ts";
import { lineMatcher } from "./lines.ts";
import type { Remove } from "./lines.ts";
import type { Sought } from "./person.ts";
import { withoutPerson } from "./quarantine.ts";

export interface ObjectPorts {
  readonly landing: ObjectStore;
  readonly quarantine: ObjectStore;
  /** First part of landing keys. */
  readonly cluster: string;
}

export interface ObjectCounts {
  readonly landed: number;
  readonly quarantined: number;
}

/**
 * Takes the person's rows out of landed objects, of copies that a load made of them, and of quarantine. An object
 * without them takes the old one's place: its name says how many rows it has, so replays and loads of it add up.
 * The new one is written first: between the two, and after a crash, both cover the same offsets.
 * @param version rows up to this version only
 * @param dryRun counts, changes nothing
 */
export async function eraseObjects(
  sought: Sought,
  version: string,
  ports: ObjectPorts,
  dryRun: boolean,
): Promise<ObjectCounts> {
  const topic = topicName(sought.table);
  const definitions = new Definitions(sought, version, ports.landing);
  let landed = 0;
  for await (const { key } of ports.landing.list(landingTopicPrefix(ports.cluster, topic))) {
    const parsed = parseLandingKey(key);
    if (parsed === null) continue;
    const remove = await definitions.remover(parsed.definition);
    const renamed = (removed: number): string => landingKey({ ...parsed, rows: parsed.rows - removed });
    landed += await rewrite(ports.landing, key, remove, renamed, dryRun);
  }
  for await (const { key } of ports.landing.list(`manifests/${topic}/`)) {
    if (!key.endsWith(".csv.gz")) continue;
    // Only a load that is under way reads it; should one be, it starts again from the landed objects.
    const remove = await definitions.remover(definitionHash(fileDefinition(sought.table)));
    landed += await rewrite(ports.landing, key, remove, () => key, dryRun);
  }
  return { landed, quarantined: await eraseQuarantine(sought, ports, topic, dryRun) };
}

async function rewrite(
  store: ObjectStore,
  key: string,
  remove: Remove,
  renamed: (removed: number) => string,
  dryRun: boolean,
): Promise<number> {
  const stored = await store.get(key);
  if (stored === null) return 0;
  const records = [...csvRecords(gunzipSync(stored.body).toString("utf8"))].map(({ text }) => text);
  const kept = records.filter((record) => !remove(record));
  const removed = records.length - kept.length;
  if (removed === 0 || dryRun) return removed;
  const name = renamed(removed);
  await store.put(name, gzipSync(kept.join(""), { level: 1 }), "application/gzip");
  if (name !== key) await store.remove(key);
  return removed;
}

async function eraseQuarantine(sought: Sought, ports: ObjectPorts, topic: string, dryRun: boolean): Promise<number> {
  let removed = 0;
  for (const prefix of [`capture/${topic}/`, `land/${ports.cluster}/${topic}/`, `load/${topic}/`, "aws/lambda/"]) {
    for await (const { key } of ports.quarantine.list(prefix)) {
      const stored = await ports.quarantine.get(key);
      if (stored === null) continue;
      const result = withoutPerson(stored.body.toString("utf8"), sought);
      removed += result.removed;
      if (result.removed === 0 || dryRun) continue;
      if (result.text === null) await ports.quarantine.remove(key);
      else await ports.quarantine.put(key, Buffer.from(result.text, "utf8"));
    }
  }
  return removed;
}

const stored = z.object({ table: z.object({ columns: z.record(z.string(), z.unknown()) }) });

/** Which lines of a file are the person's, by the definition that the file was written under. */
class Definitions {
  private readonly sought: Sought;
  private readonly version: string;
  private readonly landing: ObjectStore;
  private readonly known = new Map<string, Remove>();

  constructor(sought: Sought, version: string, landing: ObjectStore) {
    this.sought = sought;
    this.version = version;
    this.landing = landing;
  }

  async remover(hash: string): Promise<Remove> {
    const known = this.known.get(hash) ?? lineMatcher(this.sought, await this.tableOf(hash), this.version);
    this.known.set(hash, known);
    return known;
  }

  private async tableOf(hash: string): Promise<AnyTable> {
    const { table } = this.sought;
    if (definitionHash(fileDefinition(table)) === hash) return table;
    const key = definitionKey(hash);
    const object = await this.landing.get(key);
    if (object === null) {
      throw new CommandError(
        `Objects of ${topicName(table)} were written under definition ${hash}, but s3://${this.landing.bucket}/${key} is missing: put it back, or delete the objects under d=${hash}.`,
      );
    }
    const { columns } = stored.parse(JSON.parse(object.body.toString("utf8"))).table;
    return { ...table, columns: columns as AnyTable["columns"] };
  }
}
