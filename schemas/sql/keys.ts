import type { AnyTable } from "../model/table.ts";
import { warehouseType } from "../types/warehouse.ts";
import type { WarehouseType } from "../types/warehouse.ts";
import { identifier } from "./quote.ts";

/** Column that holds a key as hex text of its exact bytes, for keys that `=` does not compare exactly. */
export const KEY_COLUMN = "_key";

/**
 * Warehouse types that do not compare exactly: Redshift ignores trailing blanks of text, VARBYTE and SUPER do not join
 * well, and dates that MySQL allows but no warehouse does are NULL there (docs/TYPES.md).
 */
const INEXACT: ReadonlySet<WarehouseType["name"]> = new Set([
  "VARCHAR",
  "VARBYTE",
  "SUPER",
  "DATE",
  "TIMESTAMP",
  "TIMESTAMPTZ",
]);

function isInexact(table: AnyTable, name: string): boolean {
  const column = table.columns[name];
  if (column === undefined) return true;
  // A pseudonym is 64 hexadecimal digits: nothing trails.
  return column.type.kind !== "pseudonym" && INEXACT.has(warehouseType(column.type).name);
}

/** Names of the key columns in key order; empty for append-only tables. */
export function keyColumns(table: AnyTable): readonly string[] {
  return table.key === "none" ? [] : table.key;
}

/** Whether mirror, history and touched have `_key`: some key column is text, binary, JSON or a date. */
export function usesKeyColumn(table: AnyTable): boolean {
  return keyColumns(table).some((name) => isInexact(table, name));
}

/**
 * Columns on which rows of one key are matched, everywhere: the key columns, or `_key` in place of those that do not
 * compare exactly. The exact ones stay: next to `_key` they are redundant, but one may be the distribution key.
 */
export function joinColumns(table: AnyTable): readonly string[] {
  const exact = keyColumns(table).filter((name) => !isInexact(table, name));
  return usesKeyColumn(table) ? [...exact, KEY_COLUMN] : exact;
}

/** `a.k = b.k AND ...` over the join columns; aliases may be qualified table names. */
export function sameKey(table: AnyTable, a: string, b: string): string {
  return joinColumns(table)
    .map((name) => `${a}.${identifier(name)} = ${b}.${identifier(name)}`)
    .join(" AND ");
}

/** Where rows live: equal keys on one slice, so that joins by key move nothing. */
export function distribution(table: AnyTable): { readonly style: "ALL" | "EVEN" } | { readonly key: string } {
  if (table.distribution === "all") return { style: "ALL" };
  if (table.distribution === "even") return { style: "EVEN" };
  const [first, ...more] = joinColumns(table);
  const wanted = table.distribution ?? (more.length === 0 ? first : undefined);
  if (wanted === undefined) return { style: "EVEN" };
  // A text key is joined on `_key`: distributing on the text itself would not collocate anything.
  if (keyColumns(table).includes(wanted) && isInexact(table, wanted)) return { key: KEY_COLUMN };
  return { key: wanted };
}
