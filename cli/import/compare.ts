import type { CatalogueTable } from "../../lambdas/adapters/mysql/index.ts";
import type { Column, ColumnType, PlainType } from "../../schemas/model/column.ts";
import type { AnyTable } from "../../schemas/model/table.ts";
import { holds } from "../../schemas/types/from-mysql.ts";
import type { ImportedTable } from "./define.ts";
import { columnText, typeText } from "./print-definition.ts";

/** How the source differs from a definition that is there. */
export interface Differences {
  /** Columns of the source that the definition lacks, by warehouse name: adding them bends nothing. */
  readonly added: readonly (readonly [name: string, column: Column])[];
  /** What somebody must change by hand, as sentences. */
  readonly others: readonly string[];
}

/** A definition may hold more than the source has (wider, NULL allowed): that is no difference. */
export function differences(defined: AnyTable, table: CatalogueTable, imported: ImportedTable): Differences {
  const known = { ...defined.columns, ...defined.dropped };
  const bySource = new Map(Object.entries(known).map(([name, column]) => [column.source, { name, column }]));
  const now = Object.entries(imported.definition.columns);
  const added = now.filter(([, column]) => !bySource.has(column.source));
  const changed = now.flatMap(([, column]) => {
    const there = bySource.get(column.source);
    return there === undefined ? [] : changesOf(there.name, there.column, column);
  });
  const sources = new Set(table.columns.map((column) => column.name));
  const gone = [...bySource].flatMap(([source, { name }]) =>
    sources.has(source) ? [] : [`${name}: the source has no column ${source} any more`],
  );
  return { added, others: [...gone, ...changed, ...keyChanges(defined, imported.definition)] };
}

/** What the source has, whatever becomes of it on its way. */
const plain = (type: ColumnType): PlainType => (type.kind === "pseudonym" ? type.of : type);

function changesOf(name: string, defined: Column, now: Column): readonly string[] {
  const sentences: string[] = [];
  if (!holds(defined.type, plain(now.type))) {
    sentences.push(`${name}: defined as ${typeText(defined.type)}, and the source has ${typeText(now.type)} now`);
  }
  if (!defined.nullable && now.nullable) {
    sentences.push(`${name}: defined as NOT NULL, and may be NULL at the source: ${columnText(name, now)}`);
  }
  return sentences;
}

function keyChanges(defined: AnyTable, now: AnyTable): readonly string[] {
  const [before, after] = [keyOf(defined), keyOf(now)];
  if (before.join("\0") === after.join("\0")) return [];
  const shown = (columns: readonly string[]): string => (columns.length === 0 ? "none" : `(${columns.join(", ")})`);
  return [`key: defined as ${shown(before)}, and the source has ${shown(after)} now`];
}

/** Source names. */
const keyOf = ({ key, columns }: AnyTable): readonly string[] =>
  key === "none" ? [] : key.map((name) => columns[name]?.source ?? name);
