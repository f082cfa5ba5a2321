import { topicName } from "../../schemas/naming.ts";
import { hasPersonalData } from "../../schemas/model/table.ts";
import type { AnyTable } from "../../schemas/model/table.ts";
import type { BinlogEvent, LogPlace, Publisher, TableId } from "../core/capture-ports.ts";
import type { Checkpoint } from "../core/checkpoint.ts";
import { PositionLostError } from "../core/errors.ts";
import { METRICS } from "../core/metrics.ts";
import type { Telemetry } from "../core/ports.ts";
import { changeRecords, recordWriter } from "../core/record-text.ts";
import type { RecordOrigin } from "../core/record-text.ts";
import { LeftOutRows, wishAfterStatement } from "./drift.ts";
import type { DriftPorts } from "./drift.ts";

/** Where capture could go on from if everything sent so far were acknowledged. */
export type SafePoint = Pick<Checkpoint, "position" | "created" | "sent" | "gtid" | "committedAt">;

export interface PumpSettings {
  readonly sourceName: string;
  readonly connector: "mysql" | "mariadb";
  readonly tables: readonly AnyTable[];
  readonly start: Checkpoint;
}

export interface PumpPorts extends DriftPorts {
  readonly telemetry: Telemetry;
}

/**
 * Turns binlog events into records. Keeps the place inside a transaction: after a crash the rows that are out already
 * (`sent`) are passed over. Replays carry the same versions, so even sending them again would change nothing.
 */
export class Pump {
  readonly #settings: PumpSettings;
  readonly #publisher: Publisher;
  readonly #telemetry: Telemetry;
  readonly #ports: PumpPorts;
  readonly #tables: ReadonlyMap<string, AnyTable>;
  readonly #reportedColumns = new Set<string>();
  readonly #leftOut: LeftOutRows;
  #transaction: { start: LogPlace; gtid: string | null; serverId: number; committedAt: number };
  /** Last row that an earlier run has sent of the transaction this one resumes in. */
  #skipTo: Checkpoint["sent"];
  #safe: SafePoint;
  /** The newest file of the log, and the second at which the server began it. */
  #file: { readonly name: string; readonly created: number } | null = null;
  #midway = false;
  /** Row changes published by this run. */
  rows = 0;

  constructor(settings: PumpSettings, publisher: Publisher, ports: PumpPorts) {
    this.#settings = settings;
    this.#publisher = publisher;
    this.#telemetry = ports.telemetry;
    this.#ports = ports;
    this.#leftOut = new LeftOutRows(settings.start.position.epoch, ports);
    this.#tables = new Map(settings.tables.map((table) => [`${table.area.database}.${table.source}`, table]));
    const { position, created, sent, gtid, committedAt } = settings.start;
    this.#skipTo = sent;
    this.#safe = { position, created, sent, gtid, committedAt };
    this.#transaction = { start: position, gtid: null, serverId: 0, committedAt: committedAt ?? 0 };
  }

  /** What may be saved once everything sent up to now is acknowledged. */
  get safePoint(): SafePoint {
    return this.#safe;
  }

  /** Records of an event are out that the safe point does not hold: it is being published, or failed in between. */
  get isMidway(): boolean {
    return this.#midway;
  }

  /** Writes down which rows were left out up to now: before the safe point of now is saved. */
  noteLeftOut(): Promise<void> {
    return this.#leftOut.save();
  }

  /** Publishes one array of events; waits when the producer's buffer is full. */
  async push(events: readonly BinlogEvent[]): Promise<void> {
    for (const event of events) {
      switch (event.kind) {
        case "file":
          this.#onFile(event.file, event.created);
          break;
        case "begin":
          this.#transaction = { ...event, start: event.place };
          break;
        case "rows":
          this.#midway = true;
          await this.#rows(event);
          this.#midway = false;
          break;
        case "left-out":
          this.#leftOut.add(event);
          break;
        case "commit":
          this.#moveTo(event.next, event.gtid, this.#transaction.committedAt);
          break;
        case "ddl":
          this.#midway = true;
          await this.#ddl(event);
          this.#moveTo(event.next, this.#safe.gtid, event.committedAt);
          this.#midway = false;
          break;
        case "progress":
          this.#moveTo(event.next, this.#safe.gtid, null);
          break;
      }
    }
  }

  /**
   * A server whose log was reset begins again with the same names, and may have written past our place by now: reading
   * on there would pass over changes in silence. The file tells by its age.
   * @throws PositionLostError when the file of our place is another one
   */
  #onFile(name: string, created: number): void {
    const { position, created: known } = this.#safe;
    if (name === position.file && known != null && known !== created) {
      throw new PositionLostError(
        `The source's log ${name} was begun at ${isoSecond(created)}, but the one that was read at ${isoSecond(known)}: it was reset, or the server restored from a backup. All tables are resynced`,
      );
    }
    this.#file = { name, created };
  }

  #createdOf(file: string): number | null {
    return this.#file?.name === file ? this.#file.created : null;
  }

  async #rows(event: Extract<BinlogEvent, { kind: "rows" }>): Promise<void> {
    if (event.unknownColumns.length > 0) this.#reportUnknown(event.table, event.unknownColumns);
    const topic = topicName(event.table);
    const writer = recordWriter(this.#origin(event.table, event.place), this.#ports.now());
    const send = (key: string | null, value: string): boolean => this.#publisher.send(topic, key, value);
    const from = this.#alreadySent(event);
    for (let i = from; i < event.rows.length; i++) {
      const change = event.rows[i];
      if (change === undefined) continue;
      const room = changeRecords(writer, event.op, event.firstRow + i, change, send);
      if (!room) await this.#publisher.drained();
    }
    this.rows += event.rows.length - from;
    const position = { epoch: this.#safe.position.epoch, ...this.#transaction.start };
    const { file, pos } = event.place;
    const sent = { file, pos, row: event.firstRow + event.rows.length - 1, gtid: this.#transaction.gtid };
    this.#safe = { ...this.#safe, position, created: this.#createdOf(position.file), sent };
  }

  /** How many leading rows of the event an earlier run has sent. */
  #alreadySent(event: Extract<BinlogEvent, { kind: "rows" }>): number {
    const last = this.#skipTo;
    if (last === null) return 0;
    if (last.file !== event.place.file || event.place.pos > last.pos) {
      this.#skipTo = null;
      return 0;
    }
    if (event.place.pos < last.pos) return event.rows.length;
    return Math.min(event.rows.length, Math.max(0, last.row + 1 - event.firstRow));
  }

  /**
   * TRUNCATE and DROP delete rows without row events: a floor takes their place. What else a statement does to stored
   * rows is not in the log: only another copy shows it.
   */
  async #ddl(event: Extract<BinlogEvent, { kind: "ddl" }>): Promise<void> {
    for (const id of event.tables) {
      const table = this.#tables.get(nameOf(id));
      if (table === undefined) continue;
      if (event.verb === "truncate" || event.verb === "drop") {
        const origin = { ...this.#origin(table, event.place), committedAt: event.committedAt };
        const floor = { kind: "truncate", id: `${event.place.file}:${event.place.pos}` } as const;
        await this.#publisher.sendToAll(topicName(table), recordWriter(origin, this.#ports.now()).floor(floor));
      } else if (event.verb === "alter" || event.verb === "rename") {
        this.#telemetry.warn("the source changed a captured table", { table: nameOf(id), verb: event.verb });
        await wishAfterStatement(table, event, this.#safe.position.epoch, this.#ports);
      }
    }
  }

  #origin(table: AnyTable, place: LogPlace): RecordOrigin {
    return {
      connector: this.#settings.connector,
      name: this.#settings.sourceName,
      epoch: this.#safe.position.epoch,
      db: table.area.database,
      table: table.source,
      serverId: this.#transaction.serverId,
      gtid: this.#transaction.gtid,
      file: place.file,
      pos: place.pos,
      committedAt: this.#transaction.committedAt,
      snapshot: false,
    };
  }

  #moveTo(next: LogPlace, gtid: string | null, committedAt: number | null): void {
    this.#skipTo = null;
    this.#safe = {
      position: { epoch: this.#safe.position.epoch, file: next.file, pos: next.pos },
      created: this.#createdOf(next.file),
      sent: null,
      gtid,
      committedAt: committedAt ?? this.#safe.committedAt,
    };
  }

  #reportUnknown(table: AnyTable, columns: readonly string[]): void {
    const name = topicName(table);
    for (const column of columns) {
      if (this.#reportedColumns.has(`${name}.${column}`)) continue;
      this.#reportedColumns.add(`${name}.${column}`);
      const fate = hasPersonalData(table)
        ? "it stays at the source, because the table has personal data"
        : "it lands in _unmapped";
      this.#telemetry.warn(`a source column is not in the definition; ${fate}`, { table: name, column });
      this.#telemetry.metric(METRICS.unmapped, 1, "Count", { Table: name });
    }
  }
}

const isoSecond = (seconds: number): string => new Date(seconds * 1_000).toISOString().replace(".000", "");

const nameOf = (id: TableId): string => `${id.db}.${id.name}`;
