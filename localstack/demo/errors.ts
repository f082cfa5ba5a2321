import { MillraceError } from "../../lambdas/core/errors.ts";

/** A step of the main job that could not be done: `part` names it, the message says what to do. */
export class DemoError extends MillraceError {
  override readonly name = "DemoError";
  override readonly retryable = false;
  readonly part: string;

  constructor(part: string, message: string, options?: ErrorOptions) {
    super(message, options);
    this.part = part;
  }
}
