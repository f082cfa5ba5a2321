import type { AnyTable } from "../../schemas/model/table.ts";
import { mirrorRows } from "../../schemas/sql/reconcile/checksums.ts";
import type { RowChoice } from "../../schemas/sql/reconcile/checksums.ts";
import { nameGroups } from "../../schemas/sql/reconcile/statement-size.ts";
import type { FieldRow, ReadRequest } from "../core/capture-ports.ts";
import { readCheckpoint } from "../core/checkpoint.ts";
import type { Checkpoint } from "../core/checkpoint.ts";
import { MalformedInputError } from "../core/errors.ts";
import type { ObjectStore } from "../core/ports.ts";
import { placeOf, positionPrefix } from "../core/version.ts";
import { bucketNumber } from "./compare.ts";
import type { ReconcilePorts, ReconcileSettings } from "./ports.ts";
import { checksumText, rowChecksummer } from "./row-checksum.ts";
import { rowNames } from "./row-identity.ts";
import type { Difference, Pending, PlannedTable, SavedRange, TableProgress } from "./run-state.ts";

/** Ranges and buckets looked at together. */
const RANGES_AT_ONCE = 50;
const BUCKETS_AT_ONCE = 200;
/** Rows that wait for the mirror together. */
const PENDING_AT_ONCE = 20_000;
/** More differences than this are no matter of repairing row by row. */
export const MOST_DIFFERENCES = 10_000;

type NarrowPorts = Pick<ReconcilePorts, "state" | "source" | "warehouse" | "now">;

/** A row of the mirror as the comparison sees it. */
export interface MirrorRow {
  readonly checksum: string;
  readonly version: string;
  readonly deleted: boolean;
}

/**
 * Looks at the rows of the next ranges one by one. What differs is no difference yet, because the mirror follows the
 * source: it is kept with the source's place before and after the read, and decided about later (confirm.ts).
 */
export async function narrowNext(
  table: AnyTable,
  planned: PlannedTable,
  progress: TableProgress,
  settings: ReconcileSettings,
  ports: NarrowPorts,
): Promise<void> {
  const next = nextGroup(table, planned, progress);
  const { pending, differences } = progress.now;
  if (next === null || rowsIn(pending) >= PENDING_AT_ONCE) {
    await progress.save(pending === null ? { phase: "done" } : { phase: "confirm" });
    return;
  }
  if (differences.length >= MOST_DIFFERENCES) {
    const message = `more than ${MOST_DIFFERENCES} rows differ, and the rest was not looked at: resync the table`;
    await progress.save({ phase: "done", message });
    return;
  }
  const from = await placeBefore(settings.sourceName, ports);
  const found = new Map<string, string>();
  const checksum = rowChecksummer(table);
  const names = rowNames(table);
  for (const request of next.requests) {
    const onRow = (row: FieldRow): void => {
      if (next.wants(row, names)) found.set(names.identity(row), checksumText(checksum(row)));
    };
    const signal = new AbortController().signal;
    await exhaust(ports.source.scan({ table, after: null, signal, ...request }, onRow));
  }
  const { file, pos } = await ports.source.currentPlace();
  const mirror = await readMirror(table, next.choice, ports);
  const rows = [
    ...[...found].map(([identity, at]) => ({ identity, checksum: at })),
    ...[...mirror.keys()]
      .filter((identity) => !found.has(identity) && next.names(identity))
      .map((identity) => ({ identity, checksum: null })),
  ].filter((row) => verdict(row.checksum, mirror.get(row.identity), from) !== null);
  const read = {
    readTo: { file, pos },
    ends: null,
    since: ports.now(),
    reads: [...(pending?.reads ?? []), { from, rows }],
  };
  const narrowed = progress.now.narrowed + next.size;
  await progress.save({ ...next.rest, narrowed, ...(rows.length > 0 && { pending: read }) });
}

/** Pulls to the end: what matters happens on the way. */
export async function exhaust(items: AsyncIterable<unknown>): Promise<void> {
  const iterator = items[Symbol.asyncIterator]();
  while ((await iterator.next()).done !== true);
}

const rowsIn = (pending: Pending | null): number => pending?.reads.reduce((sum, { rows }) => sum + rows.length, 0) ?? 0;

/**
 * What a row that was read at the source says against the mirror's, if anything.
 * @param atSource checksum of the row as it was read; null: it was not there
 * @param from version prefix of the source's place before the read
 */
export function verdict(
  atSource: string | null,
  mirror: MirrorRow | undefined,
  from: string,
): Difference["kind"] | null {
  if (mirror !== undefined && placeOf(mirror.version) > from) return null;
  const isLive = mirror !== undefined && !mirror.deleted;
  if (atSource === null) return isLive ? "surplus" : null;
  if (!isLive) return "missing";
  return mirror.checksum === atSource ? null : "changed";
}

interface Group {
  readonly requests: readonly Pick<ReadRequest, "above" | "upTo" | "keys">[];
  readonly choice: RowChoice;
  readonly size: number;
  /** What is left to be narrowed after this group. */
  readonly rest: Partial<TableProgress["now"]>;
  wants(row: FieldRow, names: ReturnType<typeof rowNames>): boolean;
  /** Whether a row of the mirror belongs to the group. */
  names(identity: string): boolean;
}

function nextGroup(table: AnyTable, planned: PlannedTable, progress: TableProgress): Group | null {
  const { ranges, buckets, identities } = progress.now;
  const all = () => true;
  if (ranges.length > 0) {
    const group = ranges.slice(0, RANGES_AT_ONCE);
    const joined = joinRanges(group);
    const bounds = joined.map(({ above, upTo }) => ({
      above: above === null ? null : BigInt(above),
      upTo: upTo === null ? null : BigInt(upTo),
    }));
    const rest = { ranges: ranges.slice(group.length) };
    return { requests: joined, choice: { ranges: bounds }, size: group.length, rest, wants: all, names: all };
  }
  if (buckets.length > 0) {
    const group = buckets.slice(0, BUCKETS_AT_ONCE);
    const wanted = new Set(group);
    return {
      // Keys of a bucket are all over the table.
      requests: [{ above: null, upTo: null }],
      choice: { buckets: group, of: planned.buckets },
      size: group.length,
      rest: { buckets: buckets.slice(group.length) },
      wants: (row, names) => wanted.has(bucketNumber(names.bucketText(row), planned.buckets)),
      names: all,
    };
  }
  if (identities.length > 0) {
    const [group = []] = nameGroups(table, identities, (identity) => identity);
    const wanted = new Set(group);
    const keys = group.map(rowNames(table).keyValues);
    return {
      requests: [{ above: null, upTo: null, keys }],
      choice: { identities: group },
      size: group.length,
      rest: { identities: identities.slice(group.length) },
      // Collations and the mirror's first key column find more than was asked for.
      wants: (row, names) => wanted.has(names.identity(row)),
      names: (identity) => wanted.has(identity),
    };
  }
  return null;
}

/** Neighbours become one range. */
function joinRanges(ranges: readonly SavedRange[]): readonly SavedRange[] {
  const joined: SavedRange[] = [];
  for (const range of ranges) {
    const last = joined.at(-1);
    if (last?.upTo != null && last.upTo === range.above)
      joined[joined.length - 1] = { above: last.above, upTo: range.upTo };
    else joined.push(range);
  }
  return joined;
}

/** Version prefix of a place all of whose transactions the reads that follow see. */
export async function placeBefore(sourceName: string, ports: Pick<NarrowPorts, "state" | "source">): Promise<string> {
  const anchor = await ports.source.anchor();
  const { file, pos } = anchor;
  return positionPrefix({ epoch: (await startedCheckpoint(sourceName, ports.state)).position.epoch, file, pos });
}

/** @throws MalformedInputError before change capture has started: nothing says how far the mirror is */
export async function startedCheckpoint(sourceName: string, state: ObjectStore): Promise<Checkpoint> {
  const checkpoint = await readCheckpoint(state, sourceName);
  if (checkpoint !== null) return checkpoint;
  throw new MalformedInputError("change capture has not started: run `millrace snapshot` first, then reconcile");
}

/** The mirror's rows by identity. */
export async function readMirror(
  table: AnyTable,
  choice: RowChoice,
  ports: Pick<NarrowPorts, "warehouse">,
): Promise<ReadonlyMap<string, MirrorRow>> {
  const rows = await ports.warehouse.query(mirrorRows(table, choice));
  return new Map(
    rows.map((row) => [
      String(row["row_name"]),
      { checksum: String(row["checksum"]), version: String(row["version"]), deleted: row["deleted"] === true },
    ]),
  );
}
