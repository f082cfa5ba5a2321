import { z } from "zod";
import type { ObjectStore } from "./ports.ts";
import { resyncedKey } from "./state-keys.ts";
import { readStored, toBody } from "./stored-json.ts";

const schema = z.object({ snapshotId: z.string(), below: z.array(z.int().nonnegative()) });

/**
 * Notes that a resync of a topic's table is published whole: it stands for every record below the given offset of each
 * partition, landed or not. Safe to repeat because offsets only rise.
 * @param below end offsets of the topic before the resync's anchor was taken: what lies below them is older than it
 */
export async function noteResync(
  state: ObjectStore,
  topic: string,
  snapshotId: string,
  below: readonly number[],
): Promise<void> {
  const before = await readResynced(state, topic);
  const highest = Array.from({ length: Math.max(before.length, below.length) }, (_, partition) =>
    Math.max(before[partition] ?? 0, below[partition] ?? 0),
  );
  const body = toBody({ snapshotId, below: highest });
  await state.put(resyncedKey(topic), body, "application/json");
}

/** The offsets of each partition below which a resync stands for all records; empty without one. */
export async function readResynced(state: Pick<ObjectStore, "get">, topic: string): Promise<readonly number[]> {
  const noted = await readStored(state, resyncedKey(topic), schema, "delete it and resync the table again");
  return noted?.below ?? [];
}
