import type { Column } from "../model/column.ts";
import type { AnyDimension, AnyJoins } from "../model/dimension.ts";
import type { AnyFact } from "../model/fact.ts";
import type { AnyTable } from "../model/table.ts";

/** What a reference of a definition points at. */
export interface Resolved {
  /** Null for the root itself. */
  readonly alias: string | null;
  readonly name: string;
  readonly column: Column;
}

/** Splits `alias.column`; a name without a dot belongs to the root. */
export function parseReference(reference: string): { readonly alias: string | null; readonly name: string } {
  const dot = reference.indexOf(".");
  return dot < 0
    ? { alias: null, name: reference }
    : { alias: reference.slice(0, dot), name: reference.slice(dot + 1) };
}

/** @throws TypeError when there is no such column: only for definitions made past the compiler */
export function columnOf(table: AnyTable, name: string): Column {
  const column = table.columns[name];
  if (column === undefined) throw new TypeError(`${table.name} has no column '${name}'`);
  return column;
}

/** Resolves a reference to the root or to a joined table. */
export function resolve(root: AnyTable, joins: AnyJoins, reference: string): Resolved {
  const { alias, name } = parseReference(reference);
  const table = alias === null ? root : joins[alias]?.table;
  if (table === undefined) throw new TypeError(`'${reference}': there is no join '${String(alias)}'`);
  return { alias, name, column: columnOf(table, name) };
}

/** The source column behind an attribute. */
export function attributeColumn(dimension: AnyDimension, attribute: string): Column {
  const from = dimension.attributes[attribute]?.from;
  if (from === undefined) throw new TypeError(`dimension ${dimension.name} has no attribute '${attribute}'`);
  return resolve(dimension.root, dimension.joins, from).column;
}

/** Resolves a reference of a fact: root, joined table, or attribute of the member that one of its keys points at. */
export function resolveInFact(fact: AnyFact, reference: string): Resolved {
  const { alias, name } = parseReference(reference);
  const member = alias === null ? undefined : fact.members[alias];
  if (member === undefined) return resolve(fact.root, fact.joins, reference);
  return { alias, name, column: attributeColumn(member.dimension, name) };
}

/** Resolves a reference to a column of the rows that belong to the fact's row. */
export function resolveInPart(fact: AnyFact, reference: string): Resolved {
  const { alias, name } = parseReference(reference);
  const part = alias === null ? undefined : fact.parts[alias];
  if (part === undefined) throw new TypeError(`fact ${fact.name}: '${reference}' names none of its parts`);
  return { alias, name, column: columnOf(part.table, name) };
}
