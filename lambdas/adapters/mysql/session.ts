import { MysqlProtocolError, MysqlServerError } from "./errors.ts";
import type { MysqlTarget } from "./target.ts";
import { ByteReader } from "./values/byte-reader.ts";
import type { ByteStream } from "./wire/byte-stream.ts";
import { readColumnDefinition } from "./wire/column-definition.ts";
import type { ColumnDefinition } from "./wire/column-definition.ts";
import { connectWire } from "./wire/connect.ts";
import { PacketReader } from "./wire/packets.ts";

const COM_QUIT = 0x01;
const COM_QUERY = 0x03;
const OK = 0x00;
const EOF = 0xfe;
const ERR = 0xff;
const NULL_FIELD = 0xfb;
const EOF_LENGTH = 9;

/** A row of a small result: text of each column by its name as selected, null for NULL. */
export type TextRow = Readonly<Record<string, string | null>>;

/** Takes one row, `buf[start, end)` in the text protocol; a view, valid during the call only. */
export type OnRow = (buf: Buffer, start: number, end: number) => void;

/** A result being read. Rows that are not pulled stay with the server. */
export interface RowStream {
  readonly columns: readonly ColumnDefinition[];
  /** Hands on the rows at hand, waiting for some. @returns false after the last */
  next(onRow: OnRow): Promise<boolean>;
}

/**
 * Statements that make results the same everywhere (docs/TYPES.md): UTC, own character sets kept, no CHAR padding. What
 * a session would take over from the server's global settings may not cost rows either: a limit on SELECT ends a chunk
 * as if the table ended there, READ UNCOMMITTED shows rows that are rolled back, and without autocommit the first read
 * would fix what all later ones see.
 */
const SESSION_SETUP = [
  "SET NAMES utf8mb4, character_set_results = NULL, time_zone = '+00:00', sql_mode = '', net_write_timeout = 600, net_read_timeout = 600, wait_timeout = 3600, group_concat_max_len = 1048576, sql_select_limit = 18446744073709551615, autocommit = 1",
  // Apart: the variable is tx_isolation on MariaDB and transaction_isolation on MySQL 8; this works on both.
  "SET SESSION TRANSACTION ISOLATION LEVEL REPEATABLE READ",
];

/** One connection to the server; one statement at a time. */
export class MysqlSession {
  readonly packets: PacketReader;
  private readonly stream: ByteStream;

  constructor(stream: ByteStream) {
    this.stream = stream;
    this.packets = new PacketReader(stream);
  }

  /** Sends one command packet (below 16 MB). */
  command(code: number, body: Buffer | string): void {
    const payload = typeof body === "string" ? Buffer.from(body, "utf8") : body;
    if (payload.length >= 0xfffffe) throw new MysqlProtocolError("a statement of 16 MB or more");
    const packet = Buffer.allocUnsafe(payload.length + 5);
    packet.writeUIntLE(payload.length + 1, 0, 3);
    packet[3] = 0;
    packet[4] = code;
    payload.copy(packet, 5);
    this.stream.write(packet);
  }

  /** @throws MysqlServerError when the message at hand is an ERR packet */
  raiseIfError(): void {
    const { buf, start, end } = this.packets;
    if (end > start && buf[start] === ERR) throw serverError(buf, start, end);
  }

  /** Waits for the answer to a command that has no result. */
  async expectOk(signal?: AbortSignal): Promise<void> {
    await this.packets.message(signal);
    this.raiseIfError();
    if (this.packets.buf[this.packets.start] !== OK) throw new MysqlProtocolError("an OK packet was expected");
  }

  /**
   * Runs a statement whose rows are pulled as they arrive.
   * @returns null when it has no result, or when the signal aborted (the connection is then closed)
   */
  async open(sql: string, signal?: AbortSignal): Promise<RowStream | null> {
    this.command(COM_QUERY, sql);
    const { packets } = this;
    if (!(await packets.message(signal))) return this.abandon();
    this.raiseIfError();
    if (packets.buf[packets.start] === OK) return null;
    const count = new ByteReader(packets.buf, packets.start, packets.end).packed();
    const columns: ColumnDefinition[] = [];
    for (let i = 0; i < count; i += 1) {
      if (!(await packets.message(signal))) return this.abandon();
      columns.push(readColumnDefinition(packets.buf, packets.start, packets.end));
    }
    if (!(await packets.message(signal))) return this.abandon();
    return { columns, next: (onRow) => this.rows(onRow, signal) };
  }

  private async rows(onRow: OnRow, signal: AbortSignal | undefined): Promise<boolean> {
    const { packets } = this;
    for (let any = false; ;) {
      while (packets.next()) {
        const { buf, start, end } = packets;
        const first = buf[start];
        if (first === ERR) throw serverError(buf, start, end);
        if (first === EOF && end - start < EOF_LENGTH) return false;
        any = true;
        onRow(buf, start, end);
      }
      if (any) return true;
      if (!(await packets.more(signal))) {
        this.abandon();
        return false;
      }
    }
  }

  private abandon(): null {
    this.stream.destroy();
    return null;
  }

  /** Runs a statement whose result is small. */
  async query(sql: string): Promise<readonly TextRow[]> {
    const rows: TextRow[] = [];
    const stream = await this.open(sql);
    if (stream === null) return rows;
    const names = stream.columns.map((column) => column.name);
    while (await stream.next((buf, start, end) => rows.push(readTextRow(names, buf, start, end))));
    return rows;
  }

  /** Drops the connection without a word: during a dump or a result the server would not listen. */
  destroy(): void {
    this.stream.destroy();
  }

  /** Says goodbye; safe to call more than once. */
  close(): void {
    this.command(COM_QUIT, "");
    this.stream.destroy();
  }
}

function serverError(buf: Buffer, start: number, end: number): MysqlServerError {
  const code = buf.readUInt16LE(start + 1);
  const marked = buf[start + 3] === 0x23;
  const state = marked ? buf.toString("latin1", start + 4, start + 9) : "HY000";
  return new MysqlServerError(code, state, buf.toString("utf8", start + (marked ? 9 : 3), end));
}

function readTextRow(names: readonly string[], buf: Buffer, start: number, end: number): TextRow {
  const reader = new ByteReader(buf, start, end);
  const row: Record<string, string | null> = {};
  for (const name of names) {
    if (buf[reader.pos] === NULL_FIELD) {
      reader.take(1);
      row[name] = null;
    } else {
      row[name] = reader.utf8(reader.packed());
    }
  }
  return row;
}

/**
 * Opens a session with the settings that exact reads need.
 * @throws MysqlAccessError, MysqlConnectionError
 */
export async function openSession(target: MysqlTarget): Promise<MysqlSession> {
  const session = new MysqlSession(await connectWire(target));
  for (const statement of SESSION_SETUP) await session.query(statement);
  return session;
}
