import type { Aliases, AnyDimension, AnyJoins, Joins, NaturalName, Reference, TrackedName } from "./dimension.ts";
import type { AnyTable, ColumnName, KeyName } from "./table.ts";

/** A key of a fact that points at a dimension: natural key column -> reference that holds its value. */
export interface AnyMember {
  readonly dimension: AnyDimension;
  readonly on: Readonly<Record<string, string>>;
}

/** Rows of another table that belong to the fact's row: their column -> the root's column with its value. */
export interface AnyPart {
  readonly table: AnyTable;
  readonly on: Readonly<Record<string, string>>;
}

/**
 * A column of a fact: taken over; a product; whole days from one date to another; over the rows of a part, their
 * number, or the sum of a column or product.
 */
export type Measure =
  | { readonly from: string; readonly comment?: string }
  | { readonly product: readonly [string, string]; readonly comment: string }
  | { readonly days: readonly [from: string, to: string]; readonly comment: string }
  | { readonly count: string; readonly comment: string }
  | { readonly sum: string | readonly [string, string]; readonly comment: string };

/** A fact table: a row for each row of `root` that is there, recomputed whole when anything it was made of changes. */
export interface AnyFact {
  readonly name: string;
  readonly comment: string;
  readonly root: AnyTable;
  readonly joins: AnyJoins;
  readonly parts: Readonly<Record<string, AnyPart>>;
  /** Columns that identify a row: the root's key, kept in the fact under the same names. */
  readonly grain: readonly string[];
  /** The date or time at which dimensions are looked at; a date counts as its end. NULL: as they are now. */
  readonly asOf: string;
  readonly members: Readonly<Record<string, AnyMember>>;
  /** Keys into dim_date. */
  readonly days: Readonly<Record<string, { readonly from: string }>>;
  readonly columns: Readonly<Record<string, Measure>>;
  /** Every column of the fact. */
  readonly names: readonly string[];
}

/** A fact that still knows its columns: what views are checked against. */
export interface Fact<C extends string> extends AnyFact {
  readonly names: readonly C[];
}

type Dimensions = Readonly<Record<string, AnyDimension>>;
/** `customer_key.credit_limit`: a tracked attribute of the member that a key points at. */
type MemberReference<M extends Dimensions> = {
  [K in keyof M & string]: `${K}.${TrackedName<M[K]>}`;
}[keyof M & string];

type PartReference<P extends Aliases> = {
  [A in keyof P & string]: `${A}.${ColumnName<P[A]["columns"]>}`;
}[keyof P & string];

type MeasureInput<V extends string, P extends Aliases> =
  | V
  | { readonly from: V; readonly comment: string }
  | { readonly product: readonly [V, V]; readonly comment: string }
  | { readonly days: readonly [from: V, to: V]; readonly comment: string }
  | { readonly count: keyof P & string; readonly comment: string }
  | { readonly sum: PartReference<P> | readonly [PartReference<P>, PartReference<P>]; readonly comment: string };

interface FactInput<
  R extends AnyTable,
  J extends Aliases,
  P extends Aliases,
  M extends Dimensions,
  D extends string,
  C extends string,
> {
  readonly name: string;
  readonly comment: string;
  readonly root: R;
  /** @default - the root alone */
  readonly joins?: Joins<R, J>;
  /** @default - none */
  readonly parts?: {
    readonly [A in keyof P]: {
      readonly table: P[A];
      readonly on: Readonly<Partial<Record<ColumnName<NoInfer<P>[A]["columns"]>, ColumnName<NoInfer<R>["columns"]>>>>;
    };
  };
  readonly grain: readonly KeyName<NoInfer<R>>[];
  readonly asOf: Reference<NoInfer<R>, NoInfer<J>>;
  readonly members: {
    readonly [K in keyof M]: {
      readonly dimension: M[K];
      readonly on: Readonly<
        Record<NaturalName<NoInfer<M>[K]>, Reference<NoInfer<R>, NoInfer<J>> | MemberReference<Omit<NoInfer<M>, K>>>
      >;
    };
  };
  readonly days: Readonly<Record<D, Reference<NoInfer<R>, NoInfer<J>>>>;
  readonly columns: Readonly<
    Record<C, MeasureInput<Reference<NoInfer<R>, NoInfer<J>> | MemberReference<NoInfer<M>>, NoInfer<P>>>
  >;
}

/** Defines a fact; a grain, join, as-of, member or measure that names no existing column does not compile. */
export function defineFact<
  R extends AnyTable,
  M extends Dimensions,
  const D extends string,
  const C extends string,
  J extends Aliases = Readonly<Record<string, never>>,
  P extends Aliases = Readonly<Record<string, never>>,
>(input: FactInput<R, J, P, M, D, C>): Fact<KeyName<R> | (keyof M & string) | D | C> {
  const { name, root } = input;
  const grain: readonly string[] = input.grain;
  if (root.key === "none" || root.key.join() !== grain.join()) {
    throw new TypeError(`fact ${name}: its grain (${grain.join(", ")}) must be the key of ${root.name}, in key order`);
  }
  const days = Object.entries<string>(input.days).map(([column, from]) => [column, { from }] as const);
  const columns = Object.entries<string | Measure>(input.columns).map(([column, value]): [string, Measure] => [
    column,
    typeof value === "string" ? { from: value } : value,
  ]);
  const members: AnyFact["members"] = input.members;
  const joins: AnyJoins | undefined = input.joins;
  const parts: unknown = input.parts ?? {};
  return {
    name,
    comment: input.comment,
    root,
    joins: joins ?? {},
    parts: parts as AnyFact["parts"],
    grain,
    asOf: input.asOf,
    members,
    days: Object.fromEntries(days),
    columns: Object.fromEntries(columns),
    names: [...Object.keys(members), ...days.map(([c]) => c), ...grain, ...columns.map(([c]) => c)] as readonly (
      KeyName<R> | (keyof M & string) | D | C
    )[],
  };
}
