import { crc32 } from "node:zlib";
import { PositionLostError } from "../../core/errors.ts";
import { ByteReader } from "../mysql/values/byte-reader.ts";
import { BinlogCorruptError, BinlogUnsupportedError, RESYNC_ALL, THEN_RESYNC } from "./errors.ts";
import { EVENT, FLAG, HARMLESS, ROWS_EVENTS } from "./event-types.ts";
import type { RowsKind } from "./event-types.ts";
import type { BinlogEvent, LogPosition } from "./events.ts";
import { readMariadbGtid, readMysqlGtid } from "./gtid.ts";
import type { GtidInfo } from "./gtid.ts";
import { readQuery } from "./query-event.ts";
import { DUMMY_TABLE_ID, readRowsEvent, rowsTableId } from "./rows-event.ts";
import { readStatement } from "./statement.ts";
import { TableCache } from "./table-cache.ts";

const HEADER = 19;
const CHECKSUM = 4;
const TWO_32 = 2 ** 32;

interface Header {
  readonly timestamp: number;
  readonly type: number;
  readonly serverId: number;
  readonly size: number;
  readonly logPos: number;
  readonly flags: number;
}

interface Transaction {
  readonly start: LogPosition;
  readonly info: GtidInfo;
  readonly committedMicros: number;
  readonly serverId: number;
  /** Ended by COMMIT or XID; otherwise the next statement is the whole of it. */
  explicit: boolean;
  rows: boolean;
}

/**
 * Turns the server's events into positions, transactions and row changes. Keeps what events mean to each other: table
 * maps, the open transaction, and the position, which is added up because headers wrap at 4 GiB.
 */
export class BinlogDecoder {
  /** Where the next event starts. */
  file: string;
  pos: number;
  private checksum: boolean | null = null;
  private transaction: Transaction | null = null;
  private readonly tables = new TableCache();

  constructor(from: LogPosition) {
    this.file = from.file;
    this.pos = from.pos;
  }

  /** Decodes one event and appends what it means to `into` (nothing, one, or a statement and its commit). */
  decode(buf: Buffer, start: number, end: number, into: BinlogEvent[]): void {
    const header = readHeader(buf, start, end);
    const bodyEnd = end - this.checksumLength(buf, start, end, header.type);
    const artificial = header.logPos === 0 || (header.flags & FLAG.artificial) !== 0;
    const place: LogPosition = { file: this.file, pos: this.advance(header, artificial) };
    this.dispatch(header, buf, start + HEADER, bodyEnd, place, artificial, into);
  }

  /** Moves past the event. @returns where it started */
  private advance(header: Header, artificial: boolean): number {
    if (artificial || header.type === EVENT.heartbeat || header.type === EVENT.heartbeatV2) return this.pos;
    const end = this.whole(header.logPos, this.pos + header.size);
    this.pos = end;
    return end - header.size;
  }

  /** The smallest position from `least` on whose low 32 bits are those of the header. */
  private whole(low: number, least: number): number {
    const wraps = Math.floor(least / TWO_32);
    const same = wraps * TWO_32 + low;
    return same >= least ? same : same + TWO_32;
  }

  /**
   * Length of the event's checksum, verified. Until the format description says whether events carry one, the event
   * itself tells: its last four bytes are its CRC or they are not.
   */
  private checksumLength(buf: Buffer, start: number, end: number, type: number): number {
    if (this.checksum === false) return type === EVENT.formatDescription ? CHECKSUM : 0;
    const has =
      end - start >= HEADER + CHECKSUM &&
      crc32(buf.subarray(start, end - CHECKSUM)) === buf.readUInt32LE(end - CHECKSUM);
    if (type === EVENT.formatDescription) {
      this.checksum = buf[end - CHECKSUM - 1] === 1;
      if (this.checksum && !has) throw this.badChecksum();
      return CHECKSUM;
    }
    if (this.checksum === true && !has) throw this.badChecksum();
    return has ? CHECKSUM : 0;
  }

  private badChecksum(): BinlogCorruptError {
    return new BinlogCorruptError(
      `The event after ${this.file}:${this.pos} does not match its checksum: if the next runs meet it too, the log is damaged; ${RESYNC_ALL}`,
    );
  }

  private dispatch(
    header: Header,
    buf: Buffer,
    at: number,
    end: number,
    place: LogPosition,
    artificial: boolean,
    into: BinlogEvent[],
  ): void {
    const rows = ROWS_EVENTS.get(header.type);
    if (rows !== undefined) {
      this.onRows(rows, header, buf.subarray(at, end), place, into);
      return;
    }
    const body = new ByteReader(buf, at, end);
    switch (header.type) {
      case EVENT.tableMap:
        this.tables.add(buf.subarray(at, end));
        return;
      case EVENT.gtid:
      case EVENT.anonymousGtid: {
        this.begin(header, readMysqlGtid(body, header.type === EVENT.anonymousGtid), false, place, into);
        return;
      }
      case EVENT.taggedGtid: {
        // Its own serialisation; the tag matters to GTID sets, which capture by file and position does not need.
        this.begin(header, { gtid: null, committedMicros: null, standalone: false }, false, place, into);
        return;
      }
      case EVENT.mariadbGtid: {
        // Whatever a fork calls itself, only MariaDB writes these.
        this.tables.flavour = "mariadb";
        const info = readMariadbGtid(body, header.serverId);
        this.begin(header, info, !info.standalone, place, into);
        return;
      }
      case EVENT.query:
      case EVENT.mariadbQueryCompressed: {
        this.onQuery(header, body, place, into);
        return;
      }
      case EVENT.xid: {
        this.commit(into);
        return;
      }
      case EVENT.xaPrepare:
        if (body.u8() === 1) {
          this.commit(into);
          return;
        }
        throw this.prepared("prepared", place);
      case EVENT.rotate: {
        this.onRotate(body, artificial, into);
        return;
      }
      case EVENT.formatDescription: {
        // Its second field is the server's version, 50 bytes.
        const version = buf.toString("latin1", at + 2, Math.min(at + 52, end));
        this.tables.flavour = /mariadb/i.test(version) ? "mariadb" : "mysql";
        into.push({ kind: "file", file: this.file, created: header.timestamp });
        return;
      }
      case EVENT.heartbeat:
      case EVENT.heartbeatV2:
        if (header.logPos > 0) this.pos = this.whole(header.logPos, this.pos);
        into.push({ kind: "heartbeat", next: { file: this.file, pos: this.pos } });
        return;
      case EVENT.incident:
        throw new PositionLostError(
          `The source's log reports at ${place.file}:${place.pos} that events are lost (INCIDENT). All tables are resynced`,
        );
      case EVENT.transactionPayload:
        throw new BinlogUnsupportedError(
          `The source compresses its log at ${place.file}:${place.pos}: SET GLOBAL binlog_transaction_compression = OFF (sessions too), ${THEN_RESYNC}`,
        );
      case EVENT.partialUpdateRows:
        throw new BinlogUnsupportedError(
          `The source logs partial JSON at ${place.file}:${place.pos}: SET GLOBAL binlog_row_value_options = '' (sessions too), ${THEN_RESYNC}`,
        );
      default:
        if (HARMLESS.has(header.type) || (header.flags & FLAG.ignorable) !== 0) return;
        throw new BinlogUnsupportedError(
          `The event at ${place.file}:${place.pos} has type ${header.type}, which this version does not know: keep the server from writing it, ${THEN_RESYNC}`,
        );
    }
  }

  private begin(header: Header, info: GtidInfo, explicit: boolean, start: LogPosition, into: BinlogEvent[]): void {
    const committedMicros = info.committedMicros ?? header.timestamp * 1e6;
    const { serverId } = header;
    this.transaction = { start, info, committedMicros, serverId, explicit, rows: false };
    into.push({ kind: "begin", start, gtid: info.gtid, serverId, committedMicros });
  }

  private commit(into: BinlogEvent[]): void {
    this.transaction = null;
    into.push({ kind: "commit", next: { file: this.file, pos: this.pos } });
  }

  private prepared(what: "prepared" | "committed", { file, pos }: LogPosition): BinlogUnsupportedError {
    return new BinlogUnsupportedError(
      `The source ${what} a distributed transaction (XA) at ${file}:${pos}; whether prepared rows are committed does not show in time: end all that are prepared (XA RECOVER lists them), keep applications from XA, ${THEN_RESYNC}`,
    );
  }

  private onRows(kind: RowsKind, header: Header, body: Buffer, start: LogPosition, into: BinlogEvent[]): void {
    const id = rowsTableId(body);
    const table = this.tables.get(id);
    if (table === undefined) {
      if (id === DUMMY_TABLE_ID) return;
      throw new BinlogCorruptError(
        `Rows at ${start.file}:${start.pos} belong to table ${id}, which was not described: ${RESYNC_ALL}`,
      );
    }
    const transaction = this.transaction;
    if (transaction !== null) transaction.rows = true;
    into.push(
      readRowsEvent(kind, body, table, {
        start,
        serverId: header.serverId,
        gtid: transaction?.info.gtid ?? null,
        committedMicros: transaction?.committedMicros ?? header.timestamp * 1e6,
      }),
    );
  }

  private onQuery(header: Header, body: ByteReader, start: LogPosition, into: BinlogEvent[]): void {
    const query = readQuery(body, header.type === EVENT.mariadbQueryCompressed);
    const control = query.control;
    if (control === "begin") {
      if (this.transaction === null) {
        this.begin(header, { gtid: null, committedMicros: null, standalone: false }, true, start, into);
      } else this.transaction.explicit = true;
      return;
    }
    if (control === "commit") {
      this.commit(into);
      return;
    }
    if (control === "commit-prepared") {
      // Its rows came with the prepare, which lies before the place that reading began at: no copy from there shows them.
      if (this.transaction?.rows !== true) throw this.prepared("committed", start);
      this.commit(into);
      return;
    }
    if (control === "rollback") {
      if (this.transaction?.rows === true) {
        throw new BinlogUnsupportedError(
          `The transaction at ${this.transaction.start.file}:${this.transaction.start.pos} was logged and rolled back: it mixes transactional and other tables; convert the others to InnoDB, ${THEN_RESYNC}`,
        );
      }
      this.commit(into);
      return;
    }
    if (control === "savepoint") return;
    if (this.transaction === null) {
      this.begin(header, { gtid: null, committedMicros: null, standalone: true }, false, start, into);
    }
    into.push({
      kind: "ddl",
      start,
      // Inside a transaction nothing may resume after the statement: the rest would come without its beginning.
      next: this.transaction?.explicit === true ? this.transaction.start : { file: this.file, pos: this.pos },
      statement: readStatement(query.sql, query.database),
      sql: query.sql,
      serverId: header.serverId,
      committedMicros: this.transaction?.committedMicros ?? header.timestamp * 1e6,
      gtid: this.transaction?.info.gtid ?? null,
    });
    if (this.transaction?.explicit !== true) this.commit(into);
  }

  /** Real ones end a file; artificial ones open the dump and name the file and position it starts at. */
  private onRotate(body: ByteReader, artificial: boolean, into: BinlogEvent[]): void {
    const pos = body.u64();
    const file = body.utf8(body.left);
    if (artificial && file === this.file) {
      this.pos = Math.max(this.pos, pos);
      return;
    }
    this.file = file;
    this.pos = pos;
    into.push({ kind: "rotate", next: { file, pos } });
  }
}

function readHeader(buf: Buffer, start: number, end: number): Header {
  const reader = new ByteReader(buf, start, end);
  const timestamp = reader.u32();
  const type = reader.u8();
  const serverId = reader.u32();
  const size = reader.u32();
  const logPos = reader.u32();
  const flags = reader.u16();
  if (size !== end - start) throw new BinlogCorruptError(`an event of ${end - start} bytes that says it has ${size}`);
  return { timestamp, type, serverId, size, logPos, flags };
}
