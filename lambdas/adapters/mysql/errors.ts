import { MillraceError } from "../../core/errors.ts";

/** Error numbers of the server after which the same statement can succeed: overload, lock waits, shutdown, failover. */
const RETRYABLE_CODES = new Set([1040, 1053, 1129, 1152, 1158, 1159, 1160, 1161, 1203, 1205, 1213, 1226, 1290, 1836]);

/** An ERR packet: the server refused a statement or a dump. `code` is MySQL's error number. */
export class MysqlServerError extends MillraceError {
  override readonly name = "MysqlServerError";
  override readonly retryable: boolean;
  readonly code: number;
  readonly sqlState: string;

  constructor(code: number, sqlState: string, message: string) {
    super(`The MySQL server answered error ${code} (${sqlState}): ${message}`);
    this.code = code;
    this.sqlState = sqlState;
    this.retryable = RETRYABLE_CODES.has(code);
  }
}

/** The connection could not be made or was lost; a new one may work. */
export class MysqlConnectionError extends MillraceError {
  override readonly name = "MysqlConnectionError";
  override readonly retryable = true;
}

/** User name, password or TLS settings are refused: an operator must change them. */
export class MysqlAccessError extends MillraceError {
  override readonly name = "MysqlAccessError";
  override readonly retryable = false;
}

/** Bytes that the protocol does not allow here: a proxy, a bug or an unknown server. Never guessed at. */
export class MysqlProtocolError extends MillraceError {
  override readonly name = "MysqlProtocolError";
  override readonly retryable = false;
}

/** Bytes of a value, event or packet end early or contradict themselves. */
export class CorruptBytesError extends MillraceError {
  override readonly name = "CorruptBytesError";
  override readonly retryable = false;
}

/** A column that cannot be captured exactly; the message names it and says what to do. */
export class UnsupportedColumnError extends MillraceError {
  override readonly name = "UnsupportedColumnError";
  override readonly retryable = false;

  constructor(column: string, why: string) {
    super(`Column ${column} cannot be captured: ${why}. Exclude the column, or convert it at the source.`);
  }
}
