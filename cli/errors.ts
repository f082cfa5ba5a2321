import { MillraceError } from "../lambdas/core/errors.ts";

/** What a person typed cannot be done: the message says why and what to do instead. */
export class CommandError extends MillraceError {
  override readonly name = "CommandError";
  override readonly retryable = false;
}
