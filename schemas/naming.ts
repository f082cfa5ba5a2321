import type { AnyTable } from "./model/table.ts";

/** `<area>_<table>`: the one name everything derived from a table carries, because areas share table names. */
export function qualifiedName(table: Pick<AnyTable, "area" | "name">): string {
  return `${table.area.name}_${table.name}`;
}

/** Kafka topic of a table. */
export const topicName = qualifiedName;

/** Warehouse schemas (docs/ARCHITECTURE.md): analysts see source, mart and, if granted, history. */
export const WAREHOUSE_SCHEMAS = ["mirror", "history", "source", "mart", "ops"] as const;
export type WarehouseSchema = (typeof WAREHOUSE_SCHEMAS)[number];

/** `schema.area_table`; names are lower case identifiers, quoting is not needed and checked in sql/quote.ts. */
export const mirrorName = (table: AnyTable): string => `mirror.${qualifiedName(table)}`;
export const historyName = (table: AnyTable): string => `history.${qualifiedName(table)}`;
export const sourceViewName = (table: AnyTable): string => `source.${qualifiedName(table)}`;
export const ledgerName = (table: AnyTable): string => `ops.ledger_${qualifiedName(table)}`;
export const touchedName = (table: AnyTable): string => `ops.touched_${qualifiedName(table)}`;

const OFFSET_DIGITS = 20;
/** Offsets in keys, padded so that byte order is numeric order. */
export const padOffset = (offset: number): string => String(offset).padStart(OFFSET_DIGITS, "0");

export interface LandingKey {
  readonly cluster: string;
  readonly topic: string;
  /** Definition hash: which columns the file has. */
  readonly definition: string;
  readonly partition: number;
  readonly first: number;
  readonly last: number;
  /** Rows in the file: the range's records less the quarantined ones. */
  readonly rows: number;
}

/** Prefix of all objects of a topic. */
export const landingTopicPrefix = (cluster: string, topic: string): string => `landing/${cluster}/${topic}/`;

/** Prefix of one partition under one definition; list it from `padOffset(next)` to find all that matters. */
export function landingPrefix(key: Pick<LandingKey, "cluster" | "topic" | "definition" | "partition">): string {
  return `${landingTopicPrefix(key.cluster, key.topic)}d=${key.definition}/p=${key.partition}/`;
}

/** `landing/<cluster>/<topic>/d=<definition>/p=<partition>/<last>-<first>-<rows>.csv.gz`, last first (DESIGN section 4). */
export function landingKey(key: LandingKey): string {
  return `${landingPrefix(key)}${padOffset(key.last)}-${padOffset(key.first)}-${key.rows}.csv.gz`;
}

const LANDING = /^landing\/([^/]+)\/([^/]+)\/d=([0-9a-f]+)\/p=(\d+)\/(\d{20})-(\d{20})-(\d+)\.csv\.gz$/;

/** @returns the parts of an object key, or null when it is no landing object. */
export function parseLandingKey(key: string): LandingKey | null {
  const m = LANDING.exec(key);
  if (m === null) return null;
  const [, cluster = "", topic = "", definition = "", partition, last, first, rows] = m;
  return {
    cluster,
    topic,
    definition,
    partition: Number(partition),
    first: Number(first),
    last: Number(last),
    rows: Number(rows),
  };
}

/** Manifests of a table, and copies of its objects. */
export const manifestsPrefix = (topic: string): string => `manifests/${topic}/`;

/**
 * `manifests/<topic>/<batch>/<round>/d=<definition>/p=<partition>/<last>-<first>-<rows>.csv.gz`: a landed object without
 * the lines that COPY refused in so many rounds. It ends as the object's own key, so that it says how it is to be read.
 */
export function copyKey(object: LandingKey, batch: string, round: number): string {
  const own = landingKey(object).slice(landingTopicPrefix(object.cluster, object.topic).length);
  return `${manifestsPrefix(object.topic)}${batch}/${round}/${own}`;
}

/** @returns the definition that such a copy was written under; null when its key does not say, as those of before */
export const definitionOfCopy = (key: string): string | null => /\/d=([0-9a-f]+)\/p=/.exec(key)?.[1] ?? null;

/** Consumer group of the event source mapping that lands a table: its committed offsets are what is landed. */
export const landingGroup = (cluster: string, table: AnyTable): string => `${cluster}-${topicName(table)}`;
