import { createHash } from "node:crypto";
import type { AnyTable } from "./model/table.ts";
import { qualifiedName } from "./naming.ts";

/** Raise when the way values are written to landing files changes. */
const FORMAT = 1;
const HASH_LENGTH = 16;

/**
 * What a landing file's columns depend on. A table's own definition is variant 0 with its declared widths; land-batch
 * makes another variant when a value would be taken for NULL or is wider than its column (lambdas/land-batch).
 */
export interface FileDefinition {
  readonly table: AnyTable;
  /** Text that stands for NULL in the file; no value of the file equals it. */
  readonly nullMarker: string;
}

/** NULL in a file: any text that is not a value will do, and `nullMarker(n + 1)` if some value equals `nullMarker(n)`. */
export const nullMarker = (variant: number): string => (variant === 0 ? "@NULL@" : `@NULL${variant}@`);

/** The definition under which files of a table are normally written. */
export const fileDefinition = (table: AnyTable): FileDefinition => ({ table, nullMarker: nullMarker(0) });

/** By warehouse name, what a column is read from and as. */
export const columnShapes = (table: AnyTable): Readonly<Record<string, string>> =>
  Object.fromEntries(
    Object.entries(table.columns).map(([name, { source, type }]) => [name, JSON.stringify([source, type])]),
  );

/** What decides which rows of the source can be rows of the table: where it is, its columns, its key. */
export function shapeHash(table: AnyTable): string {
  const content = JSON.stringify([table.area.database, table.source, columnShapes(table), table.key]);
  return createHash("sha256").update(content).digest("hex").slice(0, HASH_LENGTH);
}

/** Which columns a file has and how they are written: equal hashes, interchangeable files. Comments do not count. */
export function definitionHash({ table, nullMarker: marker }: FileDefinition): string {
  const columns = Object.entries(table.columns).map(([name, { type }]) => [name, type]);
  const content = JSON.stringify([FORMAT, qualifiedName(table), columns, table.key, marker]);
  return createHash("sha256").update(content).digest("hex").slice(0, HASH_LENGTH);
}
