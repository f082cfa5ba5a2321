import type { DdlStatement } from "./statement.ts";
import type { RowsEvent } from "./rows-event.ts";

/** A place in the source's log; `pos` is whole, beyond 4 GiB too. The epoch is the caller's to add. */
export interface LogPosition {
  readonly file: string;
  readonly pos: number;
}

/** Opens a transaction (or a standalone statement). `start` is where capture resumes to see it whole. */
export interface BeginEvent {
  readonly kind: "begin";
  readonly start: LogPosition;
  /** `uuid:number` on MySQL, `domain-server-sequence` on MariaDB; null when the server has none. */
  readonly gtid: string | null;
  readonly serverId: number;
  /** Microseconds since 1970: the commit's time where the server writes it (MySQL 8), else its second. */
  readonly committedMicros: number;
}

/** The transaction is over; everything before `next` is complete. */
export interface CommitEvent {
  readonly kind: "commit";
  readonly next: LogPosition;
}

/** A statement that is not row changes: DDL, tokenised as far as capture needs it. */
export interface DdlEvent {
  readonly kind: "ddl";
  readonly start: LogPosition;
  /** Where the statement ends. */
  readonly next: LogPosition;
  readonly statement: DdlStatement;
  readonly sql: string;
  readonly serverId: number;
  readonly committedMicros: number;
  readonly gtid: string | null;
}

/** Nothing happened for a while; capture is at `next`. */
export interface HeartbeatEvent {
  readonly kind: "heartbeat";
  readonly next: LogPosition;
}

/** The log goes on in another file. */
export interface RotateEvent {
  readonly kind: "rotate";
  readonly next: LogPosition;
}

/** Opens each file and each connection: which file it is, whatever its name. */
export interface FileEvent {
  readonly kind: "file";
  readonly file: string;
  /** Second since 1970 at which the server began the file. */
  readonly created: number;
}

export type BinlogEvent = FileEvent | BeginEvent | RowsEvent | DdlEvent | CommitEvent | HeartbeatEvent | RotateEvent;
