import { z } from "zod";
import { MalformedInputError } from "../core/errors.ts";
import type { ObjectStore } from "../core/ports.ts";
import { reconcileLatestKey, reconcilePlanKey, reconcileTableKey } from "../core/state-keys.ts";
import { parseStored, readStored, toBody } from "../core/stored-json.ts";

const rangeSchema = z.object({ above: z.string().nullable(), upTo: z.string().nullable() });
/** `above < key <= upTo`; whole numbers as text, null is open. */
export type SavedRange = z.output<typeof rangeSchema>;

const chunkSchema = rangeSchema.extend({ low: z.string(), high: z.string(), width: z.string() });
export type SavedChunk = z.output<typeof chunkSchema>;

const plannedSchema = z.object({
  table: z.string(),
  expected: z.number(),
  /** Key ranges in steps; null: all rows at once, in so many buckets by the hash of their keys. */
  chunks: z.array(chunkSchema).nullable(),
  buckets: z.int(),
});
export type PlannedTable = z.output<typeof plannedSchema>;

const planSchema = z.object({
  id: z.string(),
  tables: z.array(plannedSchema),
  skipped: z.array(z.object({ table: z.string(), reason: z.string() })),
  /** Whether what is found is expected, and repaired at once. */
  repairs: z.boolean().default(false),
});
export type RunPlan = z.output<typeof planSchema>;

const keyPart = z.union([z.object({ text: z.string() }), z.object({ base64: z.string() })]);

const differenceSchema = z.object({
  identity: z.string(),
  kind: z.enum(["changed", "missing", "surplus"]),
  /** Version of the mirror's row; null: it has none. */
  version: z.string().nullable(),
});
export type Difference = z.output<typeof differenceSchema>;

const placeSchema = z.object({ file: z.string(), pos: z.number() });

/** Rows that differ until the mirror has passed the place at which they were read. */
const pendingSchema = z.object({
  /** The source's place after the last read. */
  readTo: placeSchema,
  /** End offsets of the topic once capture has passed that place. */
  ends: z.array(z.number()).nullable(),
  since: z.number(),
  reads: z.array(
    z.object({
      /** Version prefix of the place before the read: what is newer in the mirror cannot be compared. */
      from: z.string(),
      rows: z.array(z.object({ identity: z.string(), checksum: z.string().nullable() })),
    }),
  ),
});
export type Pending = z.output<typeof pendingSchema>;

const tableSchema = z.object({
  phase: z.enum(["compare", "narrow", "confirm", "publish", "settle", "done"]),
  verdict: z.enum(["equal", "different", "unconfirmed"]).nullable(),
  startedAt: z.number(),
  finishedAt: z.number().nullable(),
  rows: z.number(),
  mirrorRows: z.number(),
  /** Chunks compared. */
  chunk: z.int(),
  /** A scan by buckets that was broken off. */
  partial: z.object({ after: z.array(keyPart), sums: z.array(z.array(z.number())) }).nullable(),
  /** Still to be narrowed. */
  ranges: z.array(rangeSchema),
  buckets: z.array(z.int()),
  identities: z.array(z.string()),
  /** Ranges, buckets and rows looked at again so far. */
  narrowed: z.int(),
  pending: pendingSchema.nullable(),
  differences: z.array(differenceSchema),
  /** Differences to be repaired, and those published by this repair. */
  repairing: z.array(differenceSchema),
  repaired: z.int(),
  /** End offsets of the topic after a repair was published. */
  settled: z.array(z.number()).nullable(),
  message: z.string().nullable(),
});
export type TableState = z.output<typeof tableSchema>;

const latestSchema = z.object({ id: z.string() });

export const newTable = (now: number): TableState => ({
  phase: "compare",
  verdict: null,
  startedAt: now,
  finishedAt: null,
  rows: 0,
  mirrorRows: 0,
  chunk: 0,
  partial: null,
  ranges: [],
  buckets: [],
  identities: [],
  narrowed: 0,
  pending: null,
  differences: [],
  repairing: [],
  repaired: 0,
  settled: null,
  message: null,
});

/** Writes a new run and names it the source's newest, unless it repairs by itself. */
export async function saveRun(state: ObjectStore, sourceName: string, plan: RunPlan, now: number): Promise<void> {
  const json = "application/json";
  await state.putIfAbsent(reconcilePlanKey(plan.id), toBody(plan), json);
  for (const { table } of plan.tables) {
    await state.putIfAbsent(reconcileTableKey(plan.id, table), toBody(newTable(now)), json);
  }
  // `millrace repair` goes by what people and the daily run have looked for.
  if (plan.repairs) return;
  await state.put(reconcileLatestKey(sourceName), toBody({ id: plan.id }), json);
}

/** @throws MalformedInputError when there is no such run */
export async function readRun(state: ObjectStore, id: string): Promise<RunPlan> {
  const plan = await readStored(state, reconcilePlanKey(id), planSchema, "start another reconciliation");
  if (plan === null) throw new MalformedInputError(`there is no reconciliation '${id}'`);
  return plan;
}

/** @returns the id of a source's newest run, or null before the first */
export async function latestRun(state: ObjectStore, sourceName: string): Promise<string | null> {
  const key = reconcileLatestKey(sourceName);
  const latest = await readStored(state, key, latestSchema, "the next reconciliation writes it anew");
  return latest?.id ?? null;
}

/** A table's progress in its own object; conditional writes keep two runs from undoing each other. */
export class TableProgress {
  now: TableState;
  private etag: string;
  private readonly state: ObjectStore;
  private readonly key: string;

  private constructor(state: ObjectStore, key: string, etag: string, now: TableState) {
    this.state = state;
    this.key = key;
    this.etag = etag;
    this.now = now;
  }

  static async read(state: ObjectStore, runId: string, table: string): Promise<TableProgress> {
    const key = reconcileTableKey(runId, table);
    const stored = await state.get(key);
    if (stored === null) throw new MalformedInputError(`the progress ${key} is not there`);
    const now = parseStored(stored.body.toString("utf8"), key, tableSchema, "start another reconciliation");
    return new TableProgress(state, key, stored.etag, now);
  }

  /** @throws FencedError when another invocation went ahead */
  async save(changes: Partial<TableState>): Promise<void> {
    const next = { ...this.now, ...changes };
    this.etag = (await this.state.putIfMatch(this.key, toBody(next), this.etag)).etag;
    this.now = next;
  }
}
