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
