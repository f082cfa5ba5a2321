import { UnreadableLogError } from "../../core/errors.ts";

/** What lets capture go on behind an event that it cannot read (capture-snapshot/start-changes.ts). */
export const RESYNC_ALL = "resync all tables with `millrace snapshot --resync`, after which capture goes on behind it";
/** The same where something has to be put right at the source first. */
export const THEN_RESYNC = `then ${RESYNC_ALL}`;

/** The server writes something to its log that cannot be captured exactly; the message says which setting to change. */
export class BinlogUnsupportedError extends UnreadableLogError {
  override readonly name = "BinlogUnsupportedError";
}

/** Bytes of an event end early, contradict themselves or fail their checksum. */
export class BinlogCorruptError extends UnreadableLogError {
  override readonly name = "BinlogCorruptError";
}
