import type { z } from "zod";
import { MalformedInputError } from "./errors.ts";
import type { ObjectStore } from "./ports.ts";

/**
 * Reads a fact of the state bucket.
 * @param fix what to do when the object cannot be read
 * @returns null when there is no such object
 * @throws MalformedInputError naming the key and the fix
 */
export async function readStored<T>(
  state: Pick<ObjectStore, "get">,
  key: string,
  schema: z.ZodType<T>,
  fix?: string,
): Promise<T | null> {
  const stored = await state.get(key);
  return stored === null ? null : parseStored(stored.body.toString("utf8"), key, schema, fix);
}

/** The same for a text that is at hand. @throws MalformedInputError naming the key and the fix */
export function parseStored<T>(
  text: string,
  key: string,
  schema: z.ZodType<T>,
  fix = "restore an older version of the object",
): T {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (cause) {
    throw new MalformedInputError(`${key} cannot be read, it is not JSON: ${fix}`, { cause });
  }
  const result = schema.safeParse(value);
  if (result.success) return result.data;
  throw new MalformedInputError(`${key} cannot be read: ${fix} (${result.error.message})`, { cause: result.error });
}

/** What `readStored` reads. */
export const toBody = (value: unknown): Buffer => Buffer.from(JSON.stringify(value));
