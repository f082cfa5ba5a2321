import { z } from "zod";
import type { Anchor } from "./capture-ports.ts";
import type { ObjectStore } from "./ports.ts";
import { newestAnchorKey } from "./state-keys.ts";
import { readStored, toBody } from "./stored-json.ts";

export const anchorSchema: z.ZodType<Anchor> = z.object({
  file: z.string(),
  pos: z.int(),
  gtid: z.string().nullable(),
  server: z.string(),
  serverId: z.int(),
  flavour: z.enum(["mysql", "mariadb"]),
  facility: z.enum(["binlog_snapshot", "gtid_executed", "log_status", "innodb_trx"]),
  takenAt: z.number(),
});

/** Keeps the anchor of a source's newest snapshot where `status` finds it without knowing the snapshot. */
export async function noteAnchor(sourceName: string, anchor: Anchor, state: Pick<ObjectStore, "put">): Promise<void> {
  await state.put(newestAnchorKey(sourceName), toBody(anchor), "application/json");
}

/** @returns null before the first snapshot. @throws MalformedInputError naming the key when it cannot be read */
export const readNewestAnchor = (sourceName: string, state: Pick<ObjectStore, "get">): Promise<Anchor | null> =>
  readStored(state, newestAnchorKey(sourceName), anchorSchema, "the next snapshot writes it anew");
