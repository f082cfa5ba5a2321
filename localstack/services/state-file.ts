import type { z } from "zod";
import { readIfThere, replaceFile } from "../../cli/files.ts";
import { ConfigurationError, messageOf } from "../../lambdas/core/errors.ts";

/** A small JSON document on disk, read once and replaced whole, so that a crash leaves the old one. */
export interface StateFile<T> {
  read(): T;
  write(value: T): void;
}

/** @throws ConfigurationError when the file is there and is not what the schema says: nothing is overwritten then */
export function openStateFile<S extends z.ZodType>(
  file: string,
  schema: S,
  empty: z.output<S>,
): StateFile<z.output<S>> {
  let current = load(file, schema) ?? empty;
  return {
    read: () => current,
    write: (value) => {
      current = value;
      replaceFile(file, JSON.stringify(value, null, 1));
    },
  };
}

function load<S extends z.ZodType>(file: string, schema: S): z.output<S> | null {
  const text = readIfThere(file);
  if (text === null) return null;
  try {
    return schema.parse(JSON.parse(text));
  } catch (cause) {
    throw new ConfigurationError(`${file} cannot be read as this process's state: ${messageOf(cause)}. Remove it.`, {
      cause,
    });
  }
}
