/**
 * A statement that this warehouse refuses, in the words of Redshift where users would match them. `message` comes
 * without the leading `ERROR: `, which the Data API adds. `sqlstate` as PostgreSQL classes it, where it is known.
 */
export class SqlError extends Error {
  override readonly name = "SqlError";
  readonly sqlstate: string | null;

  constructor(message: string, options: { readonly sqlstate?: string; readonly cause?: unknown } = {}) {
    super(message, { cause: options.cause });
    this.sqlstate = options.sqlstate ?? null;
  }
}

/** Redshift knows it and the stand-in does not, or neither does: refused by name, never passed through. */
export class UnsupportedSqlError extends SqlError {
  constructor(what: string, hint = "") {
    const advice = hint === "" ? "" : ` ${hint}`;
    super(`${what} is not supported by the local Redshift stand-in (localstack/README.md).${advice}`, {
      sqlstate: "0A000",
    });
  }
}

/** What Redshift itself refuses although PostgreSQL would accept it. */
export class RefusedByRedshiftError extends SqlError {
  constructor(message: string, sqlstate = "0A000") {
    super(message, { sqlstate });
  }
}
