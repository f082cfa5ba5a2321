import type { Column, TooLong } from "./column.ts";

export type Columns = Readonly<Record<string, Column>>;
/** Names of a table's warehouse columns. */
export type ColumnName<C extends Columns> = keyof C & string;

/** A subject area: the tables of one source database. */
export interface Area {
  /** Lower case, short; first part of every derived name. */
  readonly name: string;
  /** The database (schema) at the source. */
  readonly database: string;
}

/**
 * A captured table. Columns are keyed by their WAREHOUSE name (snake case), in the order they are declared; `key` is
 * the source's primary key in key order, or "none" (append-only: unique by version, equal rows stay apart).
 */
export interface AnyTable {
  readonly area: Area;
  readonly name: string;
  /** Name at the source; usually the same. */
  readonly source: string;
  readonly columns: Columns;
  readonly key: readonly [string, ...string[]] | "none";
  readonly comment: string;
  /** Distribution of mirror and history. @default - key of one column: that column; otherwise EVEN */
  readonly distribution?: string;
  /** Topic partitions. @default 4 */
  readonly partitions?: number;
  /** @default "widen" */
  readonly tooLong?: TooLong;
  /** Seconds between two loads at least: the knob for the warehouse's cost. @default - the stage's cadence */
  readonly cadence?: number;
}

/** A captured table that still knows its columns: what dimensions, facts and tests are checked against. */
export interface Table<C extends Columns> extends AnyTable {
  readonly columns: C;
  readonly key: readonly [ColumnName<C>, ...ColumnName<C>[]] | "none";
}

type Key<C extends Columns> = readonly [ColumnName<C>, ...ColumnName<C>[]] | "none";

type TableInput<C extends Columns, K> = Omit<AnyTable, "source" | "columns" | "key" | "distribution"> & {
  readonly source?: string;
  readonly columns: C;
  readonly key: K & NoInfer<Key<C>>;
  readonly distribution?: NoInfer<ColumnName<C>> | "even" | "all";
};

/**
 * Defines a captured table; a key or distribution column that does not exist does not compile. The key stays known to
 * the compiler, so that joins of the star must cover it.
 */
export function defineTable<const C extends Columns, const K extends Key<C>>(
  input: TableInput<C, K>,
): Table<C> & { readonly key: K } {
  return { ...input, source: input.source ?? input.name };
}

/** Names of a table's key columns, for the compiler. */
export type KeyName<T extends AnyTable> = T["key"] extends readonly (infer K extends string)[] ? K : never;
