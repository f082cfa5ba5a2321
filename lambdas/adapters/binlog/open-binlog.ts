import type { BinlogEvent as CapturedEvent, DdlVerb, OpenBinlog, TableId } from "../../core/capture-ports.ts";
import type { Pseudonymise } from "../../core/personal-data.ts";
import { CorruptBytesError } from "../mysql/errors.ts";
import { identify, readCollations } from "../mysql/server.ts";
import { openSession } from "../mysql/session.ts";
import type { MysqlTarget } from "../mysql/target.ts";
import { CapturedTables } from "./captured-tables.ts";
import { streamBinlog } from "./dump.ts";
import { BinlogCorruptError, BinlogUnsupportedError, RESYNC_ALL, THEN_RESYNC } from "./errors.ts";
import type { BinlogEvent, DdlEvent, LogPosition } from "./events.ts";
import { gtidTracker } from "./gtid-tracker.ts";
import type { GtidTracker } from "./gtid-tracker.ts";
import { RowDecoder } from "./row-changes.ts";
import type { RowsEvent } from "./rows-event.ts";
import type { DdlStatement } from "./statement.ts";

export interface OpenBinlogSettings {
  /** Idle time after which the server says where it is. @default 1000 */
  readonly heartbeatMs?: number;
  /** End at the log's current end instead of waiting for more. @default false */
  readonly untilEnd?: boolean;
  readonly pseudonymise?: Pseudonymise;
}

const OPERATIONS = { insert: "c", update: "u", delete: "d" } as const;

const VERBS: Readonly<Record<DdlStatement["action"], DdlVerb>> = {
  truncate: "truncate",
  drop: "drop",
  dropDatabase: "drop",
  rename: "rename",
  create: "create",
  alter: "alter",
  partition: "alter",
  data: "other",
  other: "other",
};

/** Change capture's way into a MySQL or MariaDB binlog. Each call of the result opens a connection of its own. */
export function binlogOf(target: MysqlTarget, settings: OpenBinlogSettings = {}): OpenBinlog {
  return async function* (request) {
    const { session, flavour, foldsNames, collations } = await connect(target);
    const stream = streamBinlog({
      session,
      flavour,
      serverId: request.serverId,
      from: request.from,
      signal: request.signal,
      ...(settings.heartbeatMs === undefined ? {} : { heartbeatMs: settings.heartbeatMs }),
      ...(settings.untilEnd === undefined ? {} : { untilEnd: settings.untilEnd }),
    });
    const tracker = request.gtid === null ? null : gtidTracker(flavour, request.gtid);
    const captured = new CapturedTables(request.tables, foldsNames, settings.pseudonymise);
    const translator = new Translator(captured, new RowDecoder(collations), tracker);
    try {
      for await (const events of stream) {
        const translated = translator.translate(events);
        if (translated.length > 0) yield translated;
      }
    } catch (error) {
      if (!(error instanceof CorruptBytesError)) throw error;
      const { message } = error;
      throw new BinlogCorruptError(`An event cannot be read (${message}): ${RESYNC_ALL}`, { cause: error });
    }
  };
}

async function connect(target: MysqlTarget) {
  const session = await openSession(target);
  try {
    const { flavour, foldsNames } = await identify(session);
    return { session, flavour, foldsNames, collations: await readCollations(session, flavour) };
  } catch (error) {
    session.destroy();
    throw error;
  }
}

/** From the log's events to those of captured tables. */
class Translator {
  private readonly tables: CapturedTables;
  private readonly decoder: RowDecoder;
  private tracker: GtidTracker | null;
  private gtid: string | null = null;
  private inTransaction = false;

  constructor(tables: CapturedTables, decoder: RowDecoder, tracker: GtidTracker | null) {
    this.tables = tables;
    this.decoder = decoder;
    this.tracker = tracker;
  }

  translate(events: readonly BinlogEvent[]): CapturedEvent[] {
    const captured: CapturedEvent[] = [];
    let progress: LogPosition | null = null;
    for (const event of events) {
      switch (event.kind) {
        case "begin":
          this.inTransaction = true;
          this.gtid = event.gtid;
          captured.push({
            kind: "begin",
            place: event.start,
            gtid: event.gtid,
            serverId: event.serverId,
            committedAt: Math.floor(event.committedMicros / 1000),
          });
          break;
        case "rows":
          this.rows(event, captured);
          break;
        case "ddl":
          this.ddl(event, captured);
          break;
        case "commit":
          this.inTransaction = false;
          if (this.gtid !== null) this.tracker?.add(this.gtid);
          // One without GTID (anonymous, tagged): from here on the set does not say what was executed.
          else this.tracker = null;
          this.gtid = null;
          captured.push({ kind: "commit", next: event.next, gtid: this.tracker?.text() ?? null });
          break;
        case "file":
          captured.push(event);
          break;
        case "heartbeat":
        case "rotate":
          if (!this.inTransaction) progress = event.next;
          break;
      }
    }
    if (progress !== null && !this.inTransaction && captured.at(-1)?.kind !== "commit") {
      captured.push({ kind: "progress", next: progress });
    }
    return captured;
  }

  private rows(event: RowsEvent, into: CapturedEvent[]): void {
    const captured = this.tables.find(event.table);
    if (captured === undefined) return;
    const { table, route } = captured;
    const place = event.start;
    const decoded = this.decoder.decode(event, route);
    if ("hindrance" in decoded) into.push({ kind: "left-out", table, place, reason: decoded.hindrance });
    else into.push({ kind: "rows", table, op: OPERATIONS[event.op], place, firstRow: 0, ...decoded });
  }

  private ddl(event: DdlEvent, into: CapturedEvent[]): void {
    const { statement, start } = event;
    if (statement.action === "data") this.refuseStatement(event);
    const tables: TableId[] = [...statement.tables, ...statement.renamedTo].flatMap((name) =>
      statement.action === "dropDatabase" ? this.tables.idsIn(name.database) : [this.tables.idOf(name)],
    );
    into.push({
      kind: "ddl",
      verb: VERBS[statement.action],
      tables,
      place: start,
      next: event.next,
      committedAt: Math.floor(event.committedMicros / 1000),
      statement: event.sql,
    });
  }

  /** A change logged as a statement cannot be captured: passing over it would lose rows in silence. */
  private refuseStatement(event: DdlEvent): void {
    const { tables } = event.statement;
    const captured = tables.flatMap((name) => this.tables.find(name)?.route.table ?? []);
    if (tables.length > 0 && captured.length === 0) return;
    throw new BinlogUnsupportedError(
      // Neither the statement itself nor other names of it: strings in double quotes, which are values, pass for names.
      `A session logged a change of ${captured.join(", ") || "unknown tables"} as a statement at ${event.start.file}:${event.start.pos}: set binlog_format = ROW for all sessions, ${THEN_RESYNC}`,
    );
  }
}
