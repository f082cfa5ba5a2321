import { PositionLostError } from "../../core/errors.ts";
import { MysqlConnectionError, MysqlProtocolError, MysqlServerError } from "../mysql/errors.ts";
import type { MysqlSession } from "../mysql/session.ts";
import { BinlogDecoder } from "./decoder.ts";
import { BinlogUnsupportedError } from "./errors.ts";
import type { BinlogEvent, LogPosition } from "./events.ts";

const COM_BINLOG_DUMP = 0x12;
const COM_REGISTER_SLAVE = 0x15;
const COM_BINLOG_DUMP_GTID = 0x1e;
const FLAG_NON_BLOCK = 0x01;
const MAX_U32 = 0xffffffff;
/** Longest silence of a living server; heartbeats come every second or so. */
const SILENCE_MS = 60_000;
/** The server's "fatal error reading the binary log"; its text says which. */
const ER_FATAL_BINLOG = 1236;
/** A position after the transactions of a GTID set; MySQL then finds file and position itself. */
export interface GtidStart {
  /** MySQL: executed set, `uuid:1-5,...`. MariaDB: `domain-server-sequence,...`. */
  readonly gtid: string;
}

export interface BinlogOptions {
  /** A session of its own: the dump uses it up. */
  readonly session: MysqlSession;
  readonly flavour: "mysql" | "mariadb";
  /** Replication server id: unique among the source's replicas; two runs that overlap use different ones. */
  readonly serverId: number;
  /** `pos` is the start of a transaction (or of the file, 4). */
  readonly from: LogPosition | GtidStart;
  /** The server says where it is when nothing happened for so long. */
  readonly heartbeatMs?: number;
  /** End at the log's current end instead of waiting for more. */
  readonly untilEnd?: boolean;
  /** Stops the stream; what was delivered stays delivered. */
  readonly signal?: AbortSignal;
}

/** A place may carry a GTID besides: the file decides. */
const isPlace = (from: BinlogOptions["from"]): from is LogPosition => "file" in from;

/** Asked of the server by user variables, before the dump: how it sends checksums, heartbeats, GTIDs. */
async function introduce(options: BinlogOptions): Promise<void> {
  const { session } = options;
  const nanoseconds = (options.heartbeatMs ?? 1000) * 1_000_000;
  await session.query(
    "SET @master_binlog_checksum = @@global.binlog_checksum, @source_binlog_checksum = @@global.binlog_checksum",
  );
  await session.query(`SET @master_heartbeat_period = ${nanoseconds}, @source_heartbeat_period = ${nanoseconds}`);
  if (options.flavour === "mariadb") {
    // 4: understands GTID events, annotate events and binlog checkpoints (rpl_constants.h).
    await session.query("SET @mariadb_slave_capability = 4");
    if (!isPlace(options.from)) {
      // Otherwise it passes over a transaction that it has not got, if a later one has a higher number.
      await session.query("SET @slave_gtid_strict_mode = 1, @slave_gtid_ignore_duplicates = 0");
      await session.query(`SET @slave_connect_state = '${options.from.gtid.replaceAll("'", "")}'`);
    }
  }
  const register = Buffer.alloc(18);
  register.writeUInt32LE(options.serverId, 0);
  session.command(COM_REGISTER_SLAVE, register);
  await session.expectOk(options.signal);
}

function dumpByPosition(session: MysqlSession, from: LogPosition, flags: number, serverId: number): void {
  if (from.pos > MAX_U32) {
    throw new BinlogUnsupportedError(
      `The server cannot be asked for position ${from.pos} of ${from.file}: above 4 GiB. Resync all tables with \`millrace snapshot --resync\`, and keep the log's files below that (max_binlog_size)`,
    );
  }
  const body = Buffer.alloc(10 + Buffer.byteLength(from.file));
  body.writeUInt32LE(from.pos, 0);
  body.writeUInt16LE(flags, 4);
  body.writeUInt32LE(serverId, 6);
  body.write(from.file, 10, "utf8");
  session.command(COM_BINLOG_DUMP, body);
}

/** Encodes a set such as `3e11fa47-...:1-5:7,...` as COM_BINLOG_DUMP_GTID carries it (Gtid_set::encode). */
export function encodeGtidSet(set: string): Buffer {
  const members = set
    .split(",")
    .map((m) => m.trim())
    .filter((m) => m !== "");
  const parts: Buffer[] = [];
  const count = Buffer.alloc(8);
  count.writeBigUInt64LE(BigInt(members.length));
  parts.push(count);
  for (const member of members) {
    const [uuid = "", ...intervals] = member.split(":");
    const sid = Buffer.from(uuid.replaceAll("-", ""), "hex");
    if (sid.length !== 16 || intervals.length === 0 || !intervals.every((i) => /^\d+(-\d+)?$/.test(i))) {
      throw new BinlogUnsupportedError(`'${member}' is not a GTID set that can be sent: uuid:first-last is needed`);
    }
    const body = Buffer.alloc(8 + intervals.length * 16);
    body.writeBigUInt64LE(BigInt(intervals.length));
    intervals.forEach((interval, i) => {
      const [first = "", last = first] = interval.split("-");
      body.writeBigUInt64LE(BigInt(first), 8 + i * 16);
      body.writeBigUInt64LE(BigInt(last) + 1n, 16 + i * 16);
    });
    parts.push(sid, body);
  }
  return Buffer.concat(parts);
}

function dumpByGtid(options: BinlogOptions, gtid: string, flags: number): void {
  if (options.flavour === "mariadb") {
    dumpByPosition(options.session, { file: "", pos: 4 }, flags, options.serverId);
    return;
  }
  const set = encodeGtidSet(gtid);
  const head = Buffer.alloc(22);
  head.writeUInt16LE(flags | 0x04, 0);
  head.writeUInt32LE(options.serverId, 2);
  head.writeUInt32LE(0, 6);
  head.writeBigUInt64LE(4n, 10);
  head.writeUInt32LE(set.length, 18);
  options.session.command(COM_BINLOG_DUMP_GTID, Buffer.concat([head, set]));
}

const LOST =
  /purged|first log file|position\s*>\s*file size|impossible position|could not find|missing|not in the|slave.*requested|replica.*requested/i;

function dumpError(error: unknown, from: BinlogOptions["from"]): unknown {
  if (!(error instanceof MysqlServerError)) return error;
  const where = isPlace(from) ? `${from.file}:${from.pos}` : `GTID ${from.gtid}`;
  if ((error.code === ER_FATAL_BINLOG || error.code === 1373 || error.code === 1220) && LOST.test(error.message)) {
    return new PositionLostError(
      `The source's log no longer holds ${where} (${error.message}). Resync the tables; raise binlog_expire_logs_seconds so that capture can be away for longer`,
      { cause: error },
    );
  }
  return error;
}

/**
 * Streams the source's log: an array of events for the bytes at hand each time, so that the consumer pays one await per
 * read and not per event. Pulling is the back-pressure. Ends when the signal aborts, or at the end with `untilEnd`.
 *
 * @throws PositionLostError when the start was purged or the log itself reports a loss, BinlogUnsupportedError, BinlogCorruptError,
 * MysqlConnectionError (retryable) when the connection breaks
 */
export async function* streamBinlog(options: BinlogOptions): AsyncGenerator<readonly BinlogEvent[], void, undefined> {
  const { session, from, signal } = options;
  const flags = options.untilEnd === true ? FLAG_NON_BLOCK : 0;
  // The server speaks at every heartbeat: a connection that stays silent is dead, whatever TCP says.
  let waitingSince = Infinity;
  const watch = setInterval(() => {
    if (Date.now() - waitingSince > SILENCE_MS) session.destroy();
  }, SILENCE_MS / 10);
  try {
    await introduce(options);
    if (isPlace(from)) dumpByPosition(session, from, flags, options.serverId);
    else dumpByGtid(options, from.gtid, flags);
    const decoder = new BinlogDecoder(isPlace(from) ? from : { file: "", pos: 4 });
    const { packets } = session;
    for (;;) {
      const events: BinlogEvent[] = [];
      while (packets.next()) {
        const { buf, start, end } = packets;
        const first = buf[start];
        if (first === 0xfe && end - start < 9) {
          if (events.length > 0) yield events;
          if (options.untilEnd === true) return;
          throw new MysqlConnectionError("The source ended the binlog stream");
        }
        if (first === 0xff && events.length > 0) {
          // What came before the error is whole, and may say more about it than the error does.
          yield events.splice(0);
        }
        session.raiseIfError();
        if (first !== 0) throw new MysqlProtocolError(`0x${(first ?? 0).toString(16)} opens no binlog packet`);
        decoder.decode(buf, start + 1, end, events);
      }
      if (events.length > 0) yield events;
      waitingSince = Date.now();
      if (!(await packets.more(signal))) return;
      waitingSince = Infinity;
    }
  } catch (error) {
    throw dumpError(error, from);
  } finally {
    clearInterval(watch);
    session.destroy();
  }
}
