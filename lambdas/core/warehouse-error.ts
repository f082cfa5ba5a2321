import { MillraceError } from "./errors.ts";

/** A statement that the warehouse refused. `statement` is the index within the batch, -1 when unknown. */
export class WarehouseError extends MillraceError {
  override readonly name = "WarehouseError";
  override readonly retryable = false;
  readonly statement: number;

  constructor(message: string, statement: number, options?: { readonly cause?: unknown }) {
    super(message, options);
    this.statement = statement;
  }
}

/**
 * A transaction that is known to have been rolled back for no fault of its own (serializable conflict, error 1023): the
 * same again, whole, with a new ClientToken, because the old one answers with this failure for hours.
 */
export class RolledBackError extends MillraceError {
  override readonly name = "RolledBackError";
  override readonly retryable = true;
}
