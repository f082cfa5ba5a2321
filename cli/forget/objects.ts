import { gunzipSync, gzipSync } from "node:zlib";
import { csvRecords } from "../../lambdas/core/csv-lines.ts";
import type { ObjectStore } from "../../lambdas/core/ports.ts";
import {
  definitionOfCopy,
  landingKey,
  landingTopicPrefix,
  manifestsPrefix,
  parseLandingKey,
  topicName,
} from "../../schemas/naming.ts";
import { Definitions } from "./definitions.ts";
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
  const definitions = new Definitions(sought, ports.landing);
  let landed = 0;
  for await (const { key } of ports.landing.list(landingTopicPrefix(ports.cluster, topic))) {
    const parsed = parseLandingKey(key);
    if (parsed === null) continue;
    const remove = await definitions.remover(parsed.definition, version);
    const renamed = (removed: number): string => landingKey({ ...parsed, rows: parsed.rows - removed });
    landed += await rewrite(ports.landing, key, remove, renamed, dryRun);
  }
  for await (const { key } of ports.landing.list(manifestsPrefix(topic))) {
    if (!key.endsWith(".csv.gz")) continue;
    // Only a load that is under way reads it; should one be, it starts again from the landed objects.
    const remove = await definitions.remover(definitionOfCopy(key), version);
    landed += await rewrite(ports.landing, key, remove, () => key, dryRun);
  }
  return { landed, quarantined: await eraseQuarantine(sought, definitions, ports, dryRun) };
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

async function eraseQuarantine(
  sought: Sought,
  definitions: Definitions,
  ports: ObjectPorts,
  dryRun: boolean,
): Promise<number> {
  const topic = topicName(sought.table);
  let removed = 0;
  for (const prefix of [`capture/${topic}/`, `land/${ports.cluster}/${topic}/`, `load/${topic}/`, "aws/lambda/"]) {
    for await (const { key } of ports.quarantine.list(prefix)) {
      const stored = await ports.quarantine.get(key);
      if (stored === null) continue;
      const result = await withoutPerson(stored.body.toString("utf8"), sought, definitions);
      removed += result.removed;
      if (result.removed === 0 || dryRun) continue;
      if (result.text === null) await ports.quarantine.remove(key);
      else await ports.quarantine.put(key, Buffer.from(result.text, "utf8"));
    }
  }
  return removed;
}
