import { createHash } from "node:crypto";
import type { ColumnType } from "../model/column.ts";
import type { AnyTable } from "../model/table.ts";
import { historyName, ledgerName, mirrorName, qualifiedName, touchedName } from "../naming.ts";
import { BATCH_TABLE, batchColumns, ERASURE_TABLE, erasureColumns } from "./columns.ts";
import { STAGE } from "./load/plan.ts";
import { KEY_COLUMN, keyColumns, usesKeyColumn } from "./keys.ts";
import { identifier, identifiers, integer, literal, qualified } from "./quote.ts";

/** Rows of one table that are about somebody: those with this value in these columns. */
export interface Erasure {
  readonly table: AnyTable;
  /** Columns that rows are found by; `_key` stands for a key that does not compare exactly as it is. */
  readonly matched: readonly string[];
  /** SHA-256 of the table's name and the value: the value itself stands in no statement, which the warehouse would log. */
  readonly hash: string;
}

/** The columns by which a table's own key is found. */
export const matchedKey = (table: AnyTable): readonly string[] =>
  usesKeyColumn(table) ? [KEY_COLUMN] : keyColumns(table);

const SEPARATOR = "-";

/** @param values texts of the matched columns, as the warehouse prints them */
export function erasureHash(table: AnyTable, values: readonly string[]): string {
  return createHash("sha256")
    .update(`${qualifiedName(table)}:${values.join(SEPARATOR)}`, "utf8")
    .digest("hex");
}

function asText(column: string, type: ColumnType | undefined): string {
  if (type === undefined) return column;
  if (type.kind === "bytes") return `TO_HEX(${column})`;
  return `CAST(${column} AS VARCHAR)`;
}

/** The hash of a row's matched columns. @param alias of the row, or its table's name */
function hashOf(table: AnyTable, matched: readonly string[], alias: string): string {
  const parts = matched.map((name) => asText(`${alias}.${identifier(name)}`, table.columns[name]?.type));
  return `SHA2(${[literal(`${qualifiedName(table)}:`), parts.join(` || ${literal(SEPARATOR)} || `)].join(" || ")}, 256)`;
}

const isMatched = ({ table, matched, hash }: Erasure, alias: string): string =>
  `${hashOf(table, matched, alias)} = ${literal(hash)}`;

const upTo = (alias: string, version: string): string => `${alias}._version <= ${literal(version)}`;

/** `newest, own`: the newest version of the table, and of the rows matched; NULL for none. */
export function newestVersions(erasure: Erasure): string {
  const own = `CASE WHEN ${isMatched(erasure, "h")} THEN h._version END`;
  return `SELECT MAX(h._version) AS newest, MAX(${own}) AS own\nFROM ${qualified(historyName(erasure.table))} h`;
}

/** `live, mirrored, kept`: rows matched that the source has not deleted, all in the mirror, all in history. */
export function matchedRows(erasure: Erasure, version: string | null): string {
  const { table } = erasure;
  const where = (alias: string): string =>
    `${isMatched(erasure, alias)}${version === null ? "" : ` AND ${upTo(alias, version)}`}`;
  const kept = `SELECT COUNT(*) FROM ${qualified(historyName(table))} h WHERE ${where("h")}`;
  if (table.key === "none") return `SELECT 0 AS live, 0 AS mirrored, (${kept}) AS kept`;
  return `SELECT COUNT(CASE WHEN NOT m._deleted THEN 1 END) AS live, COUNT(*) AS mirrored, (${kept}) AS kept
FROM ${qualified(mirrorName(table))} m
WHERE ${where("m")}`;
}

/** `up_to, unfinished`: of earlier erasures of the same rows. */
export function earlierErasures({ table, matched, hash }: Erasure): string {
  return `SELECT MAX(up_to) AS up_to, MAX(CASE WHEN finished_at IS NULL THEN id END) AS unfinished
FROM ${ERASURE_TABLE}
WHERE table_name = ${literal(qualifiedName(table))} AND matched = ${literal(matched.join(","))} AND value_hash = ${literal(hash)}`;
}

/** Notes that an erasure has begun: from now on loads keep out what they bring of it. */
export function beginErasure({ table, matched, hash }: Erasure, id: string, version: string): string {
  const names = erasureColumns.slice(0, 6).map(({ name }) => identifier(name));
  const values = [id, qualifiedName(table), matched.join(","), hash, version].map(literal);
  return `INSERT INTO ${ERASURE_TABLE} (${names.join(", ")})\nVALUES (${values.join(", ")}, SYSDATE)`;
}

export interface ErasureCounts {
  readonly mirror: number;
  readonly history: number;
  readonly landed: number;
  readonly quarantined: number;
}

/** Adds what one pass has taken out; `finished` once nothing was left. */
export function recordErasure(id: string, counts: ErasureCounts, finished: boolean): string {
  const add = (column: string, count: number): string => `${column} = COALESCE(${column}, 0) + ${integer(count)}`;
  const sets = [
    add("mirror_rows", counts.mirror),
    add("history_rows", counts.history),
    add("landed_rows", counts.landed),
    add("quarantined_rows", counts.quarantined),
    ...(finished ? ["finished_at = SYSDATE"] : []),
  ];
  return `UPDATE ${ERASURE_TABLE}\nSET ${sets.join(", ")}\nWHERE id = ${literal(id)}`;
}

/** The transaction that takes the rows out of the warehouse, and which of its statements counts what. */
export interface ErasureTransaction {
  readonly statements: readonly string[];
  /** Index of the mirror's and of history's DELETE; -1: there is no mirror. */
  readonly mirror: number;
  readonly history: number;
}

/**
 * Takes the rows out of mirror and history, and notes their keys for the star under a load of its own, so that dimension
 * versions go and facts are looked up again. Locks the table's ledger: no load runs meanwhile.
 */
export function eraseRows(erasure: Erasure, version: string, batch: string, starred: boolean): ErasureTransaction {
  const { table } = erasure;
  const history = qualified(historyName(table));
  const lock = `LOCK ${qualified(ledgerName(table))}`;
  const remove = (name: string): string =>
    `DELETE FROM ${name}\nWHERE ${isMatched(erasure, name)} AND ${upTo(name, version)}`;
  const key = [...(usesKeyColumn(table) ? [KEY_COLUMN] : []), ...keyColumns(table)];
  const touched = `INSERT INTO ${qualified(touchedName(table))} (${identifiers(key)}, batch)
SELECT DISTINCT ${identifiers(key, "h")}, ${literal(batch)}
FROM ${history} h
WHERE ${isMatched(erasure, "h")} AND ${upTo("h", version)}`;
  const load = `INSERT INTO ${BATCH_TABLE} (${identifiers(batchColumns.map(({ name }) => name))})
VALUES (${[batch, qualifiedName(table)].map(literal).join(", ")}, 0, 0, SYSDATE)`;
  const forStar = starred && table.key !== "none" ? [touched, load] : [];
  if (table.key === "none") return { statements: [lock, remove(history)], mirror: -1, history: 1 };
  const statements = [lock, ...forStar, remove(qualified(mirrorName(table))), remove(history)];
  return { statements, mirror: statements.length - 2, history: statements.length - 1 };
}

/** `matched`: the column lists by which anything of the table was ever erased. */
export function erasedBy(table: AnyTable): string {
  return `SELECT DISTINCT matched FROM ${ERASURE_TABLE} WHERE table_name = ${literal(qualifiedName(table))} ORDER BY matched`;
}

/** Keeps out of a load what was erased and comes again: by a replay, a file of old, a record published twice. */
export function dropErased(table: AnyTable, matched: string): string {
  return `DELETE FROM ${STAGE}
USING ${ERASURE_TABLE} e
WHERE e.table_name = ${literal(qualifiedName(table))} AND e.matched = ${literal(matched)} AND ${STAGE}._version <= e.up_to AND e.value_hash = ${hashOf(table, matched.split(","), STAGE)}`;
}
