import { badRequest } from "./errors.ts";

/** One page of a list: `maxResults` (1 to 100) from `nextToken`, which is the next index as text. */
export function page<T>(
  all: readonly T[],
  input: Readonly<Record<string, unknown>>,
): { readonly items: readonly T[]; readonly nextToken?: string } {
  const size = input["maxResults"] === undefined ? 100 : Number(input["maxResults"]);
  if (!Number.isInteger(size) || size < 1 || size > 100) {
    throw badRequest("maxResults must be between 1 and 100.", "maxResults");
  }
  const start = input["nextToken"] === undefined ? 0 : Number(input["nextToken"]);
  if (!Number.isInteger(start) || start < 0) throw badRequest("nextToken is not one of this list.", "nextToken");
  const end = start + size;
  return { items: all.slice(start, end), ...(end < all.length ? { nextToken: String(end) } : {}) };
}
