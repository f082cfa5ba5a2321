import { columnType } from "../../schemas/sql/columns.ts";
import type { ColumnSpec } from "../../schemas/sql/columns.ts";
import {
  addColumn,
  createTable,
  createView,
  dropView,
  tableComments,
  viewComments,
  widenColumn,
} from "../../schemas/sql/ddl.ts";
import type { TableSpec, ViewSpec } from "../../schemas/sql/ddl.ts";
import { recordMigration, tableRecord, viewRecord } from "../../schemas/sql/migrations.ts";
import type { Migrated } from "../../schemas/sql/migrations.ts";
import { PSEUDONYM_LENGTH } from "../../schemas/types/warehouse.ts";
import { narrowColumns } from "../../schemas/sql/widen.ts";
import type { ExistingColumn } from "../../schemas/sql/widen.ts";
import { existingType, holds } from "./catalogue-type.ts";

/** What the warehouse should have, views with the tables that they read. */
export interface Wanted {
  readonly tables: readonly TableSpec[];
  readonly views: readonly { readonly view: ViewSpec; readonly reads: readonly string[] }[];
}

export interface Existing {
  readonly columns: readonly ExistingColumn[];
  readonly migrated: readonly Migrated[];
}

/** One step: a transaction, or a statement that can be in none. */
export type Step =
  | { readonly kind: "transaction"; readonly statements: readonly string[] }
  | { readonly kind: "alone"; readonly statement: string };

export interface MigrationPlan {
  readonly steps: readonly Step[];
  /** Changes that adding does not make, each with the migration that it needs; when there are any, nothing is run. */
  readonly refusals: readonly string[];
}

/** Compares and plans: creates tables and views, adds columns, widens text. Everything else is refused. */
export function planMigration(wanted: Wanted, existing: Existing): MigrationPlan {
  const found = new Set(existing.columns.map(({ table }) => table));
  const record = new Map(existing.migrated.map((row) => [row.object, row]));
  const present = wanted.tables.filter(({ name }) => found.has(name));
  const refusals = present.flatMap((spec) => tableRefusals(spec, existing.columns, record.get(spec.name)));
  const widened = present.filter((spec) => narrowColumns(spec, existing.columns).length > 0);
  const under = new Set(widened.map(({ name }) => name));
  const stale = wanted.views.filter(({ view, reads }) => {
    const changed = record.get(view.name)?.content !== viewRecord(view).content || !found.has(view.name);
    return changed || reads.some((name) => under.has(name));
  });
  const steps: Step[] = [
    ...transactions(stale.filter(({ view }) => found.has(view.name)).map(({ view }) => dropView(view))),
    ...wanted.tables.flatMap((spec) => tableSteps(spec, existing.columns, found.has(spec.name), record.get(spec.name))),
    ...stale.flatMap(({ view }) =>
      transactions([createView(view), ...viewComments(view), ...recordMigration(viewRecord(view))]),
    ),
  ];
  return { steps, refusals };
}

function tableSteps(
  spec: TableSpec,
  columns: readonly ExistingColumn[],
  exists: boolean,
  migrated: Migrated | undefined,
): readonly Step[] {
  const record = tableRecord(spec);
  const described = [...tableComments(spec), ...recordMigration(record)];
  if (!exists) return transactions([createTable(spec), ...described]);
  const added = missingColumns(spec, columns).map((column) => addColumn(spec.name, column));
  const widened = narrowColumns(spec, columns).map(({ name, type }): Step => {
    return { kind: "alone", statement: widenColumn(spec.name, name, "bytes" in type ? type.bytes : 0) };
  });
  const current = migrated?.content === record.content && added.length === 0;
  return [...widened, ...transactions(current ? [] : [...added, ...described])];
}

function missingColumns(spec: TableSpec, existing: readonly ExistingColumn[]): readonly ColumnSpec[] {
  const names = new Set(existing.filter(({ table }) => table === spec.name).map(({ name }) => name));
  return spec.columns.filter(({ name }) => !names.has(name));
}

function tableRefusals(
  spec: TableSpec,
  columns: readonly ExistingColumn[],
  migrated: Migrated | undefined,
): readonly string[] {
  const refusals: string[] = [];
  for (const column of spec.columns) {
    const has = columns.find(({ table, name }) => table === spec.name && name === column.name);
    if (has === undefined) {
      if (spec.primaryKey.includes(column.name)) refusals.push(keyRefusal(spec, column.name));
    } else if (column.pseudonym === true && (has.type !== "character varying" || has.length !== PSEUDONYM_LENGTH)) {
      refusals.push(
        `${spec.name}.${column.name} is ${existingType(has)}, from before it became personal data: drop the column by hand, deploy, and resync the table (docs/PERSONAL-DATA.md)`,
      );
    } else if (!holds(has, column.type)) {
      refusals.push(
        `${spec.name}.${column.name} is ${existingType(has)} and should be ${columnType(column)}: add a column of the new type, copy, and rename by hand, or resync into a new table`,
      );
    } else if (spec.primaryKey.includes(column.name) && narrowColumns(spec, [has]).length > 0) {
      refusals.push(
        `${spec.name}.${column.name} is ${existingType(has)}, should be ${columnType(column)}, and is a key: drop the primary key, alter the type and add the key by hand`,
      );
    }
  }
  const { layout } = tableRecord(spec);
  if (migrated !== undefined && migrated.layout !== layout) {
    refusals.push(
      `${spec.name} has ${migrated.layout} and should have ${layout}: ALTER TABLE by hand, or rebuild it, then correct its row in ops.migrations`,
    );
  }
  return refusals;
}

function keyRefusal(spec: TableSpec, column: string): string {
  return `${spec.name} lacks its key column ${column}: the table's key has changed; rebuild it under a new name by a resync`;
}

/** The Data API takes 40 statements at a time; each of ours can be repeated, so that a cut between them is harmless. */
const MOST_STATEMENTS = 40;

export function transactions(statements: readonly string[]): readonly Step[] {
  const steps: Step[] = [];
  for (let from = 0; from < statements.length; from += MOST_STATEMENTS) {
    steps.push({ kind: "transaction", statements: statements.slice(from, from + MOST_STATEMENTS) });
  }
  return steps;
}
