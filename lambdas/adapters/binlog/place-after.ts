import type { LogPlace } from "../../core/capture-ports.ts";
import { PositionLostError } from "../../core/errors.ts";
import type { ServerIdentity } from "../mysql/server.ts";
import { openSession } from "../mysql/session.ts";
import type { MysqlSession } from "../mysql/session.ts";
import type { MysqlTarget } from "../mysql/target.ts";
import { hasTags } from "./anchor.ts";
import { streamBinlog } from "./dump.ts";
import { gtidTracker } from "./gtid-tracker.ts";

export interface PlaceAfterRequest {
  readonly target: MysqlTarget;
  readonly session: MysqlSession;
  readonly identity: ServerIdentity;
  /** Server id for the short reading of the log. */
  readonly replicaId: number;
}

/**
 * Where this server's log goes on after transactions that another one has given: asked for as a replica asks that has
 * executed them. Waits for the first transaction behind them, or for the heartbeat that says where the log ends.
 * @param gtid a set (MySQL) or position (MariaDB); members of one domain or server may repeat, the later one counts
 * @throws PositionLostError when the server lacks one of them, or what follows them is purged
 */
export async function placeAfter(request: PlaceAfterRequest, gtid: string): Promise<LogPlace> {
  const { flavour } = request.identity;
  const set = gtidTracker(flavour, gtid).text();
  if (flavour === "mysql") {
    if (hasTags(set)) throw new PositionLostError("tagged GTIDs cannot be asked for");
    await requireHistory(request.session, set);
  }
  const session = await openSession(request.target);
  const stream = streamBinlog({ session, flavour, serverId: request.replicaId, from: { gtid: set } });
  for await (const events of stream) {
    for (const event of events) {
      if (event.kind === "begin") return event.start;
      if (event.kind === "heartbeat") return event.next;
    }
  }
  throw new PositionLostError(`the server's log ended before it said where it goes on after ${set}`);
}

/** MySQL notices by itself only transactions that it lacks under its own name, and says little of what it purged. */
async function requireHistory(session: MysqlSession, set: string): Promise<void> {
  const text = `'${set.replaceAll("'", "")}'`;
  const [row] = await session.query(
    `SELECT @@gtid_mode AS mode, GTID_SUBTRACT(${text}, @@gtid_executed) AS missing, GTID_SUBTRACT(@@gtid_purged, ${text}) AS purged`,
  );
  if (row?.mode !== "ON") throw new PositionLostError("it has no GTIDs (gtid_mode = ON)");
  const clean = (value: string | null | undefined): string => (value ?? "").replace(/\s/g, "");
  if (clean(row.missing) !== "") throw new PositionLostError(`it never got ${clean(row.missing)}, which was captured`);
  if (clean(row.purged) !== "") throw new PositionLostError(`it has purged ${clean(row.purged)} from its log`);
}
