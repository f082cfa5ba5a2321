import type { AnyTable } from "../../schemas/model/table.ts";
import { qualifiedName } from "../../schemas/naming.ts";
import type { Anchor } from "../core/capture-ports.ts";
import { parseCheckpoint } from "../core/checkpoint.ts";
import type { Checkpoint } from "../core/checkpoint.ts";
import { FencedError, PositionLostError, TransientError } from "../core/errors.ts";
import type { Now, ObjectStore, Telemetry } from "../core/ports.ts";
import { checkpointKey } from "../core/state-keys.ts";
import { readPlanned } from "../core/table-facts.ts";
import { toBody } from "../core/stored-json.ts";

export interface StartRequest {
  readonly kind: "copy" | "resync";
  readonly sourceName: string;
  /** All captured tables of the source. */
  readonly definitions: readonly AnyTable[];
  /** Qualified names to snapshot; null: all. */
  readonly only: readonly string[] | null;
}

export interface StartPorts {
  readonly state: ObjectStore;
  readonly telemetry: Telemetry;
  readonly now: Now;
}

/**
 * Writes the first checkpoint at the anchor if there is none. Where change capture has lost its place or stands before
 * something that it cannot read, or the source is another server, a resync of all tables begins a new epoch there, above
 * all that was.
 * @returns the epoch in force
 * @throws PositionLostError for anything less than a resync of all tables then
 */
export async function startChanges(request: StartRequest, anchor: Anchor, ports: StartPorts): Promise<number> {
  const key = checkpointKey(request.sourceName);
  const stored = await ports.state.get(key);
  const before = await epochBefore(request, stored === null, ports.state);
  const first: Checkpoint = {
    position: { epoch: before + 1, file: anchor.file, pos: anchor.pos },
    sent: null,
    gtid: anchor.gtid,
    server: anchor.server,
    turn: 0,
    owner: "",
    savedAt: new Date(ports.now()).toISOString(),
    committedAt: null,
  };
  const whole = request.kind === "resync" && request.only === null;
  if (stored === null) {
    if (before > 0 && !whole) throw needsNewEpoch("tables were copied before, and no checkpoint says how far");
    const put = await ports.state.putIfAbsent(key, toBody(first), "application/json");
    if (put.created) return first.position.epoch;
    throw new TransientError(`another snapshot wrote the checkpoint ${key} first`);
  }
  const found = parseCheckpoint(stored.body.toString("utf8"), key);
  const { epoch } = found.position;
  const change = found.lost ?? found.stuck ?? changeOf(found.server, anchor.server, epoch <= before);
  if (change === null) return epoch;
  if (!whole) throw needsNewEpoch(change);
  const position = { ...first.position, epoch: Math.max(epoch, before) + 1 };
  const next: Checkpoint = { ...first, position, turn: found.turn + 1 };
  try {
    await ports.state.putIfMatch(key, toBody(next), stored.etag);
  } catch (error) {
    if (!(error instanceof FencedError)) throw error;
    throw new TransientError("change capture wrote its checkpoint while the snapshot was planned", { cause: error });
  }
  ports.telemetry.warn("a new epoch begins: change capture goes on from here", { ...position });
  return position.epoch;
}

/** Why positions no longer compare with those of the warehouse's rows; null: they do. */
function changeOf(server: string, answering: string, moved: boolean): string | null {
  if (server !== answering) return `it read server ${server}, and ${answering} answers`;
  return moved ? "some of its tables were copied from another source" : null;
}

const needsNewEpoch = (why: string): PositionLostError =>
  new PositionLostError(
    `change capture cannot go on (${why}): every table needs a new copy, run 'millrace snapshot --resync' without --tables`,
  );

/**
 * The highest epoch in which one of the tables was copied from another source; where this source has no checkpoint,
 * from any. Their rows would beat what is read now, whatever it says.
 */
async function epochBefore(request: StartRequest, unstarted: boolean, state: ObjectStore): Promise<number> {
  const copies = await Promise.all(request.definitions.map((table) => readPlanned(state, qualifiedName(table))));
  const elsewhere = copies.filter(
    (copy) => copy !== null && (unstarted || (copy.source !== undefined && copy.source !== request.sourceName)),
  );
  return Math.max(0, ...elsewhere.map((copy) => copy?.anchor.epoch ?? 0));
}
