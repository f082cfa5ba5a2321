import type { AnyTable } from "../model/table.ts";
import { qualifiedName, touchedName } from "../naming.ts";
import { identifier, literal, qualified } from "./quote.ts";

/**
 * What a build takes up: everything, or the loads whose keys the star has not yet seen, by table name. The list is
 * fixed when the build is planned; what is loaded meanwhile waits for the next one.
 */
export type Scope = "all" | ReadonlyMap<string, readonly string[]>;

/** Whether the build has anything to do for the table. */
export function isPending(scope: Scope, table: AnyTable): boolean {
  return scope === "all" || (scope.get(qualifiedName(table)) ?? []).length > 0;
}

/** `('b1', 'b2')`. @throws TypeError when the table has no pending load */
function batchList(scope: ReadonlyMap<string, readonly string[]>, table: AnyTable): string {
  const batches = scope.get(qualifiedName(table)) ?? [];
  if (batches.length === 0) throw new TypeError(`${qualifiedName(table)} has no pending load`);
  return `(${batches.map(literal).join(", ")})`;
}

/** A subquery of the keys that the pending loads of the table changed, as alias `t`. */
export function touchedKeys(scope: ReadonlyMap<string, readonly string[]>, table: AnyTable): string {
  return `(SELECT * FROM ${qualified(touchedName(table))} WHERE batch IN ${batchList(scope, table)}) t`;
}

/** Forgets the keys of the given loads: their rows are visible in the star. */
export function forgetTouched(scope: ReadonlyMap<string, readonly string[]>, table: AnyTable): string {
  return `DELETE FROM ${qualified(touchedName(table))}\nWHERE ${identifier("batch")} IN ${batchList(scope, table)}`;
}
