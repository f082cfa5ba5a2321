import { z } from "zod";
import type { ObjectStore } from "./ports.ts";
import { checkpointKey } from "./state-keys.ts";
import { parseStored, readStored } from "./stored-json.ts";
import type { Position } from "./version.ts";

const checkpointSchema = z.object({
  position: z.object({ epoch: z.int().positive(), file: z.string().min(1), pos: z.int().nonnegative() }),
  created: z.int().nullish(),
  sent: z
    .object({
      pos: z.int().nonnegative(),
      file: z.string().min(1),
      row: z.int().nonnegative(),
      gtid: z.string().nullish(),
    })
    .nullable(),
  gtid: z.string().nullable(),
  server: z.string(),
  turn: z.int().nonnegative(),
  owner: z.string(),
  savedAt: z.string(),
  committedAt: z.number().nullable(),
  ahead: z.boolean().optional(),
  lost: z.string().optional(),
  stuck: z.string().optional(),
});

/**
 * Where change capture goes on. Saved on S3 by conditional write after everything before it is acknowledged by Kafka;
 * the ETag fences a run that was overtaken. A transaction is published whole or resumed inside: `position` is the
 * start of the first transaction not wholly published, `sent` the last of its rows that is already out.
 */
export interface Checkpoint {
  readonly position: Position;
  /**
   * Second at which the server began the file of `position`, from the file itself; null: not seen yet. A log that was
   * reset uses the same names again, and only this tells the two apart.
   */
  readonly created?: number | null | undefined;
  /** Event start and row index within it of the last row sent of the transaction at `position`; null: none. */
  readonly sent: {
    readonly file: string;
    readonly pos: number;
    readonly row: number;
    /** Of that transaction, which `gtid` of the checkpoint does not hold yet. */
    readonly gtid?: string | null | undefined;
  } | null;
  /**
   * GTID (set) executed up to `position`: lets capture continue after a failover. Empty: nothing was executed; null:
   * the server has no GTIDs.
   */
  readonly gtid: string | null;
  /** `@@server_uuid` (MySQL) or server id (MariaDB) the position belongs to. */
  readonly server: string;
  /** Counts take-overs; a run's replication server id is the configured base plus `turn` modulo sixteen. */
  readonly turn: number;
  /** Identifies the run that holds the lease; runs that overlap use different replication server ids. */
  readonly owner: string;
  /** ISO time of the last save; an old lease may be taken over; an empty owner has released it. */
  readonly savedAt: string;
  /** Commit time (ms) of the newest transaction published, null before the first. */
  readonly committedAt: number | null;
  /**
   * A run ended without saying how far it got: records of transactions after `position` may be in Kafka. Reading on at
   * the same server sends them again; another server may not have them.
   */
  readonly ahead?: boolean | undefined;
  /** Why capture cannot go on from `position`, as its last run found it: only a resync of all tables moves it then. */
  readonly lost?: string | undefined;
  /**
   * What the last run could not read of the log behind `position`. Nothing follows from it by itself; a resync of all
   * tables moves the position then, as it does for `lost`.
   */
  readonly stuck?: string | undefined;
}

/** Reads a checkpoint object's text. @throws MalformedInputError naming the key when it is not one */
export const parseCheckpoint = (text: string, key: string): Checkpoint => parseStored(text, key, checkpointSchema);

/** @returns null before the first snapshot of the source. @throws MalformedInputError naming the key */
export const readCheckpoint = (state: Pick<ObjectStore, "get">, sourceName: string): Promise<Checkpoint | null> =>
  readStored(state, checkpointKey(sourceName), checkpointSchema);
