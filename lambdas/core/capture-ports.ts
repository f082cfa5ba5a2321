import type { AnyTable } from "../../schemas/model/table.ts";

/**
 * What the two captures need from the source and the broker. Rows cross these ports as finished JSON text: decoding
 * straight from bytes to the record's text is what makes capture fast, so no row object exists on the hot path.
 */

/** A place in the binlog of one server; the epoch is the use case's. */
export interface LogPlace {
  readonly file: string;
  readonly pos: number;
}

export interface TableId {
  readonly db: string;
  readonly name: string;
}

/** One changed row. Row texts are JSON objects keyed by source column names; keys are `{pk columns}` or null without key. */
export interface RowChange {
  readonly before: string | null;
  readonly after: string | null;
  /** Key of `after`, or of `before` for a delete. */
  readonly key: string | null;
  /** Key of `before` when an update changed it, else null. */
  readonly keyBefore: string | null;
}

export type DdlVerb = "truncate" | "drop" | "rename" | "alter" | "create" | "other";

export type BinlogEvent =
  /** The log goes on in `file`, which the server began at the second `created`; once for each file and connection. */
  | { readonly kind: "file"; readonly file: string; readonly created: number }
  /** Opens a transaction; `place` is the start of its first event (the GTID event). */
  | {
      readonly kind: "begin";
      readonly place: LogPlace;
      readonly gtid: string | null;
      readonly serverId: number;
      /** Commit time in ms where the server writes it (MySQL 8+), else the header's second x 1000. */
      readonly committedAt: number;
    }
  /** Rows of one event of a captured table; `place` is the event's start. Row index = firstRow + index in `rows`. */
  | {
      readonly kind: "rows";
      readonly table: AnyTable;
      readonly op: "c" | "u" | "d";
      readonly place: LogPlace;
      readonly firstRow: number;
      readonly rows: readonly RowChange[];
      /** Source columns that the definition does not know, present in the row texts. */
      readonly unknownColumns: readonly string[];
    }
  /** Rows of a captured table that its definition cannot take: `reason` is a part of a sentence, `place` the event's start. */
  | { readonly kind: "left-out"; readonly table: AnyTable; readonly place: LogPlace; readonly reason: string }
  /** The transaction is over; reading may go on at `next`. `gtid` is the set executed up to here; null: not known. */
  | { readonly kind: "commit"; readonly next: LogPlace; readonly gtid: string | null }
  | {
      readonly kind: "ddl";
      readonly verb: DdlVerb;
      readonly tables: readonly TableId[];
      readonly place: LogPlace;
      readonly next: LogPlace;
      readonly committedAt: number;
      readonly statement: string;
    }
  /** Nothing captured, but the place moved (rotation, heartbeat, other databases). Only between transactions. */
  | { readonly kind: "progress"; readonly next: LogPlace };

export interface OpenBinlog {
  /**
   * Events from `from` on, in arrays as they arrive; ends when `signal` aborts. Pulling slowly pauses the server.
   * @param serverId replication server id, unique among everything that reads from this server
   * @throws PositionLostError when the server has purged `from`; TransientError on loss of connection; PreflightError
   * when events cannot be decoded exactly (compression, partial JSON, missing metadata)
   */
  (request: {
    readonly from: LogPlace;
    readonly gtid: string | null;
    readonly serverId: number;
    readonly tables: readonly AnyTable[];
    readonly signal: AbortSignal;
  }): AsyncIterable<readonly BinlogEvent[]>;
}

export interface Publisher {
  /** Queues one record, partitioned by key as the Java client does. False: await `drained` before the next one. */
  send(topic: string, key: string | null, value: string): boolean;
  /** Queues one record in every partition of the topic (floors). */
  sendToAll(topic: string, value: string): Promise<void>;
  drained(): Promise<void>;
  /** Resolves when all that was sent before the call is acknowledged (acks=all); later sends go on meanwhile. */
  flush(): Promise<void>;
  close(): Promise<void>;
}

/** Where change capture must start so that it and the reads that follow miss nothing (DESIGN section 2). */
export interface Anchor extends LogPlace {
  readonly gtid: string | null;
  /** `@@server_uuid`, or MariaDB's server id. */
  readonly server: string;
  readonly serverId: number;
  readonly flavour: "mysql" | "mariadb";
  /** The facility that gave it: in logs and in `status`. */
  readonly facility: "binlog_snapshot" | "gtid_executed" | "log_status" | "innodb_trx";
  readonly takenAt: number;
}

/** Values of a key as the driver takes them for parameters. */
export type KeyValue = string | number | Buffer;

export interface SnapshotBatch {
  readonly rows: readonly { readonly key: string | null; readonly after: string }[];
  /** Key of the last row, to resume after it; null for tables without a key. */
  readonly lastKey: readonly KeyValue[] | null;
}

/** A source that is itself a replica. */
export interface Replication {
  /** `host:port` of the server that it replicates from; null when the user may not know. */
  readonly from: string | null;
  /** null when the server does not say, or the user may not know. */
  readonly behindSeconds: number | null;
}

export interface ServerFacts {
  readonly flavour: "mysql" | "mariadb";
  /** As the server says it, e.g. `11.4.5-MariaDB-log`. */
  readonly version: string;
  /** Global variables by lower-case name; absent ones the server does not know. */
  readonly variables: Readonly<Record<string, string>>;
  /** Lines of SHOW GRANTS: with what the active roles bring. */
  readonly grants: readonly string[];
  /** null: the server is no replica, as far as the user may know. */
  readonly replication: Replication | null;
  /** `user@host` of the connection. */
  readonly user: string;
}

export interface SourceColumn {
  readonly name: string;
  /** Lower case, e.g. `varchar`. */
  readonly dataType: string;
  /** Lower case but for labels, e.g. `int(10) unsigned`, `enum('a','B')`. */
  readonly columnType: string;
  readonly nullable: boolean;
  readonly charset: string | null;
  /** Characters for text, bytes for binary types. */
  readonly length: number | null;
  readonly precision: number | null;
  readonly scale: number | null;
  /** Fractional second digits. */
  readonly fsp: number | null;
}

export interface SourceTable extends TableId {
  readonly columns: readonly SourceColumn[];
  /** Source column names in key order; empty without a primary key. */
  readonly primaryKey: readonly string[];
  /** Foreign keys by which the server changes this table's rows without binlog events (CASCADE, SET NULL). */
  readonly silentForeignKeys: readonly string[];
}

/** Which rows of a table are read, in key order. */
export interface ReadRequest {
  readonly table: AnyTable;
  /** `above < first key column <= upTo`; null: open. */
  readonly above: KeyValue | null;
  readonly upTo: KeyValue | null;
  /** To resume: `key > after`, the whole key. */
  readonly after: readonly KeyValue[] | null;
  /** These rows only, by their whole keys as the source's own collations compare them. @default - all of the range */
  readonly keys?: readonly (readonly KeyValue[])[];
  readonly signal: AbortSignal;
}

/**
 * A row as its record would have it, without the record: the JSON text of field `i`, in the order of the definition's
 * columns, is `bytes[ends[i], ends[i + 1])`; `null` for NULL and for what is not captured. A view, valid during the
 * call only.
 */
export interface FieldRow {
  readonly bytes: Buffer;
  readonly ends: Int32Array;
}

/** A piece of a scan: how many rows it had, and the key after which reading may go on. */
export interface ScanProgress {
  readonly rows: number;
  readonly lastKey: readonly KeyValue[] | null;
}

/** The source's own facts for preflight, planning and lag. */
export interface SourceDatabase {
  anchor(): Promise<Anchor>;
  /** Newest place of the log and when its newest event was committed is not known: only where it is. */
  currentPlace(): Promise<LogPlace & { readonly gtid: string | null; readonly server: string }>;
  /**
   * Where this server's log goes on after the transactions of a GTID set (MySQL) or position (MariaDB) that another
   * server has given: everything before the place is among them.
   * @throws PositionLostError when this server has not got all of them, or has purged what comes after them
   */
  placeAfter(gtid: string): Promise<LogPlace>;
  /** The server's own settings and the user's rights, for preflight. */
  facts(): Promise<ServerFacts>;
  /** What the server replicates from; null when it is no replica, as far as the user may know. */
  replication(): Promise<Replication | null>;
  /** All base tables of these databases that exist, as information_schema shows them now. */
  describeTables(databases: readonly string[]): Promise<readonly SourceTable[]>;
  /** Smallest and largest value of the first key column and the optimizer's row estimate; null for an empty table. */
  extent(table: AnyTable): Promise<{ readonly min: KeyValue; readonly max: KeyValue; readonly rows: number } | null>;
  /**
   * Rows as record texts. Streams; pulling slowly pauses.
   */
  read(request: ReadRequest): AsyncIterable<SnapshotBatch>;
  /** The same rows through the same decoder, as fields: for looking at rows that are not sent. */
  scan(request: ReadRequest, onRow: (row: FieldRow) => void): AsyncIterable<ScanProgress>;
  close(): Promise<void>;
}

/** What a copy must not make worse: the source's load, and how far its replicas are behind. */
export interface SourceLoad {
  /**
   * What speaks against reading on, as a part of a sentence; null: nothing does. Never throws: a server that does not
   * answer is in the way too.
   */
  hindrance(): Promise<string | null>;
  /** What waiting would not mend, each as a sentence with its fix. */
  problems(): Promise<readonly string[]>;
  close(): Promise<void>;
}

/** End offset (the next one to be written) of each partition, by topic. */
export type EndOffsets = (topics: readonly string[]) => Promise<ReadonlyMap<string, readonly number[]>>;

/** Committed offset of each partition of a group's topic; null where nothing is committed yet. */
export type CommittedOffsets = (
  groups: readonly { readonly group: string; readonly topic: string }[],
) => Promise<ReadonlyMap<string, readonly (number | null)[]>>;
