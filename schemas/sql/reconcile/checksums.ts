import type { AnyTable } from "../../model/table.ts";
import { mirrorName } from "../../naming.ts";
import { joinColumns, KEY_COLUMN, keyColumns } from "../keys.ts";
import { identifier, integer, literal, qualified } from "../quote.ts";
import { cellSql, withFloats } from "./cell-sql.ts";
import { cellForms, KEY_SEPARATOR, SEPARATOR } from "./cells.ts";

/**
 * A text's checksum: the first 15 hex digits of its MD5 as a BIGINT of 60 bits, which STRTOL surely holds. Two texts
 * have the same with a chance of 1 in 2^60.
 */
const checksum = (text: string): string => `STRTOL(SUBSTRING(MD5(${text}), 1, 15), 16)`;

/** The checksum of a mirror row, from its columns: a BIGINT. */
export function rowChecksum(table: AnyTable): string {
  return checksum(cellForms(table).map(cellSql).join(` || '${SEPARATOR}' || `));
}

/** Whole-number keys from `low` to `high` in steps of `width`; what lies outside belongs to the first or the last. */
export interface Steps {
  readonly low: bigint;
  readonly high: bigint;
  readonly width: bigint;
}

/** `above < first key column <= upTo`; null is open. */
export interface KeyRange {
  readonly above: bigint | null;
  readonly upTo: bigint | null;
}

/** The column by whose value rows are put into steps, or null: rows go into buckets by the hash of their key. */
export function steppedColumn(table: AnyTable): string | null {
  const [first] = keyColumns(table);
  return first !== undefined && table.columns[first]?.type.kind === "int" ? first : null;
}

/** What names a row: the join columns as text, in their order, joined by `|`. `_key` is its own text. */
function identityParts(table: AnyTable): readonly string[] {
  const forms = new Map(cellForms(table).map((form) => [form.name, { ...form, digested: false }]));
  return joinColumns(table).map((name) => {
    const form = forms.get(name);
    return form === undefined ? identifier(name) : cellSql(form);
  });
}

/** The text whose hash decides about a row's bucket. */
function bucketText(table: AnyTable): string {
  const parts = joinColumns(table).includes(KEY_COLUMN) ? [identifier(KEY_COLUMN)] : identityParts(table);
  return parts.join(` || '${KEY_SEPARATOR}' || `);
}

/** @param count at most 2^16 */
function bucketOf(table: AnyTable, count: number): string {
  return `MOD(${checksum(bucketText(table))}, ${integer(count)})`;
}

/** The stepped column as a number whose differences fit: two INTs may lie further apart than an INT reaches. */
function steppedKey(table: AnyTable): string {
  const name = steppedColumn(table) ?? "";
  const type = table.columns[name]?.type;
  const isWide = type?.kind === "int" && type.bits === 64;
  return isWide ? identifier(name) : `CAST(${identifier(name)} AS BIGINT)`;
}

function inRange(table: AnyTable, { above, upTo }: KeyRange): readonly string[] {
  const column = identifier(steppedColumn(table) ?? "");
  return [...(above === null ? [] : [`${column} > ${above}`]), ...(upTo === null ? [] : [`${column} <= ${upTo}`])];
}

/** A SUM of BIGINTs is a BIGINT in Redshift, and too small for a dozen checksums. */
const SUMS = (table: AnyTable): string =>
  `COUNT(*) AS row_count, SUM(CAST(${rowChecksum(table)} AS NUMERIC(38,0))) AS checksum`;

const mirrorOf = (table: AnyTable): string => withFloats(table, qualified(mirrorName(table)));

/** `bucket, row_count, checksum` of the mirror's live rows in a range of a whole-number key. */
export function stepChecksums(table: AnyTable, range: KeyRange, { low, high, width }: Steps): string {
  const column = steppedKey(table);
  const step = `CAST(LEAST(GREATEST(${column}, ${low}), ${high}) - ${low} AS BIGINT) / ${width}`;
  const where = ["NOT _deleted", ...inRange(table, range)].join(" AND ");
  return `SELECT ${step} AS bucket, ${SUMS(table)}\nFROM ${mirrorOf(table)}\nWHERE ${where}\nGROUP BY ${step}`;
}

/** `bucket, row_count, checksum` of all of the mirror's live rows, by the hash of their keys. */
export function bucketChecksums(table: AnyTable, count: number): string {
  const bucket = bucketOf(table, count);
  return `SELECT ${bucket} AS bucket, ${SUMS(table)}\nFROM ${mirrorOf(table)}\nWHERE NOT _deleted\nGROUP BY ${bucket}`;
}

/** Which rows of the mirror are wanted: ranges of a whole-number key, buckets, or rows by name. */
export type RowChoice =
  | { readonly ranges: readonly KeyRange[] }
  | { readonly buckets: readonly number[]; readonly of: number }
  | { readonly identities: readonly string[] };

/** `row_name, checksum, version, deleted` of mirror rows, deleted ones included; the checksum is its digits as text. */
export function mirrorRows(table: AnyTable, choice: RowChoice): string {
  const identity = identityParts(table).join(` || '${KEY_SEPARATOR}' || `);
  return `SELECT ${identity} AS row_name, CAST(${rowChecksum(table)} AS VARCHAR) AS checksum, _version AS version, _deleted AS deleted
FROM ${mirrorOf(table)}
WHERE ${chosen(table, choice)}`;
}

function chosen(table: AnyTable, choice: RowChoice): string {
  if ("ranges" in choice) {
    const ranges = choice.ranges.map((range) => `(${inRange(table, range).join(" AND ")})`);
    return choice.ranges.some(({ above, upTo }) => above === null && upTo === null) ? "1 = 1" : ranges.join(" OR ");
  }
  if ("buckets" in choice) return `${bucketOf(table, choice.of)} IN (${choice.buckets.map(integer).join(", ")})`;
  return namedRows(table, choice.identities);
}

/** Rows by the last of the join columns, which is `_key` or enough to find few; the caller compares identities. */
function namedRows(table: AnyTable, identities: readonly string[]): string {
  const columns = joinColumns(table);
  const parts = identities.map((identity) => identity.split(KEY_SEPARATOR));
  if (columns.includes(KEY_COLUMN)) {
    const at = columns.indexOf(KEY_COLUMN);
    return `${identifier(KEY_COLUMN)} IN (${parts.map((part) => literal(part[at] ?? "")).join(", ")})`;
  }
  const [first] = columns;
  const column = steppedColumn(table);
  if (first !== undefined && column === first)
    return `${identifier(first)} IN (${parts.map(([value]) => whole(value)).join(", ")})`;
  const texts = identityParts(table).join(` || '${KEY_SEPARATOR}' || `);
  return `${texts} IN (${identities.map(literal).join(", ")})`;
}

/** @throws TypeError for what is no whole number: it comes from the warehouse or from our own decoder */
function whole(text: string | undefined): string {
  if (text === undefined || !/^-?\d{1,20}$/.test(text)) throw new TypeError(`'${String(text)}' is no whole number`);
  return text;
}
