import { S3ServiceException } from "@aws-sdk/client-s3";
import { messageOf, TransientError } from "../../core/errors.ts";

const statusOf = (error: unknown): number | undefined =>
  error instanceof S3ServiceException ? error.$metadata.httpStatusCode : undefined;

/** No such key. A missing bucket is not a missing key: it is a mistake that must be seen. */
export function isMissing(error: unknown): boolean {
  return statusOf(error) === 404 && error instanceof Error && error.name !== "NoSuchBucket";
}

const isConflict = (error: unknown): boolean => error instanceof Error && error.name === "ConditionalRequestConflict";

/** The key is there already, or is no longer what was read. */
export function isRefusedCondition(error: unknown): boolean {
  return statusOf(error) === 412;
}

/**
 * What is worth doing again becomes a TransientError: 5xx, throttling, a connection that broke, and 409, which S3 answers
 * when a conditional write meets another request for its key: whether the key is there is not known then.
 */
export function translated(error: unknown, doing: string): Error {
  const status = statusOf(error);
  const broken = status === undefined || status >= 500 || status === 429 || isConflict(error);
  if (broken) return new TransientError(`${doing}: ${messageOf(error)}`, { cause: error });
  return new Error(`${doing}: ${messageOf(error)}`, { cause: error });
}
