import { ConfigurationError } from "../../core/errors.ts";
import type { Pseudonymise } from "../../core/personal-data.ts";
import type { ColumnType } from "../../../schemas/model/column.ts";
import type { AnyTable } from "../../../schemas/model/table.ts";
import { hasPersonalData } from "../../../schemas/model/table.ts";

/** What capture does to a column on its way out: leave it out, or replace its text. */
export type Treatment = "drop" | Pseudonymise;

/** How the rows of one table become record texts. */
export interface RowRoute {
  /** `database.table`, for messages. */
  readonly table: string;
  /** SOURCE names of the primary key's columns in key order; empty: records without a key. */
  readonly key: readonly string[];
  /** SOURCE names that the definition has; one that the source's table has not (any more) is NULL, in the key an error. */
  readonly required: ReadonlySet<string>;
  /** What the definition takes the columns of `required` for, by SOURCE name. */
  readonly types: ReadonlyMap<string, ColumnType>;
  /** By SOURCE name; columns that are not named travel as they are. */
  readonly treatments: ReadonlyMap<string, Treatment>;
  /**
   * What happens to columns that the definition does not know. They stay at the source if the table has personal data:
   * nobody has said yet that they are none. @default - they travel
   */
  readonly unknown?: "drop";
}

/** Whether the column stays at the source. */
export function isLeftOut(route: RowRoute, name: string): boolean {
  return route.treatments.get(name) === "drop" || (route.unknown === "drop" && !route.required.has(name));
}

/** @throws ConfigurationError when a column is to be pseudonymised and no way is given */
export function rowRoute(table: AnyTable, pseudonymise?: Pseudonymise): RowRoute {
  const name = `${table.area.database}.${table.source}`;
  const treatments = new Map<string, Treatment>();
  for (const column of Object.values(table.dropped ?? {})) treatments.set(column.source, "drop");
  for (const column of Object.values(table.columns)) {
    if (column.type.kind !== "pseudonym") continue;
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
    types: new Map(Object.values(table.columns).map(({ source, type }) => [source, type])),
    treatments,
    ...(hasPersonalData(table) && { unknown: "drop" }),
  };
}
