import { z } from "zod";
import { qualifiedName, topicName } from "../../schemas/naming.ts";
import type { AnyTable } from "../../schemas/model/table.ts";
import type { EndOffsets, Publisher } from "../core/capture-ports.ts";
import type { SnapshotFinished } from "../core/events.ts";
import { TransientError } from "../core/errors.ts";
import type { Now, ObjectStore } from "../core/ports.ts";
import { noteResync } from "../core/resynced.ts";
import { recordWriter } from "../core/record-text.ts";
import { snapshotChunkKey, snapshotFinishKey } from "../core/state-keys.ts";
import { readStored, toBody } from "../core/stored-json.ts";
import { noteCopied } from "../core/table-facts.ts";
import { comparePositions } from "../core/version.ts";
import type { Position } from "../core/version.ts";
import { copyOf, readPlan, snapshotOrigin } from "./plan.ts";

export interface FinishPorts {
  readonly state: ObjectStore;
  readonly publisher: Publisher;
  readonly endOffsets: EndOffsets;
  readonly now: Now;
}

const chunkSchema = z.object({
  rows: z.int(),
  done: z.boolean(),
  end: z.object({ file: z.string(), pos: z.int() }).optional(),
});

/**
 * Closes a snapshot: all chunks must be done; a resync ends with a floor in every partition, below which keys not read
 * again are gone, and from then on stands for whatever never landed before it; then notes up to where each topic must be
 * loaded, and what each table rests on now. Safe to repeat because a second floor of the same
 * anchor deletes nothing more.
 */
export async function finishSnapshot(
  request: { readonly snapshotId: string; readonly sourceName: string; readonly definitions: readonly AnyTable[] },
  ports: FinishPorts,
): Promise<SnapshotFinished> {
  const plan = await readPlan(ports.state, request.snapshotId);
  let rows = 0;
  let end: Position | undefined;
  for (let chunk = 0; chunk < plan.chunks.length; chunk++) {
    const progress = await readStored(
      ports.state,
      snapshotChunkKey(plan.id, chunk),
      chunkSchema,
      "start another snapshot",
    );
    if (progress?.done !== true) throw new TransientError(`chunk ${chunk} of snapshot ${plan.id} is not done`);
    rows += progress.rows;
    const itsEnd = progress.end && { epoch: plan.epoch, ...progress.end };
    if (itsEnd !== undefined && (end === undefined || comparePositions(itsEnd, end) > 0)) end = itsEnd;
  }
  const tables = request.definitions.filter((table) => plan.tables.includes(qualifiedName(table)));
  if (plan.kind === "resync") {
    for (const table of tables) {
      const writer = recordWriter(snapshotOrigin(table, plan, request.sourceName), ports.now());
      await ports.publisher.sendToAll(topicName(table), writer.floor({ kind: "resync", id: plan.id }));
    }
    await ports.publisher.flush();
    for (const topic of tables.map(topicName)) await noteResync(ports.state, topic, plan.id, plan.below[topic] ?? []);
  }
  const ends = await ports.endOffsets(tables.map(topicName));
  const finish = { snapshotId: plan.id, rows, endOffsets: Object.fromEntries(ends) };
  await ports.state.put(snapshotFinishKey(plan.id), toBody(finish), "application/json");
  for (const table of plan.tables)
    await noteCopied(ports.state, table, { ...copyOf(plan, table, request.sourceName), end });
  return { snapshotId: plan.id, rows };
}
