import { mkdirSync, readFileSync, renameSync, writeFileSync } from "node:fs";
import path from "node:path";
import type { z } from "zod";
import { ConfigurationError, messageOf } from "../../lambdas/core/errors.ts";

/** A small JSON document on disk, read once and replaced whole (write, then rename), so that a crash leaves the old one. */
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
  mkdirSync(path.dirname(file), { recursive: true });
  let current = load(file, schema) ?? empty;
  return {
    read: () => current,
    write: (value) => {
      current = value;
      writeFileSync(`${file}.new`, JSON.stringify(value, null, 1));
      renameSync(`${file}.new`, file);
    },
  };
}

function load<S extends z.ZodType>(file: string, schema: S): z.output<S> | null {
  let text: string;
  try {
    text = readFileSync(file, "utf8");
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return null;
    throw error;
  }
  try {
    return schema.parse(JSON.parse(text));
  } catch (cause) {
    throw new ConfigurationError(`${file} cannot be read as this process's state: ${messageOf(cause)}. Remove it.`, {
      cause,
    });
  }
}
