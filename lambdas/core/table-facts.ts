import { z } from "zod";
import type { ObjectStore } from "./ports.ts";
import { readCascades } from "./cascades.ts";
import { readLeftOut } from "./left-out.ts";
import type { LeftOut } from "./left-out.ts";
import { copiedKey, holdKey, plannedKey, TABLES_PREFIX, wishKey } from "./state-keys.ts";
import { readStored, toBody } from "./stored-json.ts";
import { comparePositions, positionSchema } from "./version.ts";

/**
 * What the pipeline keeps about one table under `state/tables/<table>/`: which copy it rests on, why it needs another
 * one, and whether its loads are held. Facts only: whoever finds something out writes it down, and what follows from
 * them is worked out by whoever reads (lambdas/resync-tables).
 */
const copySchema = z.object({
  snapshotId: z.string(),
  kind: z.enum(["copy", "resync"]),
  /** Name of the source that was read. @default - older copies do not say */
  source: z.string().optional(),
  anchor: positionSchema,
  /** See SnapshotPlan. */
  pass: z.int().nonnegative().default(0),
  /** Milliseconds since 1970 at which the anchor was taken. */
  takenAt: z.number(),
  /** Finished: nothing that was read lies after this place of the log. @default - older copies do not say */
  end: positionSchema.optional(),
  /** Warehouse names of the columns that were read. */
  columns: z.array(z.string()),
  /** What each of them was read from and as (schemas/hash.ts `columnShapes`). @default - older copies do not say */
  shapes: z.record(z.string(), z.string()).optional(),
});
/** A snapshot of a table, planned or finished. */
export type TableCopy = z.output<typeof copySchema>;

const wishSchema = z.object({
  /** Of what was found: finding it again changes nothing. Part of a key. */
  id: z.string().regex(/^[\w.-]+$/),
  table: z.string(),
  /**
   * altered: a statement changed stored rows without row events; new-table, new-column: the definitions know more than
   * was copied, redefined: they read it otherwise; stopped: rows were left out that the definition could not take; gap:
   * records were lost before they landed; lost: the log was gone before it was read; failover: another server answers
   * and its log does not continue ours.
   */
  reason: z.enum(["altered", "new-table", "new-column", "redefined", "stopped", "gap", "lost", "failover"]),
  /** One sentence for people. */
  detail: z.string(),
  /** ISO time at which it was found out. */
  since: z.string(),
  /** Place in the log after which a copy must be anchored; null: any copy taken after `since`. */
  position: positionSchema.nullable(),
});
/** Why a table must be copied again. */
export type ResyncWish = z.output<typeof wishSchema>;

const holdSchema = z.object({
  by: z.enum(["operator", "capture"]),
  /** What to do is in it where somebody has to do something. */
  reason: z.string(),
  since: z.string(),
});
/** Loads of a table stand still; what arrives meanwhile waits in its topic and on S3. */
export type Hold = z.output<typeof holdSchema>;

/** What is asked for again and again: what stands against a table, not what it rests on. */
export interface TableFacts {
  /** Read only for tables with wishes or rows left out: nothing else follows from it. */
  readonly copied: TableCopy | null;
  readonly wishes: readonly ResyncWish[];
  /** Placed by an operator. */
  readonly hold: Hold | null;
  readonly leftOut: LeftOut | null;
  /** Foreign keys by which the source changes it without a word in its log. */
  readonly cascades: readonly string[];
}

type State = Pick<ObjectStore, "get" | "list" | "put" | "putIfAbsent" | "remove">;

/** Writes a wish down; the first one of an id stays. */
export async function wishResync(state: Pick<State, "putIfAbsent">, wish: ResyncWish): Promise<void> {
  await state.putIfAbsent(wishKey(wish.table, wish.id), toBody(wish), "application/json");
}

export const notePlanned = (state: Pick<State, "put">, table: string, copy: TableCopy): Promise<unknown> =>
  state.put(plannedKey(table), toBody(copy), "application/json");

/** A finished copy; one with an older anchor than what is noted changes nothing. */
export async function noteCopied(state: Pick<State, "get" | "put">, table: string, copy: TableCopy): Promise<void> {
  const key = copiedKey(table);
  const known = await readStored(state, key, copySchema);
  if (known !== null && comparePositions(known.anchor, copy.anchor) > 0) return;
  await state.put(key, toBody(copy), "application/json");
}

export const placeHold = (state: Pick<State, "put">, table: string, hold: Hold): Promise<unknown> =>
  state.put(holdKey(table), toBody(hold), "application/json");

export const liftHold = (state: Pick<State, "remove">, table: string): Promise<void> => state.remove(holdKey(table));

export const readHold = (state: Pick<State, "get">, table: string): Promise<Hold | null> =>
  readStored(state, holdKey(table), holdSchema);

export const readPlanned = (state: Pick<State, "get">, table: string): Promise<TableCopy | null> =>
  readStored(state, plannedKey(table), copySchema);

export const readCopied = (state: Pick<State, "get">, table: string): Promise<TableCopy | null> =>
  readStored(state, copiedKey(table), copySchema);

/** Facts of every table that has any; costs one listing and a read for each wish and each hold. */
export async function readTableFacts(state: Pick<State, "get" | "list">): Promise<ReadonlyMap<string, TableFacts>> {
  const found = await listFacts(state);
  const facts = await Promise.all(
    [...found].map(async ([table, names]): Promise<[string, TableFacts]> => {
      const ids = names.filter((name) => name.startsWith(WISHES));
      const isStopped = names.includes(LEFT_OUT);
      const [cascades, hold, leftOut, copied, ...wishes] = await Promise.all([
        names.includes(CASCADES) ? readCascades(state, table) : [],
        names.includes(HOLD) ? readHold(state, table) : null,
        isStopped ? readLeftOut(state, table) : null,
        (ids.length > 0 || isStopped) && names.includes(COPIED) ? readCopied(state, table) : null,
        ...ids.map((name) => readStored(state, `${TABLES_PREFIX}${table}/${name}`, wishSchema)),
      ]);
      return [table, { copied, wishes: wishes.filter((wish) => wish !== null), hold, leftOut, cascades }];
    }),
  );
  return new Map(facts);
}

/** The newest copies of a table: a plan may be under way, finished (then both are one), or have failed. */
export interface Copies {
  readonly planned: TableCopy | null;
  readonly copied: TableCopy | null;
}

/** Copies of every table that has any. */
export async function readCopies(state: Pick<State, "get" | "list">): Promise<ReadonlyMap<string, Copies>> {
  const found = [...(await listFacts(state))].filter(([, names]) => names.includes(PLANNED) || names.includes(COPIED));
  const copies = await Promise.all(
    found.map(async ([table, names]): Promise<[string, Copies]> => {
      const [planned, copied] = await Promise.all([
        names.includes(PLANNED) ? readPlanned(state, table) : null,
        names.includes(COPIED) ? readCopied(state, table) : null,
      ]);
      return [table, { planned, copied }];
    }),
  );
  return new Map(copies);
}

const PLANNED = "planned.json";
const COPIED = "copied.json";
const HOLD = "hold.json";
const CASCADES = "cascades.json";
const LEFT_OUT = "left-out.json";
const WISHES = "wishes/";

/** Names of the facts by table. */
async function listFacts(state: Pick<State, "list">): Promise<ReadonlyMap<string, readonly string[]>> {
  const found = new Map<string, string[]>();
  for await (const { key } of state.list(TABLES_PREFIX)) {
    const rest = key.slice(TABLES_PREFIX.length);
    const slash = rest.indexOf("/");
    const table = rest.slice(0, slash);
    found.set(table, [...(found.get(table) ?? []), rest.slice(slash + 1)]);
  }
  return found;
}

/** Wishes that no copy has met: its anchor is not past the place, or it was taken before the wish. */
export function openWishes({ copied, wishes }: Pick<TableFacts, "copied" | "wishes">): readonly ResyncWish[] {
  return wishes.filter((wish) => copied === null || !isMet(wish, copied));
}

/** Rows left out that no copy has brought since: the table stands still. */
export function openLeftOut({ copied, leftOut }: Pick<TableFacts, "copied" | "leftOut">): LeftOut | null {
  if (leftOut === null) return null;
  return copied !== null && comparePositions(copied.anchor, leftOut.position) >= 0 ? null : leftOut;
}

/**
 * Why a table's loads stand still: an operator's word, or rows that capture has left out. The latter is over, without
 * anybody lifting it, once a copy anchored behind those rows has finished; what somebody paused stays paused.
 */
export function holdOf(facts: Pick<TableFacts, "copied" | "hold" | "leftOut">): Hold | null {
  if (facts.hold !== null) return facts.hold;
  const open = openLeftOut(facts);
  return open === null ? null : { by: "capture", reason: open.reason, since: open.since };
}

/** The same for one table; usually two reads of objects that are not there. */
export async function readStandingHold(state: Pick<State, "get">, table: string): Promise<Hold | null> {
  const [hold, leftOut] = await Promise.all([readHold(state, table), readLeftOut(state, table)]);
  const copied = leftOut === null ? null : await readCopied(state, table);
  return holdOf({ hold, leftOut, copied });
}

/** Whether a copy shows all that the wish is about. */
export function isMet({ position, since }: Pick<ResyncWish, "position" | "since">, copy: TableCopy): boolean {
  return position === null ? copy.takenAt > Date.parse(since) : comparePositions(copy.anchor, position) >= 0;
}
