import { setTimeout as sleep } from "node:timers/promises";
import type { Anchor, LogPlace } from "../../core/capture-ports.ts";
import { ConfigurationError, TransientError } from "../../core/errors.ts";
import { MysqlServerError } from "../mysql/errors.ts";
import { executedGtid, logStatus } from "../mysql/log-place.ts";
import type { LogStatus } from "../mysql/log-place.ts";
import type { ServerIdentity } from "../mysql/server.ts";
import { openSession } from "../mysql/session.ts";
import type { MysqlSession } from "../mysql/session.ts";
import type { MysqlTarget } from "../mysql/target.ts";
import { streamBinlog } from "./dump.ts";

type Found = LogStatus & { readonly facility: Anchor["facility"] };

export interface AnchorRequest {
  readonly target: MysqlTarget;
  readonly session: MysqlSession;
  readonly identity: ServerIdentity;
  /** How long to wait for open transactions where the server has nothing better. */
  readonly patienceMs: number;
  /** Server id for the short reading of the log that finds a GTID set's position. */
  readonly replicaId: number;
  /** Facilities to try, best first. @default all */
  readonly facilities?: readonly Anchor["facility"][];
}

/** Denied, or unknown to this version: the next facility is tried. */
const NOT_HERE = new Set([1044, 1142, 1143, 1146, 1193, 1227, 1370]);
/** InnoDB renews innodb_trx only when nobody has read it for 100 ms. */
const TRX_CACHE_MS = 150;

/**
 * MariaDB: the position that belongs to a consistent snapshot, exact. Reads that start later see at least as much. Only
 * REPEATABLE READ, which every session has, gives such a snapshot.
 */
async function binlogSnapshot({ session }: AnchorRequest): Promise<Found | null> {
  await session.query("START TRANSACTION WITH CONSISTENT SNAPSHOT");
  try {
    const rows = await session.query("SHOW STATUS LIKE 'binlog_snapshot_%'");
    const value = (name: string): string => rows.find((r) => r.Variable_name?.toLowerCase() === name)?.Value ?? "";
    const file = value("binlog_snapshot_file");
    const pos = Number(value("binlog_snapshot_position"));
    if (file === "" || !(pos > 0)) return null;
    const [row] = await session.query(`SELECT BINLOG_GTID_POS('${file.replaceAll("'", "")}', ${pos}) AS gtid`);
    return { file, pos, gtid: row?.gtid ?? null, facility: "binlog_snapshot" };
  } finally {
    await session.query("COMMIT");
  }
}

/**
 * MySQL with GTIDs: `gtid_executed` holds what is committed in the engine and visible, in whatever order the log has it.
 * The anchor is the first transaction of the log that is not in it: everything before is visible.
 */
async function gtidExecuted(request: AnchorRequest): Promise<Found | null> {
  const gtid = await executedGtid(request.session, request.identity.flavour);
  // Tagged GTIDs (MySQL 8.3 and later) have a form of their own in the dump's request, which is not spoken here.
  if (gtid === null || hasTags(gtid) || request.identity.flavour !== "mysql") return null;
  return { ...(await firstOutside(request, gtid)), gtid, facility: "gtid_executed" };
}

/** `uuid:1-5:backup:1-2`: names between the intervals. */
export const hasTags = (gtid: string): boolean =>
  gtid.split(",").some((member) =>
    member
      .split(":")
      .slice(1)
      .some((part) => !/^\d+(-\d+)?$/.test(part)),
  );

/** Asks for the log as a replica that has executed `gtid`. */
async function firstOutside(request: AnchorRequest, gtid: string): Promise<LogPlace> {
  const session = await openSession(request.target);
  const { flavour } = request.identity;
  let place: LogPlace | null = null;
  const stream = streamBinlog({ session, flavour, serverId: request.replicaId, from: { gtid }, untilEnd: true });
  for await (const events of stream) {
    for (const event of events) {
      if (event.kind === "begin") return event.start;
      if (event.kind === "heartbeat" || event.kind === "rotate" || event.kind === "commit") place = event.next;
    }
  }
  return place ?? (await logStatus(request.session, flavour));
}

/** MySQL with BACKUP_ADMIN: log and engine as they agree at one moment, under the server's own short locks. */
async function logStatusTable({ session, identity }: AnchorRequest): Promise<Found | null> {
  if (identity.flavour !== "mysql") return null;
  const [row] = await session.query(
    "SELECT LOCAL->>'$.binary_log_file' AS file, LOCAL->>'$.binary_log_position' AS pos, LOCAL->>'$.gtid_executed' AS gtid FROM performance_schema.log_status",
  );
  if (row?.file === undefined || row.file === null) return null;
  const gtid = row.gtid === null || row.gtid === undefined || row.gtid === "" ? null : row.gtid.replace(/\s/g, "");
  return { file: row.file, pos: Number(row.pos), gtid, facility: "log_status" };
}

/**
 * Anywhere: the position, then a wait until every transaction that was open after it was taken has ended. One that was
 * between log and engine at that moment is among them.
 */
async function afterOpenTransactions({ session, identity, patienceMs }: AnchorRequest): Promise<Found> {
  const place = await logStatus(session, identity.flavour);
  const deadline = Date.now() + patienceMs;
  await sleep(TRX_CACHE_MS);
  const before = await openTransactions(session);
  for (let now = before; [...before].some((id) => now.has(id)); now = await openTransactions(session)) {
    if (Date.now() > deadline) {
      throw new TransientError(
        "Transactions that were open when the snapshot began are still open: end them (information_schema.innodb_trx lists them), then start again",
      );
    }
    await sleep(TRX_CACHE_MS);
  }
  return { ...place, facility: "innodb_trx" };
}

async function openTransactions(session: MysqlSession): Promise<Set<string>> {
  try {
    const rows = await session.query(
      "SELECT trx_mysql_thread_id AS thread, trx_started AS started FROM information_schema.innodb_trx WHERE trx_mysql_thread_id <> CONNECTION_ID()",
    );
    return new Set(rows.map((row) => `${row.thread ?? ""} ${row.started ?? ""}`));
  } catch (error) {
    if (error instanceof MysqlServerError && NOT_HERE.has(error.code)) {
      throw new ConfigurationError(
        "The capture's user may not see open transactions, and the server offers nothing better for an exact start. Run: GRANT PROCESS ON *.* TO that user",
        { cause: error },
      );
    }
    throw error;
  }
}

const FACILITIES: Readonly<Record<Anchor["facility"], (request: AnchorRequest) => Promise<Found | null>>> = {
  binlog_snapshot: async (request) => (request.identity.flavour === "mariadb" ? binlogSnapshot(request) : null),
  gtid_executed: gtidExecuted,
  log_status: logStatusTable,
  innodb_trx: afterOpenTransactions,
};

const BEST_FIRST: readonly Anchor["facility"][] = ["binlog_snapshot", "gtid_executed", "log_status", "innodb_trx"];

/**
 * A position all of whose transactions are visible to reads that begin afterwards, by the best facility that the server
 * has (docs/ARCHITECTURE.md); the result names it.
 */
export async function takeAnchor(request: AnchorRequest, takenAt: number): Promise<Anchor> {
  const { server, serverId, flavour } = request.identity;
  for (const facility of request.facilities ?? BEST_FIRST) {
    try {
      const found = await FACILITIES[facility](request);
      if (found !== null) return { ...found, server, serverId, flavour, takenAt };
    } catch (error) {
      if (!(error instanceof MysqlServerError && NOT_HERE.has(error.code))) throw error;
    }
  }
  throw new ConfigurationError("The source offers no way to find an exact start for a snapshot");
}
