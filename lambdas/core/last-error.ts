import { z } from "zod";
import { messageOf } from "./errors.ts";
import type { Now, ObjectStore } from "./ports.ts";
import { readStored, toBody } from "./stored-json.ts";

/** `state/errors/<table>/<stage>.json`: the newest failure of one stage for one table, for `millrace status`. */
const prefix = (table: string): string => `state/errors/${table}/`;

const noteSchema = z.object({ stage: z.string(), message: z.string(), at: z.string() });
export type ErrorNote = z.output<typeof noteSchema>;

/** Notes a failure. Never throws: what matters is the error itself, which the caller goes on to throw. */
export async function noteError(
  state: ObjectStore,
  now: Now,
  stage: string,
  table: string,
  error: unknown,
): Promise<void> {
  const note: ErrorNote = { stage, message: messageOf(error), at: new Date(now()).toISOString() };
  await state.put(`${prefix(table)}${stage}.json`, toBody(note), "application/json").catch(() => undefined);
}

/** Forgets a stage's failure after a success. Never throws. */
export async function clearError(state: ObjectStore, stage: string, table: string): Promise<void> {
  await state.remove(`${prefix(table)}${stage}.json`).catch(() => undefined);
}

/** The newest failure of each table that has one. */
export async function readErrors(state: ObjectStore): Promise<ReadonlyMap<string, ErrorNote>> {
  const notes = new Map<string, ErrorNote>();
  for await (const { key } of state.list("state/errors/")) {
    const note = await readStored(state, key, noteSchema, "delete it, the next failure writes it anew");
    const table = key.split("/")[2];
    if (note === null || table === undefined) continue;
    const known = notes.get(table);
    if (known === undefined || known.at < note.at) notes.set(table, note);
  }
  return notes;
}
