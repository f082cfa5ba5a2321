import { dimensionName, factName, DATE_TABLE, surrogate } from "../sql/star-names.ts";
import { identifier, qualified } from "../sql/quote.ts";
import type { Calendar } from "./calendar.ts";
import type { AnyDimension } from "./dimension.ts";
import type { AnyFact } from "./fact.ts";

export interface ViewColumn {
  readonly name: string;
  readonly comment: string;
  readonly sql: string;
}

/** A view for analysts over facts and dimensions; `from` is everything behind the select list. */
export interface AnyView {
  readonly name: string;
  readonly comment: string;
  readonly columns: readonly ViewColumn[];
  readonly from: string;
  /** Tables that it reads: the view is made anew when one of them changes. */
  readonly reads: readonly string[];
}

type Source = AnyFact | AnyDimension | Calendar;

type VersionColumn = "valid_from" | "valid_to" | "is_current" | "is_deleted";
type NamesOf<S extends Source> = S extends AnyDimension
  ? (keyof S["attributes"] & string) | VersionColumn
  : S extends { readonly names: readonly (infer N extends string)[] }
    ? N
    : never;

/** Columns of a source by name, as SQL with the source's alias in front; `$` is the FROM item, `$key` its own key. */
export type ColumnsOf<S extends Source> = Readonly<Record<NamesOf<S> | "$" | "$key", string>>;

/** SQL and comment of one column. */
export type ColumnInput = readonly [sql: string, comment: string];

interface ViewInput<F extends Readonly<Record<string, Source>>> {
  /** Without schema; `mart.` is put in front. */
  readonly name: string;
  /** States time zone, currency and the treatment of cancelled orders, as far as they matter. */
  readonly comment: string;
  /** What the view reads, by alias. */
  readonly sources: F;
  /** Tables besides the sources. @default - none */
  readonly reads?: readonly string[];
  readonly define: (sources: { readonly [A in keyof F]: ColumnsOf<F[A]> }) => {
    readonly columns: Readonly<Record<string, ColumnInput>>;
    readonly from: string;
  };
}

/** Defines a view; a column that its sources do not have does not compile. */
export function defineView<F extends Readonly<Record<string, Source>>>(input: ViewInput<F>): AnyView {
  const sources = Object.fromEntries(
    Object.entries(input.sources).map(([alias, source]) => [alias, columnsOf(alias, source)]),
  ) as { readonly [A in keyof F]: ColumnsOf<F[A]> };
  const { columns, from } = input.define(sources);
  return {
    name: `mart.${input.name}`,
    comment: input.comment,
    columns: Object.entries(columns).map(([name, [sql, comment]]) => ({ name, sql, comment })),
    from,
    reads: [
      ...new Set([...Object.values(input.sources).map((source) => describe(source).table), ...(input.reads ?? [])]),
    ],
  };
}

function columnsOf(alias: string, source: Source): Readonly<Record<string, string>> {
  const a = identifier(alias);
  const { table, key, names } = describe(source);
  const columns = names.map((name) => [name, `${a}.${identifier(name)}`] as const);
  return { ...Object.fromEntries(columns), $: `${qualified(table)} ${a}`, $key: `${a}.${identifier(key)}` };
}

function describe(source: Source): { readonly table: string; readonly key: string; readonly names: readonly string[] } {
  if ("grain" in source) return { table: factName(source), key: source.grain[0] ?? "", names: source.names };
  if (source.kind === "calendar") return { table: DATE_TABLE, key: "date_key", names: source.names };
  const version = ["valid_from", "valid_to", "is_current", "is_deleted"];
  return {
    table: dimensionName(source),
    key: surrogate(source),
    names: [...Object.keys(source.attributes), ...version],
  };
}
