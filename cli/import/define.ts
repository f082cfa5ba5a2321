import type { CatalogueColumn, CatalogueTable } from "../../lambdas/adapters/mysql/index.ts";
import { unreadable } from "../../lambdas/adapters/mysql/index.ts";
import type { Column, ColumnType } from "../../schemas/model/column.ts";
import type { AnyTable, Area } from "../../schemas/model/table.ts";
import { BATCH_WIDTH, historyColumns, landingColumns } from "../../schemas/sql/columns.ts";
import { createTable } from "../../schemas/sql/ddl.ts";
import { appendHistory } from "../../schemas/sql/load/history.ts";
import { mergeMirror } from "../../schemas/sql/load/mirror.ts";
import { tableSpecs } from "../../schemas/sql/tables.ts";
import { columnTypeOf } from "../../schemas/types/from-mysql.ts";
import { columnName, tableName } from "./names.ts";
import type { Note } from "./notes.ts";
import { columnNotes, tableNotes } from "./notes.ts";

/** Columns that a table of Redshift may have (Amazon Redshift Database Developer Guide, CREATE TABLE). */
const MOST_COLUMNS = 1600;
/** Bytes of a statement that the Data API takes, with some to spare. */
const LONGEST_STATEMENT = 95_000;

/** A table of the source as a definition, with what a person should know or decide. */
export interface ImportedTable {
  readonly definition: AnyTable;
  readonly notes: readonly Note[];
}

/** Warehouse names of all tables of a database, by source name. Names that need no change are given first. */
export function tableNames(
  area: string,
  sources: readonly string[],
  known: ReadonlyMap<string, string>,
  taken: ReadonlySet<string>,
): ReadonlyMap<string, string> {
  return named(sources, known, new Set(taken), (source, place, all) => tableName(source, place, area, all));
}

function named(
  sources: readonly string[],
  known: ReadonlyMap<string, string>,
  taken: Set<string>,
  give: (source: string, place: number, taken: Set<string>) => string,
): ReadonlyMap<string, string> {
  const names = new Map<string, string>();
  for (const source of sources) {
    const name = known.get(source);
    if (name !== undefined) names.set(source, name);
  }
  for (const name of known.values()) taken.add(name);
  const places = sources.map((source, index) => ({ source, place: index + 1 }));
  const plain = ({ source }: { readonly source: string }): boolean => /^[a-z][a-z0-9_]*$/.test(source);
  for (const { source, place } of [...places.filter(plain), ...places.filter((each) => !plain(each))]) {
    if (!names.has(source)) names.set(source, give(source, place, taken));
  }
  return names;
}

/**
 * The definition of one table. Columns that cannot be captured are left out, each with a note; so are those beyond what
 * a table of the warehouse can have, whose values then arrive in `_unmapped`.
 * @param name its name below the area
 * @returns null, with the reason, for a table that cannot be captured at all
 */
export function defineImported(
  area: Area,
  table: CatalogueTable,
  name: string,
  known: ReadonlyMap<string, string>,
): ImportedTable | string {
  if (table.refusal !== null) return `it cannot be read: ${table.refusal}`;
  const names = named(
    table.columns.map((column) => column.name),
    known,
    new Set(),
    columnName,
  );
  const notes: Note[] = [];
  const columns: [string, Column][] = [];
  for (const column of table.columns) {
    const type = typeOf(column);
    const why = type === null ? `its type ${column.columnType} has no place in the warehouse` : unreadable(column);
    if (type === null || why !== null) {
      notes.push({ kind: "left out", column: column.name, text: `${why ?? ""}: the column is left out` });
      continue;
    }
    const warehouse = names.get(column.name) ?? column.name;
    columns.push([
      warehouse,
      { source: column.name, type, nullable: column.nullable, comment: sentence(column.comment) },
    ]);
    notes.push(...columnNotes(name, warehouse, type, column));
  }
  if (columns.length === 0) return "none of its columns can be captured";
  const whole = definitionOf(area, table, name, columns);
  const definition = fitted(whole, notes);
  return { definition, notes: [...tableNotes(definition, table), ...notes] };
}

/** MariaDB keeps JSON as longtext with a check. */
export const typeOf = (column: CatalogueColumn): ColumnType | null =>
  column.checkedJson ? { kind: "json" } : columnTypeOf(column);

function definitionOf(
  area: Area,
  table: CatalogueTable,
  name: string,
  columns: readonly (readonly [string, Column])[],
): AnyTable {
  const bySource = new Map(columns.map(([warehouse, column]) => [column.source, warehouse]));
  const [first, ...rest] = table.primaryKey.map((source) => bySource.get(source));
  const key =
    first === undefined || rest.includes(undefined)
      ? ("none" as const)
      : ([first, ...rest.filter((column) => column !== undefined)] as const);
  return {
    area,
    name,
    source: table.name,
    comment: sentence(table.comment) || `Rows of ${sentence(`${table.db}.${table.name}`)}`,
    columns: Object.fromEntries(columns),
    key,
  };
}

/** As many columns as all tables and statements made of the definition can have, the key's among them. */
function fitted(table: AnyTable, notes: Note[]): AnyTable {
  const entries = Object.entries(table.columns);
  const inKey = (name: string): boolean => table.key !== "none" && table.key.includes(name);
  let kept = table;
  while (!fits(kept)) {
    // By a fiftieth each time: such tables are rare, and what is kept need not be the most possible.
    const most = Math.floor(Object.keys(kept.columns).length * 0.98);
    const others = entries
      .filter(([name]) => !inKey(name))
      .slice(0, most - entries.filter(([name]) => inKey(name)).length);
    const names = new Set(others.map(([name]) => name));
    kept = { ...table, columns: Object.fromEntries(entries.filter(([name]) => names.has(name) || inKey(name))) };
  }
  const dropped = entries.filter(([name]) => kept.columns[name] === undefined);
  if (dropped.length > 0) {
    notes.unshift({
      kind: "too many columns",
      text: `${entries.length} columns are more than a table of Redshift (${MOST_COLUMNS}) or a statement of its Data API takes: ${dropped.length} of them, from ${dropped[0]?.[1].source ?? ""} on, are not defined, and their values arrive in _unmapped`,
    });
  }
  return kept;
}

/** A staging table counts its rows in a column of its own. */
function fits(table: AnyTable): boolean {
  const columns = Math.max(landingColumns(table).length + 1, historyColumns(table).length);
  if (columns > MOST_COLUMNS) return false;
  const batch = "0".repeat(BATCH_WIDTH);
  const statements = [
    ...tableSpecs(table).map(createTable),
    appendHistory(table, batch),
    ...(table.key === "none" ? [] : [mergeMirror(table, batch)]),
  ];
  return statements.every((statement) => Buffer.byteLength(statement) < LONGEST_STATEMENT);
}

/** Text of the source as it can stand in a comment of the warehouse: one line, no backslash, ended like a sentence. */
export function sentence(text: string): string {
  const line = text
    .replace(/[\p{Cc}\p{Cf}\u2028\u2029]+/gu, " ")
    .replaceAll("\\", "/")
    .replace(/\s+/g, " ")
    .trim()
    .toWellFormed();
  return line === "" || /[.!?…]$/.test(line) ? line : `${line}.`;
}
