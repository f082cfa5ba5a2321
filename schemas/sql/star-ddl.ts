import { star } from "../warehouse/star.ts";
import type { Star } from "../warehouse/star.ts";
import { createTable, tableComments } from "./ddl.ts";
import type { TableSpec } from "./ddl.ts";
import { dateRows, seedRows, unknownDay } from "./star-rows.ts";
import { starTableSpecs } from "./star-tables.ts";

/** Tables of the star, for the migrator. */
export const starTables = (of: Star = star): readonly TableSpec[] => starTableSpecs(of);

/** Rows that the tables start with; each statement adds only what is missing. */
export const starRows = (of: Star = star): readonly string[] => [unknownDay(), dateRows(), ...seedRows(of)];

/** Everything that makes the star's tables, safe to repeat; schemas `mart` and `ops` must be there. */
export function starDdl(of: Star = star): readonly string[] {
  const tables = starTables(of);
  return [...tables.map(createTable), ...tables.flatMap(tableComments), ...starRows(of)];
}
