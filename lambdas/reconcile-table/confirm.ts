import type { AnyTable } from "../../schemas/model/table.ts";
import { qualifiedName, topicName } from "../../schemas/naming.ts";
import { nameGroups } from "../../schemas/sql/reconcile/statement-size.ts";
import { readLoadedPositions } from "../core/loaded-positions.ts";
import { comparePositions } from "../core/version.ts";
import { startedCheckpoint, readMirror, verdict } from "./narrow.ts";
import { RESERVE_MS } from "./ports.ts";
import type { ReconcilePorts, ReconcileSettings } from "./ports.ts";
import type { Difference, Pending, TableProgress } from "./run-state.ts";

const POLL_MS = 1_000;

/**
 * Decides about rows that differed. The source was read between two places of its log; once the mirror has passed the
 * second, a row of it that has not changed since the first is final for that read: it either equals what was read, or
 * the two differ for certain. A row that changed since the first place is newer than what was read and is left alone.
 *
 * So there is no false alarm, however many writes go on, and no second read of the source.
 */
export async function confirmPending(
  table: AnyTable,
  progress: TableProgress,
  settings: ReconcileSettings,
  ports: ReconcilePorts,
): Promise<void> {
  const { pending } = progress.now;
  if (pending === null) {
    await progress.save({ phase: "narrow" });
    return;
  }
  const ends = await passed(table, pending, settings.sourceName, ports);
  if (ends !== null && pending.ends === null) await progress.save({ pending: { ...pending, ends: [...ends] } });
  if (ends === null || !(await isLoaded(table, ends, ports))) {
    await wait(
      progress,
      pending.since,
      "the mirror has not passed the place at which the source was read",
      settings,
      ports,
    );
    return;
  }
  const found: Difference[] = [];
  for (const { from, rows } of pending.reads) {
    for (const some of nameGroups(table, rows, ({ identity }) => identity)) {
      const mirror = await readMirror(table, { identities: some.map(({ identity }) => identity) }, ports);
      for (const { identity, checksum } of some) {
        const kind = verdict(checksum, mirror.get(identity), from);
        if (kind !== null) found.push({ identity, kind, version: mirror.get(identity)?.version ?? null });
      }
    }
  }
  await progress.save({ phase: "narrow", pending: null, differences: [...progress.now.differences, ...found] });
}

/** @returns end offsets that hold all changes up to the place, or null while capture is before it */
async function passed(
  table: AnyTable,
  pending: Pending,
  sourceName: string,
  ports: ReconcilePorts,
): Promise<readonly number[] | null> {
  if (pending.ends !== null) return pending.ends;
  const { position } = await startedCheckpoint(sourceName, ports.state);
  if (comparePositions(position, { epoch: position.epoch, ...pending.readTo }) < 0) return null;
  return topicEnds(table, ports);
}

export async function topicEnds(
  table: AnyTable,
  ports: Pick<ReconcilePorts, "endOffsets">,
): Promise<readonly number[]> {
  return (await ports.endOffsets([topicName(table)])).get(topicName(table)) ?? [];
}

export async function isLoaded(
  table: AnyTable,
  ends: readonly number[],
  ports: Pick<ReconcilePorts, "warehouse">,
): Promise<boolean> {
  const loaded = (await readLoadedPositions([table], ports.warehouse)).get(qualifiedName(table));
  return ends.every((end, partition) => (loaded?.get(partition) ?? 0) >= end);
}

/** Sleeps while there is time; gives the table up when patience is at an end. */
export async function wait(
  progress: TableProgress,
  since: number,
  what: string,
  settings: ReconcileSettings,
  ports: ReconcilePorts,
): Promise<void> {
  const waited = Math.round((ports.now() - since) / 1_000);
  if (waited >= settings.patienceSeconds) {
    const message = `${what} after ${waited} s; see \`millrace status\` for the stage that is behind, then reconcile again`;
    await progress.save({ phase: "done", verdict: "unconfirmed", message });
    return;
  }
  await ports.sleep(Math.max(0, Math.min(POLL_MS, ports.remaining() - RESERVE_MS)));
}
