import type { ObjectStore } from "../../lambdas/core/ports.ts";
import {
  BATCHES_PREFIX,
  CHANGES_PREFIX,
  LINES_PREFIX,
  readQuarantine,
  RECORDS_PREFIX,
} from "../../lambdas/core/quarantine.ts";
import type { GivenUpBatch, OversizedChange, QuarantinedRecord, RefusedLine } from "../../lambdas/core/quarantine.ts";
import { csvFields } from "../../lambdas/core/csv-lines.ts";
import type { AnyTable } from "../../schemas/model/table.ts";
import { hasPersonalData } from "../../schemas/model/table.ts";
import { topicName } from "../../schemas/naming.ts";
import { tables as definitions } from "../../schemas/sources/index.ts";

/**
 * One thing in quarantine: a record, a line of a landed file, a batch that the event source gave up, or a change that was
 * too large for Kafka.
 */
export interface QuarantineEntry {
  readonly kind: "record" | "line" | "batch" | "change";
  /** `<area>_<table>`, which is the topic's name. */
  readonly table: string;
  /** -1 for a change, which has neither partition nor offset. */
  readonly partition: number;
  /** First offset of a batch. */
  readonly offset: number;
  /** The same as `offset` but for a batch. */
  readonly lastOffset: number;
  /** ISO time: when the broker got the record, or capture read the row. */
  readonly time: string | null;
  /** ISO time at which its object was written. */
  readonly quarantinedAt: string | null;
  readonly reason: string;
  /** Text; null for none. */
  readonly key: string | null;
  /** Whole: a record's value as text, or the line; null for none. */
  readonly payload: string | null;
  /** The payload was not kept, because it may hold personal data in the clear. */
  readonly withheld: boolean;
  /** Key in the quarantine bucket. */
  readonly object: string;
}

/** What is in the bucket, and what of it cannot be read. */
export interface Quarantine {
  readonly entries: readonly QuarantineEntry[];
  /** Keys of objects with lines that are neither records nor refused lines. */
  readonly unreadable: readonly string[];
}

/** Narrows a listing down. */
export interface QuarantineFilter {
  /** @default - all tables */
  readonly tables?: readonly string[];
  /** Part of the reason, whatever its case. */
  readonly reason?: string;
  /** Milliseconds since 1970: put into quarantine then or later. */
  readonly since?: number;
}

/**
 * Reads the whole of quarantine, by table and place. A record that came into it twice (a batch that was landed again, a
 * line that was refused again) is listed once, as the record if it has its payload, else as the newest line.
 * @param cluster first part of the keys of records
 */
export async function listQuarantine(
  store: Pick<ObjectStore, "list" | "get">,
  cluster: string,
  filter: QuarantineFilter = {},
  defined: readonly AnyTable[] = definitions,
): Promise<Quarantine> {
  const copies = await readCopies(store, cluster, filter, defined);
  const reason = filter.reason?.toLowerCase();
  const isWanted = (entry: QuarantineEntry): boolean =>
    (reason === undefined || entry.reason.toLowerCase().includes(reason)) &&
    (filter.since === undefined || Date.parse(entry.quarantinedAt ?? "") >= filter.since);
  const entries = [...copies.places.values()].map(preferred).filter(isWanted).sort(byPlace);
  return { entries, unreadable: copies.unreadable };
}

/** Everything that is in quarantine, by place: a place may be in several objects. */
export interface Copies {
  readonly places: ReadonlyMap<string, readonly QuarantineEntry[]>;
  readonly unreadable: readonly string[];
}

/** Reads every object of the tables. */
export async function readCopies(
  store: Pick<ObjectStore, "list" | "get">,
  cluster: string,
  { tables }: Pick<QuarantineFilter, "tables">,
  defined: readonly AnyTable[],
): Promise<Copies> {
  const personal = new Set(defined.filter(hasPersonalData).map(topicName));
  const own = tables?.flatMap((table) => [
    `${CHANGES_PREFIX}${table}/`,
    `${RECORDS_PREFIX}${cluster}/${table}/`,
    `${LINES_PREFIX}${table}/`,
  ]);
  const places = new Map<string, QuarantineEntry[]>();
  const unreadable: string[] = [];
  for (const prefix of [...(own ?? [CHANGES_PREFIX, `${RECORDS_PREFIX}${cluster}/`, LINES_PREFIX]), BATCHES_PREFIX]) {
    for await (const { key, modified } of store.list(prefix)) {
      const stored = await store.get(key);
      if (stored === null) continue;
      const found = entriesOf(key, stored.body.toString("utf8"), modified, personal);
      if (found.unreadable) unreadable.push(key);
      for (const entry of found.entries) {
        if (tables?.includes(entry.table) === false) continue;
        const id = placeOf(entry);
        places.set(id, [...(places.get(id) ?? []), entry]);
      }
    }
  }
  return { places, unreadable };
}

function entriesOf(
  object: string,
  text: string,
  modified: number | undefined,
  personal: ReadonlySet<string>,
): { readonly entries: readonly QuarantineEntry[]; readonly unreadable: boolean } {
  const { records, lines, changes, batch, unreadable } = readQuarantine(object, text);
  const common = { object, quarantinedAt: modified === undefined ? null : new Date(modified).toISOString() };
  const entries = [
    ...records.map((record) => ({ ...recordEntry(record), ...common })),
    ...lines.map((line) => ({ ...lineEntry(line), ...common })),
    ...changes.map((change) => ({ ...changeEntry(change), ...common })),
    ...batchEntries(batch, personal).map((each) => ({ ...each, ...common })),
  ];
  return { entries, unreadable: unreadable > 0 || (batch !== null && batch.event === null) };
}

type Bare = Omit<QuarantineEntry, "object" | "quarantinedAt">;

function recordEntry(record: QuarantinedRecord): Bare {
  const { topic, partition, offset, timestamp, reason, key, value, withheld } = record;
  return {
    kind: "record",
    table: topic,
    ...{ partition, offset, lastOffset: offset, reason },
    time: isoOf(timestamp),
    key: textOf(key),
    payload: textOf(value),
    withheld: withheld === true,
  };
}

/** Where the time of capture stands in a landing line (schemas/sql/columns.ts). */
const CAPTURED_AT = 3;

function lineEntry({ topic, partition, offset, reason, line }: RefusedLine): Bare {
  const captured = Date.parse(`${(csvFields(line)[CAPTURED_AT] ?? "").replace(" ", "T")}Z`);
  return {
    kind: "line",
    table: topic,
    ...{ partition, offset, lastOffset: offset, reason },
    time: isoOf(captured),
    key: null,
    payload: line.replace(/\r?\n$/, ""),
    withheld: false,
  };
}

function changeEntry({ topic, timestamp, reason, key, value }: OversizedChange): Bare {
  return {
    kind: "change",
    table: topic,
    ...{ partition: -1, offset: -1, lastOffset: -1, reason },
    time: isoOf(timestamp),
    key: textOf(key),
    payload: textOf(value),
    withheld: false,
  };
}

/**
 * One for each partition of the batch; its payload is the records' values, a line each. Of tables with personal data they
 * are not shown: nobody has looked yet whether another writer has put some in the clear.
 */
function batchEntries(batch: GivenUpBatch | null, personal: ReadonlySet<string>): readonly Bare[] {
  if (batch === null || batch.event === null) return [];
  const { event, reason, at } = batch;
  return Object.values(event.records).flatMap((records): readonly Bare[] => {
    const [first, last] = [records[0], records.at(-1)];
    if (first === undefined || last === undefined) return [];
    const values = records.map(({ value }) => (typeof value === "string" ? textOf(value) : null));
    const place = { partition: first.partition, offset: first.offset, lastOffset: last.offset };
    const withheld = personal.has(first.topic);
    const payload = withheld ? null : values.map((value) => value ?? "").join("\n");
    return [{ kind: "batch", table: first.topic, ...place, reason, time: at, key: null, payload, withheld }];
  });
}

const placeOf = ({ kind, table, partition, offset, object }: QuarantineEntry): string =>
  kind === "batch" || kind === "change" ? `${object}:${partition}` : `${table}:${partition}:${offset}`;

/** Of several copies the one that is worth most: a record with its payload can be read anew from scratch. */
export function preferred(copies: readonly QuarantineEntry[]): QuarantineEntry {
  const worth = ({ kind, withheld }: QuarantineEntry): number => (withheld ? 0 : kind === "line" ? 1 : 2);
  const [best] = [...copies].sort(
    (a, b) => worth(b) - worth(a) || (b.quarantinedAt ?? "").localeCompare(a.quarantinedAt ?? ""),
  );
  if (best === undefined) throw new RangeError("no copies");
  return best;
}

function byPlace(a: QuarantineEntry, b: QuarantineEntry): number {
  return a.table.localeCompare(b.table) || a.partition - b.partition || a.offset - b.offset;
}

const textOf = (base64: string | null): string | null =>
  base64 === null ? null : Buffer.from(base64, "base64").toString("utf8");

function isoOf(milliseconds: number): string | null {
  const date = new Date(milliseconds);
  return Number.isNaN(date.getTime()) ? null : date.toISOString();
}
