import type { AnyTable } from "../../model/table.ts";
import { historyName } from "../../naming.ts";
import { historyColumns } from "../columns.ts";
import { joinColumns, sameKey } from "../keys.ts";
import { identifiers, literal, qualified } from "../quote.ts";
import { KNOWN, RANK, REPEATED, ROW, STAGE } from "./plan.ts";

const isRow = (alias: string): string => `${alias}._op <> 't'`;
const oldest = `(SELECT MIN(_version) FROM ${STAGE})`;

/** Keys that have more than one row in the files: most have one, and need no ranking. */
export function collectRepeated(table: AnyTable): string {
  const key = identifiers(joinColumns(table));
  return `CREATE TEMP TABLE ${REPEATED} AS\nSELECT ${key}\nFROM ${STAGE}\nWHERE _op <> 't'\nGROUP BY ${key}\nHAVING COUNT(*) > 1`;
}

/**
 * Ranks the rows of repeated keys: `copy` counts equal versions (files overlap, captures replay), `age` counts from the
 * newest. Only keys and places are sorted, never whole rows.
 */
export function rankRows(table: AnyTable): string {
  const key = identifiers(joinColumns(table), "s");
  const place = "s._partition, s._offset, s._row";
  return `CREATE TEMP TABLE ${RANK} AS
SELECT s.${ROW},
  ROW_NUMBER() OVER (PARTITION BY ${key}, s._version ORDER BY ${place}) AS copy,
  ROW_NUMBER() OVER (PARTITION BY ${key} ORDER BY s._version DESC, ${place}) AS age
FROM ${STAGE} s
JOIN ${REPEATED} k ON ${sameKey(table, "k", "s")}
WHERE ${isRow("s")}`;
}

/** Rows that history has, or that are in the files twice. */
export function collectKnown(table: AnyTable): string {
  return `CREATE TEMP TABLE ${KNOWN} AS
SELECT ${ROW} FROM ${RANK} WHERE copy > 1
UNION ALL
SELECT s.${ROW}
FROM ${STAGE} s
JOIN ${qualified(historyName(table))} h ON ${sameKey(table, "h", "s")} AND h._version = s._version
WHERE ${isRow("s")} AND h._version >= ${oldest}`;
}

/**
 * The same without a key. A change is known by its version; a row read by a snapshot, where all have the anchor's, by
 * its place in the topic, so that equal rows stay apart.
 */
export function collectKnownWithoutKey(table: AnyTable): readonly string[] {
  const history = qualified(historyName(table));
  const identity =
    "CASE WHEN _op = 'r' THEN CAST(_partition AS VARCHAR) || ':' || CAST(_offset AS VARCHAR) ELSE _version END";
  return [
    `CREATE TEMP TABLE ${RANK} AS
SELECT ${ROW}, ROW_NUMBER() OVER (PARTITION BY ${identity} ORDER BY _partition, _offset, ${ROW}) AS copy
FROM ${STAGE}
WHERE _op <> 't'`,
    `CREATE TEMP TABLE ${KNOWN} AS
SELECT ${ROW} FROM ${RANK} WHERE copy > 1
UNION ALL
SELECT s.${ROW}
FROM ${STAGE} s
JOIN ${history} h ON h._version = s._version AND h._op = s._op
WHERE s._op NOT IN ('r', 't') AND h._version >= ${oldest}
UNION ALL
SELECT s.${ROW}
FROM ${STAGE} s
JOIN ${history} h ON h._partition = s._partition AND h._offset = s._offset
WHERE s._op = 'r' AND h._op = 'r' AND h._version >= ${oldest}`,
  ];
}

/** Appends to history what it does not have. */
export function appendHistory(table: AnyTable, batch: string): string {
  const names = historyColumns(table)
    .map((column) => column.name)
    .filter((name) => name !== "_batch");
  return `INSERT INTO ${qualified(historyName(table))} (${identifiers(names)}, _batch)
SELECT ${identifiers(names, "s")}, ${literal(batch)}
FROM ${STAGE} s
LEFT JOIN ${KNOWN} k ON k.${ROW} = s.${ROW}
WHERE ${isRow("s")} AND k.${ROW} IS NULL`;
}
