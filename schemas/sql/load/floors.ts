import type { AnyTable } from "../../model/table.ts";
import { historyName, mirrorName, touchedName } from "../../naming.ts";
import { dataColumns } from "../columns.ts";
import { appliedFloors, floorsName } from "../floors.ts";
import { KEY_COLUMN, keyColumns, sameKey, usesKeyColumn } from "../keys.ts";
import { identifier, identifiers, literal, qualified } from "../quote.ts";
import { FALLEN, FLOOR, STAGE } from "./plan.ts";

/** These subqueries are answered first, and spare the scan of a table when there is nothing to do. */
const FRESH = `(SELECT MAX(fresh) FROM ${FLOOR}) > 0`;
const ANY = `(SELECT COUNT(*) FROM ${FLOOR}) > 0`;

const OWN = [identifier("partition"), identifier("offset")].join(", ");

/** Keeps the floors that the files brought; one that comes again changes nothing. */
export function recordFloors(table: AnyTable, batch: string): string {
  const floors = qualified(floorsName(table));
  return `INSERT INTO ${floors} (batch, id, kind, version, ${OWN}, commit_at, captured_at)
SELECT DISTINCT ${literal(batch)}, SPLIT_PART(s._floor, ' ', 2), SPLIT_PART(s._floor, ' ', 1), s._version, s._partition, s._offset, s._commit_at, s._captured_at
FROM ${STAGE} s
LEFT JOIN ${floors} f ON f.${identifier("partition")} = s._partition AND f.${identifier("offset")} = s._offset
WHERE s._op = 't' AND f.id IS NULL`;
}

/** The highest floor in force, and whether this load brought any. */
export function findFloor(table: AnyTable, batch: string): string {
  return `CREATE TEMP TABLE ${FLOOR} AS
SELECT f.version, f.commit_at, f.captured_at, f.${identifier("partition")}, f.${identifier("offset")},
  (SELECT COUNT(*) FROM ${qualified(floorsName(table))} WHERE batch = ${literal(batch)}) AS fresh
${appliedFloors(table)}
ORDER BY f.version DESC, f.${identifier("partition")}
LIMIT 1`;
}

/** Key, data and leftovers: what a delete repeats of the row it ends. */
export function carried(table: AnyTable): readonly string[] {
  const data = dataColumns(table).map((column) => column.name);
  return [...(usesKeyColumn(table) ? [KEY_COLUMN] : []), ...data, "_raw", "_unmapped"];
}

/** A delete, in history, at the floor, of each row of `from` (alias r). */
function deleteAtFloor(table: AnyTable, batch: string, from: string): string {
  const names = carried(table);
  return `INSERT INTO ${qualified(historyName(table))} (${identifiers(names)}, _version, _op, _commit_at, _captured_at, _partition, _offset, _batch)
SELECT ${identifiers(names, "r")}, f.version, 'd', f.commit_at, f.captured_at, f.${identifier("partition")}, f.${identifier("offset")}, ${literal(batch)}
${from}`;
}

/**
 * A floor of this load deletes every key below it: in history, for the star, in the mirror. Rows that the same load
 * brings with the floor's own version are what a resync has just read: their keys stay.
 */
export function applyFloor(table: AnyTable, batch: string, starred: boolean): readonly string[] {
  const mirror = qualified(mirrorName(table));
  const key = [...(usesKeyColumn(table) ? [KEY_COLUMN] : []), ...keyColumns(table)];
  const fallen = `CREATE TEMP TABLE ${FALLEN} AS
SELECT ${identifiers(key, "r")}
FROM ${mirror} r
CROSS JOIN ${FLOOR} f
LEFT JOIN ${STAGE} s ON ${sameKey(table, "s", "r")} AND s._version = f.version
WHERE ${FRESH} AND NOT r._deleted AND r._version < f.version AND s._version IS NULL`;
  const rows = `FROM ${mirror} r\nJOIN ${FALLEN} k ON ${sameKey(table, "k", "r")}\nCROSS JOIN ${FLOOR} f`;
  const touched = `INSERT INTO ${qualified(touchedName(table))} (${identifiers(key)}, batch)
SELECT ${identifiers(key)}, ${literal(batch)}
FROM ${FALLEN}`;
  const update = `UPDATE ${mirror}
SET _deleted = TRUE, _version = f.version, _commit_at = f.commit_at, _batch = ${literal(batch)}
FROM ${FALLEN} k
CROSS JOIN ${FLOOR} f
WHERE ${sameKey(table, "k", mirror)}`;
  return [fallen, deleteAtFloor(table, batch, rows), ...(starred ? [touched] : []), update];
}

/** A row that comes late, below a floor, is a key that the floor has deleted: it arrives as that delete. */
export function sinkBelowFloor(table: AnyTable, batch: string): readonly string[] {
  return [
    deleteAtFloor(
      table,
      batch,
      `FROM ${STAGE} r\nCROSS JOIN ${FLOOR} f\nWHERE ${ANY} AND r._op <> 'd' AND r._version < f.version`,
    ),
    `UPDATE ${STAGE}
SET _op = 'd', _version = f.version, _commit_at = f.commit_at
FROM ${FLOOR} f
WHERE ${ANY} AND ${STAGE}._op <> 'd' AND ${STAGE}._version < f.version`,
  ];
}
