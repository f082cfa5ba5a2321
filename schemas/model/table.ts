import type { Column, TooLong } from "./column.ts";

export type Columns = Readonly<Record<string, Column>>;
/** Names of a table's warehouse columns. */
export type ColumnName<C extends Columns> = keyof C & string;

/** The columns that leave the first hop: a dropped one cannot be a key, a distribution key or part of the star. */
export type Kept<C extends Columns> = {
  readonly [N in keyof C as C[N] extends { readonly pii: "drop" } ? never : N]: C[N];
};

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
  /** What travels and what the warehouse has. */
  readonly columns: Columns;
  readonly key: readonly [string, ...string[]] | "none";
  readonly comment: string;
  /** Personal data that stays at the source. @default - none */
  readonly dropped?: Columns;
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

type TableInput<C extends Columns, K> = Omit<AnyTable, "source" | "columns" | "dropped" | "key" | "distribution"> & {
  readonly source?: string;
  readonly columns: C;
  readonly key: K & NoInfer<Key<Kept<C>>>;
  readonly distribution?: NoInfer<ColumnName<Kept<C>>> | "even" | "all";
};

/**
 * Defines a captured table; a key or distribution column that does not exist, or does not leave the source, does not
 * compile. The key stays known to the compiler, so that joins of the star must cover it.
 */
export function defineTable<const C extends Columns, const K extends Key<Kept<C>>>(
  input: TableInput<C, K>,
): Table<Kept<C>> & { readonly key: K } {
  const entries = Object.entries<Column>(input.columns);
  const dropped = entries.filter(([, column]) => column.pii === "drop");
  const kept = entries.filter(([, column]) => column.pii !== "drop");
  return {
    ...input,
    source: input.source ?? input.name,
    columns: Object.fromEntries(kept) as Kept<C>,
    ...(dropped.length > 0 && { dropped: Object.fromEntries(dropped) }),
  };
}

/**
 * Whether the table has personal data. Then nothing of it that the definition does not know leaves the source: nobody
 * has yet said whether it is personal data too.
 */
export function hasPersonalData(table: Pick<AnyTable, "columns" | "dropped">): boolean {
  return (
    Object.keys(table.dropped ?? {}).length > 0 ||
    Object.values(table.columns).some(({ type }) => type.kind === "pseudonym")
  );
}

/** Names of a table's key columns, for the compiler. */
export type KeyName<T extends AnyTable> = T["key"] extends readonly (infer K extends string)[] ? K : never;
