import { qualifiedName } from "../../schemas/naming.ts";
import type { AnyTable } from "../../schemas/model/table.ts";
import type { BinlogEvent } from "../core/capture-ports.ts";
import type { PositionLostError } from "../core/errors.ts";
import type { Now, ObjectStore } from "../core/ports.ts";
import { readNewestCopies, wishResync } from "../core/table-facts.ts";
import type { ResyncWish, TableCopy } from "../core/table-facts.ts";
import type { Position } from "../core/version.ts";

/**
 * What change capture finds out about tables that the log alone cannot make right: each becomes a wish for a resync
 * (lambdas/core/table-facts.ts), written down before the checkpoint moves past it.
 */
export interface DriftPorts {
  readonly state: Pick<ObjectStore, "get" | "list" | "putIfAbsent">;
  readonly now: Now;
}

type Ddl = Extract<BinlogEvent, { kind: "ddl" }>;

/** A statement that may have changed stored rows without row events: what was copied before it does not hold any more. */
export async function wishAfterStatement(
  table: AnyTable,
  event: Ddl,
  epoch: number,
  { state, now }: DriftPorts,
): Promise<void> {
  await wishResync(state, {
    id: `${event.verb}-${event.place.file}-${event.place.pos}`,
    table: qualifiedName(table),
    reason: "altered",
    // Not the statement itself: its defaults and conditions may be personal data.
    detail: `${event.verb.toUpperCase()} at ${event.place.file}:${event.place.pos}`,
    since: new Date(now()).toISOString(),
    position: { epoch, file: event.next.file, pos: event.next.pos },
  });
}

/**
 * Definitions that know more than was copied: a table that no snapshot has taken up, or columns that the newest one did
 * not read. Nothing is wished for before the first copy, which takes up all there is.
 * @param tables those that the source has
 */
export async function wishForNews(tables: readonly AnyTable[], { state, now }: DriftPorts): Promise<void> {
  const copies = await readNewestCopies(state);
  if (copies.size === 0) return;
  const since = new Date(now()).toISOString();
  for (const table of tables) {
    const wish = newsOf(table, copies.get(qualifiedName(table)));
    if (wish !== null) await wishResync(state, { ...wish, table: qualifiedName(table), since, position: null });
  }
}

function newsOf(table: AnyTable, newest: TableCopy | undefined): Pick<ResyncWish, "id" | "reason" | "detail"> | null {
  if (newest === undefined) {
    return { id: "new-table", reason: "new-table", detail: "the table is new in the definitions" };
  }
  const added = Object.keys(table.columns).filter((name) => !newest.columns.includes(name));
  if (added.length === 0) return null;
  const names = added.join(", ");
  // Named by the copy that lacks them: columns added later are another wish.
  const id = `new-column-${newest.snapshotId}-${added.length}`;
  return { id, reason: "new-column", detail: `new in the definition: ${names}` };
}

/** The source's history does not go on from the checkpoint: every table may have changes in the part that is lost. */
export async function wishForAll(
  tables: readonly AnyTable[],
  error: PositionLostError,
  { epoch, file, pos }: Position,
  { state, now }: DriftPorts,
): Promise<void> {
  const since = new Date(now()).toISOString();
  const id = `lost-${epoch}-${file}-${pos}`;
  for (const table of tables) {
    const name = qualifiedName(table);
    const detail = error.message;
    await wishResync(state, { id, table: name, reason: error.kind, detail, since, position: null });
  }
}
