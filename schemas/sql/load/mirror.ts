import type { AnyTable } from "../../model/table.ts";
import { mirrorName, touchedName } from "../../naming.ts";
import { mirrorColumns } from "../columns.ts";
import { KEY_COLUMN, keyColumns, sameKey, usesKeyColumn } from "../keys.ts";
import { identifier, identifiers, literal, qualified } from "../quote.ts";
import { RANK, ROW, STAGE } from "./plan.ts";

/** Leaves the newest row of each key in the stage: MERGE fails on two, and floors are no rows. */
export function keepNewest(): readonly string[] {
  return [
    `DELETE FROM ${STAGE} WHERE _op = 't'`,
    `DELETE FROM ${STAGE}\nUSING ${RANK} r\nWHERE r.${ROW} = ${STAGE}.${ROW} AND r.age > 1`,
  ];
}

/**
 * Tells build-star which keys to compute again: all in the files, also when an older version came late. Reads the stage
 * when it holds one row of each key. Besides the columns that rows are matched on, the key's own are kept, for people
 * and for the star's joins.
 */
export function recordTouched(table: AnyTable, batch: string): string {
  const key = identifiers(usesKeyColumn(table) ? [KEY_COLUMN, ...keyColumns(table)] : keyColumns(table));
  return `INSERT INTO ${qualified(touchedName(table))} (${key}, batch)
SELECT ${key}, ${literal(batch)}
FROM ${STAGE}`;
}

/** Drops rows that the mirror has, or is ahead of: MERGE cannot tell by itself. */
export function dropStale(table: AnyTable): string {
  return `DELETE FROM ${STAGE}
USING ${qualified(mirrorName(table))} m
WHERE ${sameKey(table, "m", STAGE)} AND m._version >= ${STAGE}._version`;
}

/**
 * The stage into the mirror. All columns, and the same expressions on both sides, as Redshift's faster plan wants it;
 * a delete is an update that keeps the row, because its version must keep older rows out.
 */
export function mergeMirror(table: AnyTable, batch: string, from = STAGE): string {
  const mirror = qualified(mirrorName(table));
  const columns = mirrorColumns(table).map(({ name }) => ({ name: identifier(name), value: valueOf(name, batch) }));
  const set = columns.map(({ name, value }) => `${name} = ${value}`).join(", ");
  return `MERGE INTO ${mirror}
USING ${from} s
ON ${sameKey(table, mirror, "s")}
WHEN MATCHED THEN UPDATE SET ${set}
WHEN NOT MATCHED THEN INSERT (${identifiers(mirrorColumns(table).map(({ name }) => name))})
VALUES (${columns.map(({ value }) => value).join(", ")})`;
}

function valueOf(name: string, batch: string): string {
  if (name === "_deleted") return "(s._op = 'd')";
  return name === "_batch" ? literal(batch) : `s.${identifier(name)}`;
}
