import { z } from "zod";
import { FencedError } from "./errors.ts";
import type { ObjectStore } from "./ports.ts";
import { leftOutKey } from "./state-keys.ts";
import { parseStored, readStored, toBody } from "./stored-json.ts";
import { comparePositions, positionSchema } from "./version.ts";

const schema = z.object({
  /** Why the definition could not take the rows, and what to do; sentences. */
  reason: z.string(),
  /** The definition that could not (schemas/hash.ts `shapeHash`): another one may. */
  definition: z.string(),
  /** ISO time at which the first row was left out for this reason. */
  since: z.string(),
  /** Place of the last one: a copy anchored after it shows them all. */
  position: positionSchema,
});
/**
 * Rows of a table that change capture has left out of its topic. The table stands still from the first one on, and only
 * a copy anchored after the last one brings it up to date. Other tables go on.
 */
export type LeftOut = z.output<typeof schema>;

type State = Pick<ObjectStore, "get" | "putIfAbsent" | "putIfMatch">;

/** Runs that overlap at a hand-over write at the same time for a moment. */
const TRIES = 5;

/**
 * Writes down up to where rows are left out; must be done before the checkpoint moves past them. Safe to repeat, and
 * for two runs at once, because the place only rises.
 */
export async function noteLeftOut(state: State, table: string, leftOut: LeftOut): Promise<void> {
  const key = leftOutKey(table);
  for (let tries = 1; ; tries++) {
    const stored = await state.get(key);
    if (stored === null) {
      if ((await state.putIfAbsent(key, toBody(leftOut), "application/json")).created) return;
      continue;
    }
    const known = parseStored(stored.body.toString("utf8"), key, schema);
    if (comparePositions(known.position, leftOut.position) >= 0) return;
    const same = known.reason === leftOut.reason && known.definition === leftOut.definition;
    const next = { ...leftOut, since: same ? known.since : leftOut.since };
    try {
      await state.putIfMatch(key, toBody(next), stored.etag);
      return;
    } catch (error) {
      if (!(error instanceof FencedError) || tries >= TRIES) throw error;
    }
  }
}

export const readLeftOut = (state: Pick<State, "get">, table: string): Promise<LeftOut | null> =>
  readStored(state, leftOutKey(table), schema);
