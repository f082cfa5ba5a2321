/**
 * The one error base of the project. `name` is a literal (state machines and retry rules match on it), `retryable`
 * says whether doing the same again can succeed, the message names the thing, the value received and the fix.
 */
export abstract class MillraceError extends Error {
  abstract override readonly name: string;
  abstract readonly retryable: boolean;
}

/** The environment or configuration is wrong: an operator must change it. Lists every problem at once. */
export class ConfigurationError extends MillraceError {
  override readonly name = "ConfigurationError";
  override readonly retryable = false;
}

/** What the source offers does not allow exact capture: each problem comes with the command that fixes it. */
export class PreflightError extends MillraceError {
  override readonly name = "PreflightError";
  override readonly retryable = false;
  readonly problems: readonly string[];

  constructor(problems: readonly string[]) {
    super(`The source is not ready:\n${problems.map((p) => `- ${p}`).join("\n")}`);
    this.problems = problems;
  }
}

/** Bytes from outside (record, event, CSV, manifest) that cannot be read. The carrier quarantines them. */
export class MalformedInputError extends MillraceError {
  override readonly name = "MalformedInputError";
  override readonly retryable = false;
}

/** A value that its column cannot hold, never bent: the row goes to quarantine with this reason. */
export class UnfitValueError extends MillraceError {
  override readonly name = "UnfitValueError";
  override readonly retryable = false;
}

/** The other side is busy, throttling, restarting or in conflict: the same again, whole, with jitter. */
export class TransientError extends MillraceError {
  override readonly name = "TransientError";
  override readonly retryable = true;
}

/** A conditional write found that another run went ahead: this run stops, nothing is lost. */
export class FencedError extends MillraceError {
  override readonly name = "FencedError";
  override readonly retryable = false;
}

/** Offsets of a partition do not join up: the partition stops here and is repaired by a targeted resync. */
export class OffsetGapError extends MillraceError {
  override readonly name = "OffsetGapError";
  override readonly retryable = false;
}

/** The source's history no longer holds the position asked for. */
export class PositionLostError extends MillraceError {
  override readonly name = "PositionLostError";
  override readonly retryable = false;
  /** failover: another server answers, whose history does not hold all that was read. */
  readonly kind: "lost" | "failover";

  constructor(message: string, options?: ErrorOptions & { readonly kind?: "lost" | "failover" }) {
    super(message, options);
    this.kind = options?.kind ?? "lost";
  }
}

/**
 * The source's log holds something that cannot be captured exactly. It stays in the log, so each run meets it again,
 * whatever is put right at the source, until a resync of all tables begins behind it.
 */
export abstract class UnreadableLogError extends MillraceError {
  override readonly retryable = false;
}

/** @returns whether doing the same again can succeed; unknown errors are not retried blindly. */
export function isRetryable(error: unknown): boolean {
  return error instanceof MillraceError && error.retryable;
}

/** @returns the message of anything thrown. */
export function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
