import type { AnyTable } from "../model/table.ts";
import { historyName, ledgerName, mirrorName, qualifiedName, sourceViewName, touchedName } from "../naming.ts";
import {
  BATCH_TABLE,
  batchColumns,
  dataColumns,
  ERASURE_TABLE,
  erasureColumns,
  floorColumns,
  historyColumns,
  ledgerColumns,
  mirrorColumns,
  touchedColumns,
} from "./columns.ts";
import type { TableSpec, ViewSpec } from "./ddl.ts";
import { distribution, joinColumns } from "./keys.ts";
import { identifiers, qualified } from "./quote.ts";
import { appliedFloors, floorsName } from "./floors.ts";

/** The newest version of every key; none for append-only tables, whose history is all there is. */
function mirror(table: AnyTable): TableSpec {
  const keys = joinColumns(table);
  return {
    name: mirrorName(table),
    comment: `Newest version of every key, deleted ones marked: ${table.comment}`,
    columns: mirrorColumns(table),
    primaryKey: keys,
    distribution: distribution(table),
    sortKey: keys,
  };
}

/** Every version of every key. Sorted by version: rows arrive in that order, and a load looks only at recent ones. */
function history(table: AnyTable): TableSpec {
  return {
    name: historyName(table),
    comment: `Every version of every row: ${table.comment}`,
    columns: historyColumns(table),
    primaryKey: table.key === "none" ? [] : [...joinColumns(table), "_version"],
    // A copy on every node pays for small mirrors, not for what only grows.
    distribution: table.distribution === "all" ? { style: "EVEN" } : distribution(table),
    sortKey: ["_version"],
  };
}

function ledger(table: AnyTable): TableSpec {
  return {
    name: ledgerName(table),
    comment: `Offsets of ${qualifiedName(table)} that are loaded; locked by each load.`,
    columns: ledgerColumns,
    primaryKey: [],
    distribution: { style: "EVEN" },
    sortKey: ["loaded_at"],
  };
}

function floors(table: AnyTable): TableSpec {
  return {
    name: floorsName(table),
    comment: `Floors of ${qualifiedName(table)}: keys below their version are deleted.`,
    columns: floorColumns,
    primaryKey: [],
    distribution: { style: "EVEN" },
    sortKey: ["version"],
  };
}

function touched(table: AnyTable): TableSpec {
  return {
    name: touchedName(table),
    comment: `Keys of ${qualifiedName(table)} that loads changed and the star has not yet taken.`,
    columns: touchedColumns(table),
    primaryKey: [],
    distribution: table.distribution === "all" ? { style: "EVEN" } : distribution(table),
    sortKey: [],
  };
}

/** `ops.batch`. */
export const batchTable: TableSpec = {
  name: BATCH_TABLE,
  comment: "One row for every load of every table.",
  columns: batchColumns,
  primaryKey: ["batch"],
  distribution: { style: "EVEN" },
  sortKey: ["loaded_at"],
};

/** `ops.erasure`. */
export const erasureTable: TableSpec = {
  name: ERASURE_TABLE,
  comment: "What `millrace forget` has erased. Loads keep out whatever of it comes again.",
  columns: erasureColumns,
  primaryKey: [],
  distribution: { style: "ALL" },
  sortKey: ["requested_at"],
};

/** All warehouse tables of one captured table, in the order in which they are made. */
export function tableSpecs(table: AnyTable): readonly TableSpec[] {
  const always = [ledger(table), floors(table), history(table)];
  return table.key === "none" ? always : [...always, touched(table), mirror(table)];
}

/**
 * `source.<table>`: what analysts see. The rows as they are at the source, without technical columns. For a table
 * without a key that is every row ever inserted above the last TRUNCATE: updates and deletes name no row.
 */
export function sourceView(table: AnyTable): ViewSpec {
  const columns = dataColumns(table);
  const names = identifiers(columns.map((column) => column.name));
  const live =
    table.key === "none"
      ? `FROM ${qualified(historyName(table))}\nWHERE _op IN ('r', 'c') AND _version >= COALESCE((\n  SELECT MAX(f.version)\n${appliedFloors(table)}\n), '')`
      : `FROM ${qualified(mirrorName(table))}\nWHERE NOT _deleted`;
  return {
    name: sourceViewName(table),
    comment: table.comment,
    columns,
    query: `SELECT ${names}\n${live}`,
  };
}
