import { parseCheckpoint } from "../core/checkpoint.ts";
import type { Checkpoint } from "../core/checkpoint.ts";
import { FencedError } from "../core/errors.ts";
import type { Now, ObjectStore } from "../core/ports.ts";
import { comparePositions } from "../core/version.ts";
import { toBody } from "../core/stored-json.ts";

/** A lease not renewed for this long belongs to a run that died; runs renew it every second or so. */
export const LEASE_MS = 20_000;

/** A holder that hands over saves every second or so: reading and writing between two of its saves succeeds soon. */
const HANDOVER_TRIES = 10;

/** What a save changes; the server only after a failover. */
export type SavedPlace = Pick<Checkpoint, "position" | "created" | "sent" | "gtid" | "committedAt"> &
  Partial<Pick<Checkpoint, "server">>;

/** The right to move the checkpoint on: whoever wrote it last holds it; the ETag fences everybody else. */
export interface Lease {
  /** As it was taken over. */
  readonly checkpoint: Checkpoint;
  /**
   * Saves where capture goes on. Calls must not overlap.
   * @throws FencedError when another run took over
   */
  save(next: SavedPlace): Promise<void>;
  /** Nothing that an earlier run may have published lies after the checkpoint any more. */
  caughtUp(): void;
  /** Notes that the source no longer holds the position, and gives the lease back. */
  lose(reason: string): Promise<void>;
  /** Notes what of the log behind the position cannot be read, and gives the lease back. */
  stick(reason: string): Promise<void>;
  /**
   * Gives the lease back, so that the next run need not wait for it to grow old.
   * @param ahead true when this run may have published more than it has saved. @default false
   */
  release(ahead?: boolean): Promise<void>;
}

export type LeaseAnswer =
  | { readonly kind: "taken"; readonly lease: Lease }
  /** No copy was planned yet: there is no position to start from. */
  | { readonly kind: "no-checkpoint" }
  | { readonly kind: "busy"; readonly owner: string };

/**
 * Takes the lease when it is free, old, or handed over.
 * @param handover true when the holder itself asks us to take over
 */
export async function takeLease(
  store: ObjectStore,
  key: string,
  owner: string,
  handover: boolean,
  now: Now,
): Promise<LeaseAnswer> {
  for (let tries = 1; ; tries++) {
    const answer = await tryLease(store, key, owner, handover, now);
    if (answer !== "overtaken") return answer;
    if (!handover || tries >= HANDOVER_TRIES) return { kind: "busy", owner: "a run that was quicker" };
  }
}

/** @returns `overtaken` when somebody wrote between our read and our write */
async function tryLease(
  store: ObjectStore,
  key: string,
  owner: string,
  handover: boolean,
  now: Now,
): Promise<LeaseAnswer | "overtaken"> {
  const stored = await store.get(key);
  if (stored === null) return { kind: "no-checkpoint" };
  const found = parseCheckpoint(stored.body.toString("utf8"), key);
  const age = now() - Date.parse(found.savedAt);
  if (!handover && found.owner !== "" && age < LEASE_MS) return { kind: "busy", owner: found.owner };

  // Whoever gave the lease back by himself has saved all that he published.
  let current: Checkpoint = {
    ...found,
    owner,
    turn: found.turn + 1,
    ahead: found.ahead === true || found.owner !== "",
  };
  let etag = stored.etag;
  const write = async (next: Checkpoint): Promise<void> => {
    const stamped = { ...next, savedAt: new Date(now()).toISOString() };
    etag = (await store.putIfMatch(key, toBody(stamped), etag)).etag;
    current = stamped;
  };
  try {
    await write(current);
  } catch (error) {
    if (error instanceof FencedError) return "overtaken";
    throw error;
  }
  return {
    kind: "taken",
    lease: {
      checkpoint: current,
      save: (next) => write({ ...current, ...next, ...(!isAt(current, next) && MOVED) }),
      caughtUp: () => {
        current = { ...current, ahead: false };
      },
      lose: (lost) => write({ ...given(current), lost }),
      stick: (stuck) => write({ ...given(current), stuck }),
      release: (ahead = false) => write({ ...current, owner: "", ahead: current.ahead === true || ahead }),
    },
  };
}

/** Given back after an error: who had not released it before could not say how far he got. */
const given = (current: Checkpoint): Checkpoint => ({
  ...current,
  owner: "",
  ahead: current.ahead === true || current.owner !== "",
});

/** Reasons to stand still are those of a place. */
const MOVED = { lost: undefined, stuck: undefined };

const isAt = (checkpoint: Checkpoint, { position }: Pick<Checkpoint, "position">): boolean =>
  comparePositions(checkpoint.position, position) === 0;
