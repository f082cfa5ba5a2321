import type { ColumnType } from "../model/column.ts";
import { warehouseType } from "../types/warehouse.ts";

/**
 * Comparisons of values as exactly as the source holds them. Redshift ignores trailing blanks of text in `=`, GROUP BY
 * and PARTITION BY, PostgreSQL does not; a mark behind the text makes them count in both. Neither has a NULL-safe
 * equality that the other knows: as NULL has no mark, it differs from every text once it is made ''.
 */
const isText = (type: ColumnType): boolean => warehouseType(type).name === "VARCHAR";

/** Equal exactly when the values are; NULL stays NULL. */
export function exact(value: string, type: ColumnType): string {
  return isText(type) ? `${value} || '.'` : value;
}

/** Text that is equal exactly when the values are; NULL equals NULL only. For keys: nothing is shortened. */
export function exactText(value: string, type: ColumnType): string {
  return `COALESCE(${isText(type) ? value : asText(value, type)} || '.', '')`;
}

/** As `exactText`, at most some 40 characters long, so that wide rows stay below the width of a VARCHAR. */
export function fingerprint(value: string, type: ColumnType): string {
  return isText(type) ? `COALESCE(MD5(${value}), '')` : exactText(value, type);
}

/** One digest of many values: rows are equal exactly when their digests are. */
export function digest(values: readonly { readonly value: string; readonly type: ColumnType }[]): string {
  if (values.length === 0) return "''";
  return `MD5(${values.map(({ value, type }) => fingerprint(value, type)).join(" || ';' || ")})`;
}

/** @throws TypeError for documents and binaries: as text they do not compare exactly, so the star takes none */
function asText(value: string, type: ColumnType): string {
  if (type.kind === "json" || type.kind === "bytes") throw new TypeError(`${type.kind} cannot stand in the star`);
  // Redshift casts no BOOLEAN to text.
  if (warehouseType(type).name === "BOOLEAN") return `CASE WHEN ${value} THEN 't' WHEN NOT ${value} THEN 'f' END`;
  return `CAST(${value} AS VARCHAR)`;
}

/** One text for a key of one or more columns, equal exactly when the keys are. */
export function memberText(values: readonly { readonly value: string; readonly type: ColumnType }[]): string {
  const [first, ...more] = values;
  if (first === undefined) throw new TypeError("a member needs at least one column");
  if (more.length === 0) return exactText(first.value, first.type);
  // Texts of any content cannot be joined without ambiguity; digests of fixed width can.
  return values.map(({ value, type }) => fingerprint(value, type)).join(" || ';' || ");
}
