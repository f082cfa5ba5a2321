import type { AnyTable, ColumnName, KeyName } from "./table.ts";

/** A table reached from a root by its whole key: joined key column -> reference that holds its value. */
export interface AnyJoin {
  readonly table: AnyTable;
  readonly on: Readonly<Record<string, string>>;
}

export type AnyJoins = Readonly<Record<string, AnyJoin>>;

/** Tables by the alias that references use for them. */
export type Aliases = Readonly<Record<string, AnyTable>>;

/** `column` of the root, or `alias.column` of a joined table. */
export type Reference<R extends AnyTable, J extends Aliases> =
  ColumnName<R["columns"]> | { [A in keyof J & string]: `${A}.${ColumnName<J[A]["columns"]>}` }[keyof J & string];

/** Joins as a definition writes them: a join that does not cover its table's key does not compile. */
export type Joins<R extends AnyTable, J extends Aliases> = {
  readonly [A in keyof J]: {
    readonly table: J[A];
    readonly on: Readonly<Record<KeyName<NoInfer<J>[A]>, Reference<NoInfer<R>, NoInfer<J>>>>;
  };
};

/** Where an attribute's values come from; the comment is the source column's unless given. */
export interface Attribute {
  readonly from: string;
  readonly comment?: string;
}

/**
 * A dimension computed from the history of one table and of those it joins.
 *
 * `versioned` (slowly changing, type 2): a member per key of `root`, a row per stretch of time in which no tracked
 * attribute changed. `values`: a member per distinct combination of attributes that was ever seen; nothing of it can
 * change. Both have the member -1 for what is unknown.
 */
export interface AnyDimension {
  readonly kind: "versioned" | "values";
  readonly name: string;
  readonly comment: string;
  readonly root: AnyTable;
  readonly joins: AnyJoins;
  /** Attribute names that identify a member; for values dimensions all of them, NULL being a value like any other. */
  readonly natural: readonly string[];
  /** All attributes, natural key first. */
  readonly attributes: Readonly<Record<string, Attribute>>;
  /** Attributes whose changes open no version: each row shows the newest value. */
  readonly untracked: readonly string[];
}

/** A dimension that still knows its attributes: what facts are checked against. */
export interface Dimension<N extends string, T extends string, U extends string> extends AnyDimension {
  readonly natural: readonly N[];
  readonly attributes: Readonly<Record<N | T | U, Attribute>>;
  readonly untracked: readonly U[];
}

export type NaturalName<D extends AnyDimension> = D["natural"][number];
/** What a fact may take from a dimension: an untracked attribute would change under it. */
export type TrackedName<D extends AnyDimension> = Exclude<keyof D["attributes"] & string, D["untracked"][number]>;

interface DimensionInput<R extends AnyTable, J extends Aliases, A extends string, U extends string> {
  readonly name: string;
  readonly comment: string;
  /** The table whose key identifies a member; its key columns are attributes by themselves, the natural key. */
  readonly root: R;
  /** @default - the root alone */
  readonly joins?: Joins<R, J>;
  readonly attributes: Readonly<
    Record<A, Reference<NoInfer<R>, NoInfer<J>> | { from: Reference<NoInfer<R>, NoInfer<J>>; comment: string }>
  >;
  /** @default - every attribute is tracked */
  readonly untracked?: readonly (U & NoInfer<A>)[];
}

/** Defines a slowly changing dimension; a column, join or attribute that does not exist does not compile. */
export function defineDimension<
  R extends AnyTable,
  const A extends string,
  J extends Aliases = Readonly<Record<string, never>>,
  const U extends string = never,
>(input: DimensionInput<R, J, A, U>): Dimension<KeyName<R>, A, U> {
  const { root, attributes } = input;
  const joins: AnyJoins | undefined = input.joins;
  if (root.key === "none") throw new TypeError(`dimension ${input.name}: its table ${root.name} has no key`);
  const natural = root.key as unknown as readonly KeyName<R>[];
  const own = natural.map((name): [string, Attribute] => [name, { from: name }]);
  const others = Object.entries<string | Attribute>(attributes).map(([name, value]): [string, Attribute] => [
    name,
    attributeOf(value),
  ]);
  return {
    kind: "versioned",
    name: input.name,
    comment: input.comment,
    root,
    joins: joins ?? {},
    natural,
    attributes: Object.fromEntries([...own, ...others]) as Dimension<KeyName<R>, A, U>["attributes"],
    untracked: input.untracked ?? [],
  };
}

/** Defines a dimension of distinct values: all its columns together are its natural key. */
export function defineValues<R extends AnyTable, const N extends ColumnName<R["columns"]>>(input: {
  readonly name: string;
  readonly comment: string;
  readonly root: R;
  readonly attributes: readonly N[];
}): Dimension<N, never, never> {
  return {
    ...input,
    kind: "values",
    joins: {},
    natural: input.attributes,
    attributes: Object.fromEntries(
      input.attributes.map((name): [string, Attribute] => [name, { from: name }]),
    ) as Dimension<N, never, never>["attributes"],
    untracked: [],
  };
}

const attributeOf = (value: string | Attribute): Attribute => (typeof value === "string" ? { from: value } : value);
