import type { SourceDatabase } from "../core/capture-ports.ts";
import type { Checkpoint } from "../core/checkpoint.ts";
import { PositionLostError } from "../core/errors.ts";
import { METRICS } from "../core/metrics.ts";
import type { ObjectStore, Telemetry } from "../core/ports.ts";
import { readCopied, readPlanned } from "../core/table-facts.ts";
import { comparePositions } from "../core/version.ts";
import type { Lease } from "./lease.ts";

export interface FailoverPorts {
  readonly state: Pick<ObjectStore, "get">;
  readonly telemetry: Telemetry;
}

type Source = Pick<SourceDatabase, "placeAfter">;

/**
 * Another server answers than the one that was read. Where it has every transaction that was published, capture goes on
 * behind them, in a new epoch: places of two servers do not compare. What the checkpoint says must be the whole of what
 * was published, because a transaction that the new server never got would stay in the mirror for good.
 *
 * @param tables qualified names of what is captured
 *
 * Safe to repeat because the new place is saved before anything is read there.
 * @throws PositionLostError when that is not so, or cannot be known; every table is then resynced
 */
export async function followFailover(
  source: Source,
  server: string,
  lease: Lease,
  tables: readonly string[],
  { state, telemetry }: FailoverPorts,
): Promise<Checkpoint> {
  const { checkpoint } = lease;
  const ahead = await copiesAhead(checkpoint, tables, state);
  if (ahead.length > 0) {
    throw refusal(server, checkpoint, `copies of ${ahead.join(", ")} had read what was not captured yet`);
  }
  const place = await placeOn(source, server, checkpoint);
  const position = { epoch: checkpoint.position.epoch + 1, file: place.file, pos: place.pos };
  const moved = { position, created: null, sent: null, server } as const;
  const { gtid, committedAt } = checkpoint;
  await lease.save({ ...moved, gtid, committedAt });
  telemetry.metric(METRICS.failovers, 1, "Count");
  telemetry.warn("the source failed over: capture goes on at another server, in a new epoch", {
    ...{ from: checkpoint.server, to: server, gtid, ...position },
  });
  return { ...checkpoint, ...moved };
}

const refusal = (server: string, checkpoint: Checkpoint, why: string, cause?: unknown): PositionLostError =>
  new PositionLostError(`server ${server} answers instead of ${checkpoint.server}, and ${why}`, {
    kind: "failover",
    cause,
  });

/**
 * Tables whose newest copy may show transactions that the checkpoint does not hold: it was still being read, or had been
 * read beyond the checkpoint's place.
 */
async function copiesAhead(
  { position }: Checkpoint,
  tables: readonly string[],
  state: FailoverPorts["state"],
): Promise<readonly string[]> {
  const isAhead = async (table: string): Promise<boolean> => {
    const [planned, copied] = await Promise.all([readPlanned(state, table), readCopied(state, table)]);
    if (planned === null || planned.anchor.epoch !== position.epoch) return false;
    const isRead = copied !== null && copied.snapshotId === planned.snapshotId;
    return !isRead || (copied.end !== undefined && comparePositions(copied.end, position) > 0);
  };
  const found = await Promise.all(tables.map(isAhead));
  return tables.filter((_, i) => found[i]);
}

async function placeOn(source: Source, server: string, checkpoint: Checkpoint): ReturnType<Source["placeAfter"]> {
  const { gtid, sent, ahead, lost } = checkpoint;
  const refuse = (why: string, cause?: unknown): PositionLostError => refusal(server, checkpoint, why, cause);
  if (lost !== undefined) throw refuse(`capture had lost its place before: ${lost}`);
  if (gtid === null) throw refuse("without GTIDs (gtid_mode = ON) the place in its log is not known");
  if (ahead === true) throw refuse("the run that read the former one ended without saying how far it got");
  if (sent !== null && sent.gtid == null) throw refuse("a transaction without GTID was sent in part");
  try {
    // A transaction sent in part is not in the set; it is sent again, whole, if only the server has it.
    if (sent?.gtid != null) await source.placeAfter(`${gtid},${sent.gtid}`);
    return await source.placeAfter(gtid);
  } catch (error) {
    if (error instanceof PositionLostError) throw refuse(error.message, error);
    throw error;
  }
}
