import type { AnyTable } from "../../model/table.ts";
import { historyName, ledgerName, mirrorName, touchedName } from "../../naming.ts";
import { mirrorColumns } from "../columns.ts";
import { appliedFloors } from "../floors.ts";
import { joinColumns, KEY_COLUMN, keyColumns, sameKey, usesKeyColumn } from "../keys.ts";
import { assertion, identifier, identifiers, integer, literal, qualified } from "../quote.ts";
import { carried } from "./floors.ts";
import { KNOWN, ROW, STAGE } from "./plan.ts";
import type { LoadPlan } from "./plan.ts";

/**
 * Loading files once more, or late: the ledger stays where it is. Files come in any order and any choice, so the mirror
 * is not made from the file's newest rows but from what history then has of their keys.
 */

/** Keys that the files name. */
const KEYS = "load_keys";
/** Floors in force, one row a version, each with the version of the one below. */
const FLOORS = "load_floors";
/** The newest row that history has of each of those keys. */
const LATEST = "load_latest";

/** Fails unless every file lies below the ledger's position: what is not loaded yet is the loader's. */
export function assertLoaded({ file, topic, ranges }: LoadPlan): string {
  const next = `SELECT ${identifier("partition")} AS place, MAX(last_offset) + 1 AS next_offset`;
  const from = `FROM ${qualified(ledgerName(file.table))} GROUP BY ${identifier("partition")}`;
  const below = ranges.map(
    ({ partition, last }) => `(place = ${integer(partition)} AND next_offset > ${integer(last)})`,
  );
  return assertion(
    `COUNT(*) = ${integer(ranges.length)}`,
    `the ledger of ${topic} is not past the files to be replayed`,
    `FROM (${next} ${from}) AS reached\nWHERE ${below.join(" OR ")}`,
  );
}

/**
 * A row read by a resync that comes after the resync's own floor has deleted its key (it was in quarantine) has the
 * floor's version: the read is what was true there, so the delete goes.
 */
export function reviveRows(table: AnyTable): string {
  const history = qualified(historyName(table));
  return `DELETE FROM ${history}
USING ${STAGE} s
WHERE ${sameKey(table, "s", history)} AND ${history}._version = s._version AND ${history}._op = 'd' AND s._op = 'r'`;
}

/**
 * What follows once history has the files' rows: deletes at floors that history lacks, the newest rows of the keys into
 * the mirror, and the keys for the star.
 * @param table as it is defined now: rows of other files may have columns that these lack
 */
export function settleKeys(table: AnyTable, batch: string, starred: boolean): readonly string[] {
  return [
    collectKeys(table),
    collectFloors(table),
    sinkBelowFloors(table, batch),
    collectLatest(table),
    dropReached(table),
    ...(starred ? recordChanged(table, batch) : []),
  ];
}

function collectKeys(table: AnyTable): string {
  return `CREATE TEMP TABLE ${KEYS} AS\nSELECT DISTINCT ${identifiers(joinColumns(table))}\nFROM ${STAGE}\nWHERE _op <> 't'`;
}

function collectFloors(table: AnyTable): string {
  const place = [identifier("partition"), identifier("offset")];
  const own = place.map((name) => `f.${name}`).join(", ");
  return `CREATE TEMP TABLE ${FLOORS} AS
SELECT version, commit_at, captured_at, ${place.join(", ")}, LAG(version) OVER (ORDER BY version) AS previous
FROM (
SELECT f.version, f.commit_at, f.captured_at, ${own}, ROW_NUMBER() OVER (PARTITION BY f.version ORDER BY ${own}) AS nth
${appliedFloors(table)}
) AS seen_floors
WHERE nth = 1`;
}

/**
 * A key whose newest row lies below a floor was deleted by it: history says so at the floor that the mirror names, else at
 * the lowest above. Not where the mirror knows of something newer that history has lost, and will have again once its
 * file is replayed.
 */
function sinkBelowFloors(table: AnyTable, batch: string): string {
  const names = carried(table);
  const key = identifiers(joinColumns(table), "h");
  const history = qualified(historyName(table));
  const newest = `SELECT ${key}, MAX(h._version) AS _version FROM ${history} h JOIN ${KEYS} k ON ${sameKey(table, "k", "h")} GROUP BY ${key}`;
  const asMirrored = "(m._deleted AND m._version = f.version)";
  const lowest = "(f.previous IS NULL OR f.previous <= r._version)";
  return `INSERT INTO ${history} (${identifiers(names)}, _version, _op, _commit_at, _captured_at, _partition, _offset, _batch)
SELECT ${identifiers(names, "r")}, f.version, 'd', f.commit_at, f.captured_at, f.${identifier("partition")}, f.${identifier("offset")}, ${literal(batch)}
FROM ${history} r
JOIN (${newest}) n ON ${sameKey(table, "n", "r")} AND n._version = r._version
JOIN ${FLOORS} f ON f.version > r._version
LEFT JOIN ${qualified(mirrorName(table))} m ON ${sameKey(table, "m", "r")}
WHERE r._op <> 'd' AND (${asMirrored} OR (${lowest} AND (m._version IS NULL OR m._version < f.version)))`;
}

function collectLatest(table: AnyTable): string {
  const names = latestColumns(table);
  const key = identifiers(joinColumns(table), "h");
  return `CREATE TEMP TABLE ${LATEST} AS
SELECT ${identifiers(names)}
FROM (
SELECT ${identifiers(names, "h")}, ROW_NUMBER() OVER (PARTITION BY ${key} ORDER BY h._version DESC, h._partition, h._offset) AS nth
FROM ${qualified(historyName(table))} h
JOIN ${KEYS} k ON ${sameKey(table, "k", "h")}
) AS ranked
WHERE nth = 1`;
}

const latestColumns = (table: AnyTable): readonly string[] => [
  ...mirrorColumns(table)
    .map(({ name }) => name)
    .filter((name) => name !== "_deleted" && name !== "_batch"),
  "_op",
];

/** Leaves what the mirror lacks or is behind of; at one version a row that was read wins over the floor's delete. */
function dropReached(table: AnyTable): string {
  return `DELETE FROM ${LATEST}
USING ${qualified(mirrorName(table))} m
WHERE ${sameKey(table, "m", LATEST)} AND (m._version > ${LATEST}._version OR (m._version = ${LATEST}._version AND (NOT m._deleted OR ${LATEST}._op = 'd')))`;
}

/** Keys for the star: only those of which history or mirror has changed, so that a replay of what is there costs nothing. */
function recordChanged(table: AnyTable, batch: string): readonly string[] {
  const columns = usesKeyColumn(table) ? [KEY_COLUMN, ...keyColumns(table)] : keyColumns(table);
  const touched = `INSERT INTO ${qualified(touchedName(table))} (${identifiers(columns)}, batch)`;
  return [
    `${touched}
SELECT ${identifiers(columns, "s")}, ${literal(batch)}
FROM ${STAGE} s
LEFT JOIN ${KNOWN} k ON k.${ROW} = s.${ROW}
WHERE s._op <> 't' AND k.${ROW} IS NULL`,
    `${touched}\nSELECT ${identifiers(columns)}, ${literal(batch)}\nFROM ${LATEST}`,
  ];
}

export { LATEST as REPLAYED };
