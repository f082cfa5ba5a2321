import { MillraceError } from "../../core/errors.ts";

/** The server writes something to its log that cannot be captured exactly; the message says which setting to change. */
export class BinlogUnsupportedError extends MillraceError {
  override readonly name = "BinlogUnsupportedError";
  override readonly retryable = false;
}

/** Bytes of an event end early, contradict themselves or fail their checksum. */
export class BinlogCorruptError extends MillraceError {
  override readonly name = "BinlogCorruptError";
  override readonly retryable = false;
}

/** The source reports that its log lost events (INCIDENT): a resync is needed. */
export class BinlogIncidentError extends MillraceError {
  override readonly name = "BinlogIncidentError";
  override readonly retryable = false;
}
