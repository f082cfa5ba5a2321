import { createHash } from "node:crypto";

const DIGITS = 16;

/**
 * The ClientToken of a transaction. The statements are part of it: a token stays known for hours, also when the function
 * was deployed anew meanwhile and writes other statements, or to other buckets, for the same batch; asked with those, it
 * would be refused.
 * @param name batch and attempt, at most 47 characters
 */
export function clientToken(name: string, statements: readonly string[]): string {
  const digest = createHash("sha256").update(JSON.stringify(statements)).digest("hex");
  return `${name}-${digest.slice(0, DIGITS)}`;
}
