import { S3ServiceException } from "@aws-sdk/client-s3";
import { messageOf, TransientError } from "../../core/errors.ts";

const statusOf = (error: unknown): number | undefined =>
  error instanceof S3ServiceException ? error.$metadata.httpStatusCode : undefined;

/** No such key. A missing bucket is not a missing key: it is a mistake that must be seen. */
export function isMissing(error: unknown): boolean {
  return statusOf(error) === 404 && error instanceof Error && error.name !== "NoSuchBucket";
}

/** 412, and 409 when two conditional writes of one key meet: in both cases the other one went ahead. */
export function isRefusedCondition(error: unknown): boolean {
  return statusOf(error) === 412 || (error instanceof Error && error.name === "ConditionalRequestConflict");
}

/** What is worth doing again becomes a TransientError: 5xx, throttling, and a connection that broke. */
export function translated(error: unknown, doing: string): Error {
  const status = statusOf(error);
  const broken = status === undefined || status >= 500 || status === 429;
  if (broken) return new TransientError(`${doing}: ${messageOf(error)}`, { cause: error });
  return new Error(`${doing}: ${messageOf(error)}`, { cause: error });
}
