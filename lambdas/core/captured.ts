import { z } from "zod";
import type { ObjectStore } from "./ports.ts";
import { capturedKey } from "./state-keys.ts";
import { readStored, toBody } from "./stored-json.ts";

const schema = z.object({ tables: z.record(z.string(), z.record(z.string(), z.string())) });

/**
 * By table, what the newest run of change capture reads its columns from and as (schemas/hash.ts `columnShapes`): a
 * table or column that is not in it may have changed meanwhile without a record that says so.
 */
export type Captured = z.output<typeof schema>["tables"];

/** @returns null before the first run that has noted it */
export const readCaptured = async (state: Pick<ObjectStore, "get">, sourceName: string): Promise<Captured | null> =>
  (await readStored(state, capturedKey(sourceName), schema, "delete it and resync all tables"))?.tables ?? null;

export const noteCaptured = (state: Pick<ObjectStore, "put">, sourceName: string, tables: Captured): Promise<unknown> =>
  state.put(capturedKey(sourceName), toBody({ tables }), "application/json");
