import type { AnyTable } from "../../schemas/model/table.ts";
import { topicName } from "../../schemas/naming.ts";
import { nameGroups } from "../../schemas/sql/reconcile/statement-size.ts";
import type { Anchor, FieldRow, Publisher } from "../core/capture-ports.ts";
import type { Row } from "../core/record.ts";
import { recordWriter } from "../core/record-text.ts";
import type { RecordOrigin } from "../core/record-text.ts";
import { placeOf, positionPrefix, rowOf } from "../core/version.ts";
import { isLoaded, topicEnds, wait } from "./confirm.ts";
import { startedCheckpoint } from "./narrow.ts";
import type { ReconcilePorts, ReconcileSettings } from "./ports.ts";
import { rowNames } from "./row-identity.ts";
import type { Difference, TableProgress } from "./run-state.ts";

/**
 * Publishes what the source has for the rows that differ, at a new anchor: rows that are there as read by a snapshot,
 * rows that are not as deletes. They take the way of all records; a change after the anchor beats them. Safe to repeat
 * because every record says what the source has at its version.
 */
export async function publishRepair(
  table: AnyTable,
  progress: TableProgress,
  settings: ReconcileSettings,
  ports: ReconcilePorts,
): Promise<void> {
  const rows = progress.now.repairing;
  const publisher = await ports.publisher();
  for (const group of nameGroups(table, rows, ({ identity }) => identity))
    await publishGroup(table, group, publisher, settings, ports);
  await publisher.flush();
  const settled = [...(await topicEnds(table, ports))];
  await progress.save({ phase: "settle", settled, finishedAt: ports.now() });
}

async function publishGroup(
  table: AnyTable,
  rows: readonly Difference[],
  publisher: Publisher,
  settings: ReconcileSettings,
  ports: ReconcilePorts,
): Promise<void> {
  const names = rowNames(table);
  const anchor = await ports.source.anchor();
  const { epoch } = (await startedCheckpoint(settings.sourceName, ports.state)).position;
  const pass = passAt(positionPrefix({ epoch, ...anchor }), rows);
  const writer = recordWriter(originOf(table, anchor, epoch, pass, settings.sourceName), ports.now());
  const topic = topicName(table);
  const send = async (key: string | null, value: string): Promise<void> => {
    if (!publisher.send(topic, key, value)) await publisher.drained();
  };

  const missing = new Set(rows.map(({ identity }) => identity));
  const keys = rows.map(({ identity }) => names.keyValues(identity));
  const range = { above: null, upTo: null, after: null, keys, signal: new AbortController().signal };
  for await (const batch of ports.source.read({ table, ...range })) {
    for (const { key, after } of batch.rows) {
      // A collation may find more than was asked for: the exact key decides.
      if (!missing.delete(names.identity(fieldsOf(table, JSON.parse(after) as Row)))) continue;
      await send(key, writer.change("r", 0, null, after));
    }
  }
  for (const identity of missing) {
    const key = JSON.stringify(names.keyRow(identity));
    await send(key, writer.change("d", pass, key, null));
  }
}

function originOf(table: AnyTable, anchor: Anchor, epoch: number, pass: number, name: string): RecordOrigin {
  const { flavour: connector, serverId, gtid, file, pos, takenAt: committedAt } = anchor;
  const place = { connector, serverId, gtid, file, pos, committedAt, epoch, pass };
  return { ...place, name, db: table.area.database, table: table.source, snapshot: true };
}

/** A record's row as a scan would have shown it. */
function fieldsOf(table: AnyTable, row: Row): FieldRow {
  const texts = Object.values(table.columns).map(({ source }) => Buffer.from(JSON.stringify(row[source] ?? null)));
  const ends = new Int32Array(texts.length + 1);
  texts.forEach((text, i) => (ends[i + 1] = (ends[i] ?? 0) + text.length));
  return { bytes: Buffer.concat(texts), ends };
}

/** A source at rest gives the same anchor again, at which the mirror may have read the rows before. */
function passAt(place: string, rows: readonly Difference[]): number {
  const before = rows.flatMap(({ version }) =>
    version !== null && placeOf(version) === place ? [rowOf(version)] : [],
  );
  return Math.max(0, ...before) + 1;
}

/** Waits until what was published is loaded; then the rows are looked at again like any that differ. */
export async function settleRepair(
  table: AnyTable,
  progress: TableProgress,
  settings: ReconcileSettings,
  ports: ReconcilePorts,
): Promise<void> {
  const { settled, finishedAt, repairing } = progress.now;
  if (settled !== null && !(await isLoaded(table, settled, ports))) {
    await wait(progress, finishedAt ?? ports.now(), "the repair is not loaded", settings, ports);
    return;
  }
  await progress.save({
    phase: "narrow",
    settled: null,
    finishedAt: null,
    identities: repairing.map(({ identity }) => identity),
  });
}
