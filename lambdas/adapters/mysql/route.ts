import { ConfigurationError } from "../../core/errors.ts";
import type { AnyTable } from "../../../schemas/model/table.ts";

/** Replaces a value that must not leave the first hop, keeping equal values equal: a keyed hash. */
export type Pseudonymise = (text: string) => string;

/** What capture does to a column on its way out: leave it out, or replace its text. */
export type Treatment = "drop" | Pseudonymise;

/** How the rows of one table become record texts. */
export interface RowRoute {
  /** `database.table`, for messages. */
  readonly table: string;
  /** SOURCE names of the primary key's columns in key order; empty: records without a key. */
  readonly key: readonly string[];
  /** SOURCE names that every row must bring; a missing one is an error, never a NULL. */
  readonly required: ReadonlySet<string>;
  /** By SOURCE name; columns that are not named travel as they are. */
  readonly treatments: ReadonlyMap<string, Treatment>;
}

/** @throws ConfigurationError when a column is to be pseudonymised and no way is given */
export function rowRoute(table: AnyTable, pseudonymise?: Pseudonymise): RowRoute {
  const name = `${table.area.database}.${table.source}`;
  const treatments = new Map<string, Treatment>();
  for (const column of Object.values(table.columns)) {
    if (column.pii === "drop") treatments.set(column.source, "drop");
    if (column.pii !== "pseudonymise") continue;
    if (pseudonymise === undefined) {
      throw new ConfigurationError(`Column ${name}.${column.source} is to be pseudonymised, but no key is configured`);
    }
    treatments.set(column.source, pseudonymise);
  }
  const sourceOf = (column: string): string => table.columns[column]?.source ?? column;
  return {
    table: name,
    key: table.key === "none" ? [] : table.key.map(sourceOf),
    required: new Set(Object.values(table.columns).map((column) => column.source)),
    treatments,
  };
}
