import type { MSKEvent } from "aws-lambda";
import { definitionHash, fileDefinition } from "../../schemas/hash.ts";
import type { AnyTable } from "../../schemas/model/table.ts";
import { landingKey, topicName } from "../../schemas/naming.ts";
import { ConfigurationError } from "../core/errors.ts";
import { METRICS } from "../core/metrics.ts";
import type { Now, ObjectStore, Telemetry, Wake } from "../core/ports.ts";
import { quarantineBody } from "../core/quarantine.ts";
import { definitionKey } from "../core/state-keys.ts";
import { slotOf } from "../core/wake-slot.ts";
import { toBody } from "../core/stored-json.ts";
import type { EncodedRange, EncoderCache } from "./encode-range.ts";
import { encodeRange } from "./encode-range.ts";
import { offsetRanges } from "./msk-event.ts";
import { quarantineKey } from "./quarantine.ts";

export interface LandPorts {
  readonly landing: ObjectStore;
  readonly quarantine: ObjectStore;
  readonly wake: Wake;
  readonly telemetry: Telemetry;
  readonly now: Now;
}

export interface LandSettings {
  readonly cluster: string;
  readonly wakeSlotSeconds: number;
  readonly tables: readonly AnyTable[];
  readonly encoders: EncoderCache;
}

/**
 * Lands a batch: one object per partition and joined-up offset range, then a wake-up for the table's loader. What cannot
 * be read goes to quarantine first and the batch goes on.
 *
 * Safe to repeat because a range always makes the same keys, written only if absent; ranges that overlap after a
 * retry are sorted out by versions at the load.
 * @returns keys of the objects
 */
export async function landBatch(event: MSKEvent, settings: LandSettings, ports: LandPorts): Promise<readonly string[]> {
  const topics = new Set<string>();
  const writes: Promise<string>[] = [];
  for (const range of offsetRanges(event)) {
    const table = tableOf(range.topic, settings.tables);
    const encoded = encodeRange(range, fileDefinition(table), settings.encoders);
    topics.add(range.topic);
    writes.push(store(encoded, settings, ports));
  }
  const keys = await settleAll(writes);
  const slot = slotOf(ports.now(), settings.wakeSlotSeconds);
  for (const topic of topics) await ports.wake({ table: topic, slot });
  return keys;
}

/** @throws ConfigurationError when no definition has the topic */
export function tableOf(topic: string, tables: readonly AnyTable[]): AnyTable {
  const table = tables.find((candidate) => topicName(candidate) === topic);
  if (table !== undefined) return table;
  throw new ConfigurationError(
    `topic ${topic} belongs to no table of schemas/sources: remove its trigger or define it`,
  );
}

/** Quarantine and definition first: once the object is there, the range counts as landed. */
async function store(encoded: EncodedRange, settings: LandSettings, ports: LandPorts): Promise<string> {
  const { range, rows, quarantined, counts } = encoded;
  const { topic } = range;
  const [body] = await Promise.all([encoded.body, keepQuarantined(encoded, settings, ports)]);
  const key = await nameOf(encoded, settings, ports);
  const { created } = await ports.landing.putIfAbsent(key, body, "application/gzip");
  const dimensions = { Table: topic };
  if (created) ports.telemetry.metric(METRICS.rowsLanded, rows, "Count", dimensions);
  if (counts.unmapped.size > 0) {
    ports.telemetry.warn("columns that the definition does not know", { topic, columns: [...counts.unmapped.keys()] });
    ports.telemetry.metric(METRICS.unmapped, counts.unmapped.size, "Count", dimensions);
  }
  const { raw, nulsReplaced, undecodable } = counts;
  if (raw > 0) ports.telemetry.metric(METRICS.valuesKept, raw, "Count", dimensions);
  if (nulsReplaced > 0) ports.telemetry.metric(METRICS.nulsReplaced, nulsReplaced, "Count", dimensions);
  if (undecodable > 0) ports.telemetry.metric(METRICS.undecodable, undecodable, "Count", dimensions);
  const unlike = raw + nulsReplaced + undecodable;
  if (unlike > 0) ports.telemetry.metric(METRICS.valuesUnlike, unlike, "Count", dimensions);
  const fields = { key, rows, created, bytes: body.length, quarantined: quarantined.length };
  ports.telemetry.info("landed", { ...fields, raw, nulsReplaced, undecodable });
  return key;
}

/** The object's key. A definition that is not the table's own is kept beside it first: without it nobody could read it. */
export async function nameOf(
  { range, file, rows }: Omit<EncodedRange, "body">,
  settings: LandSettings,
  { landing }: Pick<LandPorts, "landing">,
): Promise<string> {
  const definition = definitionHash(file);
  if (definition !== definitionHash(fileDefinition(tableOf(range.topic, settings.tables)))) {
    await landing.putIfAbsent(definitionKey(definition), toBody(file), "application/json");
  }
  const { topic, partition, first, last } = range;
  return landingKey({ cluster: settings.cluster, topic, definition, partition, first, last, rows });
}

async function keepQuarantined(encoded: EncodedRange, settings: LandSettings, ports: LandPorts): Promise<void> {
  const { range, quarantined } = encoded;
  const [example] = quarantined;
  if (example === undefined) return;
  const key = quarantineKey(settings.cluster, range);
  await ports.quarantine.put(key, quarantineBody(quarantined), "application/x-ndjson");
  ports.telemetry.metric(METRICS.quarantined, quarantined.length, "Count", { Table: range.topic });
  ports.telemetry.error("records put into quarantine", { key, records: quarantined.length, reason: example.reason });
}

/** Waits for all writes, then fails with the first failure: none may still be running when the function freezes. */
async function settleAll(writes: readonly Promise<string>[]): Promise<readonly string[]> {
  const results = await Promise.allSettled(writes);
  return results.map((result) => {
    if (result.status === "rejected") throw result.reason;
    return result.value;
  });
}
