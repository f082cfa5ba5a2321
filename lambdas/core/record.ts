import { MalformedInputError } from "./errors.ts";
import { anchorVersion, versionOf } from "./version.ts";
import type { Version } from "./version.ts";

/**
 * What travels in a topic: Debezium 3's envelope as JSON with schemas off
 * (https://debezium.io/documentation/reference/3.0/connectors/mysql.html#mysql-events), so that a Debezium connector
 * can stand in for our capture and any Debezium consumer can read our topics.
 */
export type FieldValue = string | number | boolean | null;
/** Keys are the SOURCE's column names, values the canonical text forms of docs/TYPES.md. */
export type Row = Readonly<Record<string, FieldValue>>;

/** r snapshot read, c insert, u update, d delete, t floor (TRUNCATE, DROP, end of a resync; key null, rows null). */
export type Operation = "r" | "c" | "u" | "d" | "t";

export interface RecordSource {
  readonly version: string;
  readonly connector: "mysql" | "mariadb";
  /** Logical name of the source server: the deployment's stage. */
  readonly name: string;
  /** Commit time where the server writes it, else the statement's start; milliseconds since 1970. Snapshot: the anchor's time. */
  readonly ts_ms: number;
  readonly snapshot: "true" | "false";
  readonly db: string;
  readonly table: string;
  readonly server_id: number;
  readonly gtid: string | null;
  readonly file: string;
  /** Start of the row event (snapshot: the anchor). */
  readonly pos: number;
  /** Index of the row within its event. */
  readonly row: number;
  /** Ours; Debezium's records lack it and get it from configuration. */
  readonly epoch?: number;
  /** Ours, of rows read again at an anchor that others were read at: the higher wins. @default 0 */
  readonly pass?: number;
}

/** Deletes every key below the record's version: at once (truncate), or when all partitions are loaded past it (resync). */
export interface Floor {
  readonly kind: "truncate" | "resync";
  readonly id: string;
}

export interface ChangeRecord {
  readonly before: Row | null;
  readonly after: Row | null;
  readonly op: Operation;
  /** When capture processed the row, milliseconds; for op r the time of the read. */
  readonly ts_ms: number;
  readonly source: RecordSource;
  readonly floor?: Floor;
}

/**
 * The version of a record. An update's rows are two sides of one place; what counts in the warehouse is the after
 * side. A change of key travels as a delete of the old (side 0) and a create of the new (side 1) at the same place.
 * @param defaultEpoch for records that carry none (Debezium's)
 */
export function recordVersion(op: Operation, source: RecordSource, defaultEpoch: number): Version {
  const position = { epoch: source.epoch ?? defaultEpoch, file: source.file, pos: source.pos };
  switch (op) {
    case "r":
      return anchorVersion(position, source.pass);
    case "t":
    case "d":
      return versionOf(position, source.row, 0);
    case "c":
    case "u":
      return versionOf(position, source.row, 1);
    default:
      throw new MalformedInputError(`operation '${String(op)}' is none of r, c, u, d, t`);
  }
}
