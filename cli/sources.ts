import { qualifiedName } from "../schemas/naming.ts";
import { tables as definitions } from "../schemas/sources/index.ts";
import { CommandError } from "./errors.ts";
import type { SourceOutputs } from "./stack-outputs.ts";

export interface SourceShare<S> {
  readonly source: S;
  /** Null: all of its tables. */
  readonly tables: readonly string[] | null;
}

type Feeding = Pick<SourceOutputs, "name" | "areas">;

/**
 * What each source has of the tables, in the order of the sources; a source with none of them is left out.
 * @param tables qualified names; null: all
 * @throws CommandError for tables of an area that no deployed source feeds
 */
export function bySource<S extends Feeding>(
  sources: readonly S[],
  tables: readonly string[] | null,
): readonly SourceShare<S>[] {
  if (tables === null) return sources.map((source) => ({ source, tables }));
  const areaOf = new Map(definitions.map((table) => [qualifiedName(table), table.area.name]));
  const feeds = ({ areas }: Feeding, table: string): boolean => areas.includes(areaOf.get(table) ?? "");
  const homeless = tables.filter((table) => !sources.some((source) => feeds(source, table)));
  if (homeless.length > 0) {
    throw new CommandError(
      `No deployed source feeds ${homeless.join(", ")}: deploy the definitions, with their area in the areas of a source (lib/config.ts).`,
    );
  }
  return sources
    .map((source) => ({ source, tables: tables.filter((table) => feeds(source, table)) }))
    .filter(({ tables: own }) => own.length > 0);
}
