import { z } from "zod";
import type { ObjectStore } from "./ports.ts";
import { copyWaitKey } from "./state-keys.ts";
import { readStored, toBody } from "./stored-json.ts";

const waitSchema = z.object({
  table: z.string(),
  reason: z.string(),
  /** ISO times: since when, and when it was last seen to be so. */
  since: z.string(),
  seenAt: z.string(),
});
/** A copy that stands still because of the source's load, and what it waits for. */
export type CopyWait = z.output<typeof waitSchema>;

const noteSchema = z.object({ waits: waitSchema.nullable() });

/** A note that nobody has renewed for so long is of a run that was killed. */
const FRESH_MS = 60_000;

/** Written by whichever chunk waits; null when it goes on. Several chunks of a source wait for the same. */
export async function noteWait(
  state: Pick<ObjectStore, "put">,
  sourceName: string,
  waits: CopyWait | null,
): Promise<void> {
  await state.put(copyWaitKey(sourceName), toBody({ waits }), "application/json");
}

/** What copies of a source wait for; null when none does. */
export async function readWait(
  state: Pick<ObjectStore, "get">,
  sourceName: string,
  now: number,
): Promise<CopyWait | null> {
  const note = await readStored(state, copyWaitKey(sourceName), noteSchema, "the next copy writes it anew");
  const waits = note?.waits ?? null;
  return waits !== null && now - Date.parse(waits.seenAt) <= FRESH_MS ? waits : null;
}
