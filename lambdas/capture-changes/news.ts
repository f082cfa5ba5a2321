import { columnShapes, shapeHash } from "../../schemas/hash.ts";
import { qualifiedName } from "../../schemas/naming.ts";
import type { AnyTable } from "../../schemas/model/table.ts";
import { noteCaptured, readCaptured } from "../core/captured.ts";
import type { Captured } from "../core/captured.ts";
import type { Now, ObjectStore } from "../core/ports.ts";
import { readCopies, wishResync } from "../core/table-facts.ts";
import type { Copies, ResyncWish } from "../core/table-facts.ts";
import { comparePositions } from "../core/version.ts";

export interface NewsPorts {
  readonly state: Pick<ObjectStore, "get" | "list" | "put" | "putIfAbsent">;
  readonly now: Now;
}

export interface CapturedTables {
  readonly sourceName: string;
  /** Whose rows the run captures. */
  readonly tables: readonly AnyTable[];
  /** Those of them that the source has now. */
  readonly present: readonly AnyTable[];
}

type News = Pick<ResyncWish, "id" | "reason" | "detail"> & { readonly since?: number };

/**
 * Definitions that know more than was copied or captured: a table that no snapshot has taken up, or columns that the
 * newest finished one did not read, or read as something else; likewise what the run before did not capture. Nothing is
 * wished for before the first copy, which takes up all there is.
 * Must be done before the run publishes anything. Safe to repeat because the note is written after the wishes.
 */
export async function takeUpNews({ sourceName, tables, present }: CapturedTables, ports: NewsPorts): Promise<void> {
  const { state } = ports;
  const [copies, known] = await Promise.all([readCopies(state), readCaptured(state, sourceName)]);
  const at = ports.now();
  for (const table of copies.size === 0 ? [] : present) {
    const own = copies.get(qualifiedName(table)) ?? NO_COPIES;
    const news = uncaptured(table, known, own, sourceName, at) ?? uncopied(table, own);
    if (news === null) continue;
    const since = new Date(news.since ?? at).toISOString();
    await wishResync(state, { ...news, table: qualifiedName(table), since, position: null });
  }
  const next = captured(tables, present, known);
  if (!isSame(next, known)) await noteCaptured(state, sourceName, next);
}

const NO_COPIES: Copies = { planned: null, copied: null };

/**
 * What the run before did not capture, or captured as something else: a definition that was taken back for a time. No
 * copy from before now shows what has changed meanwhile, whatever columns it has.
 */
function uncaptured(table: AnyTable, known: Captured | null, own: Copies, source: string, at: number): News | null {
  if (known === null) return null;
  const from = (own.planned ?? own.copied)?.source;
  // Its area has moved: that needs a new epoch, which an operator begins (capture-snapshot/start-changes.ts).
  if (from !== undefined && from !== source) return null;
  const shapes = known[qualifiedName(table)];
  const id = `captured-${at}`;
  if (shapes === undefined) return { id, reason: "new-table", detail: "the table was not captured until now" };
  const difference = differenceOf(table, { columns: Object.keys(shapes), shapes });
  return difference === null ? null : { id, ...difference };
}

/**
 * What the finished copy lacks. A copy that is under way and reads all of it meets the wish when it finishes; if it
 * fails, the wish is open. Before the first copy has finished its plan stands for it.
 */
function uncopied(table: AnyTable, { planned, copied }: Copies): News | null {
  const rests = copied ?? planned;
  if (rests === null) return { id: "new-table", reason: "new-table", detail: "the table is new in the definitions" };
  const difference = differenceOf(table, rests);
  if (difference === null) return null;
  const isUnderWay =
    planned !== null &&
    planned.takenAt > rests.takenAt &&
    comparePositions(planned.anchor, rests.anchor) >= 0 &&
    differenceOf(table, planned) === null;
  return {
    // Named by the copy that lacks them and by what is read now: columns that change later are another wish.
    id: `definition-${rests.snapshotId}-${shapeHash(table)}`,
    ...difference,
    ...(isUnderWay && { since: planned.takenAt - 1 }),
  };
}

interface Read {
  readonly columns: readonly string[];
  readonly shapes?: Readonly<Record<string, string>> | undefined;
}

/** @returns null when all that the definition has was read, and as it reads it */
function differenceOf(table: AnyTable, { columns, shapes = {} }: Read): Pick<ResyncWish, "reason" | "detail"> | null {
  const added = Object.keys(table.columns).filter((name) => !columns.includes(name));
  if (added.length > 0) return { reason: "new-column", detail: `new in the definition: ${added.join(", ")}` };
  const changed = Object.entries(columnShapes(table)).filter(([name, shape]) => (shapes[name] ?? shape) !== shape);
  if (changed.length === 0) return null;
  const names = changed.map(([name]) => name).join(", ");
  return { reason: "redefined", detail: `read otherwise by the definition: ${names}` };
}

/** A table that is away keeps what was noted only if it is the same as now: whatever comes of it is captured so. */
function captured(tables: readonly AnyTable[], present: readonly AnyTable[], known: Captured | null): Captured {
  const entries = tables.map((table) => [qualifiedName(table), { ...columnShapes(table) }, table] as const);
  const noted = entries.filter(([name, shapes, table]) => present.includes(table) || isSame(known?.[name], shapes));
  return Object.fromEntries(noted.map(([name, shapes]) => [name, shapes]));
}

/** Whether two notes say the same, whatever the order of their names. */
const isSame = (one: unknown, other: unknown): boolean => ordered(one) === ordered(other);

const ordered = (value: unknown): string =>
  JSON.stringify(value, (_, part: unknown) =>
    part !== null && typeof part === "object"
      ? Object.fromEntries(Object.entries(part).sort(([a], [b]) => (a < b ? -1 : 1)))
      : part,
  );
