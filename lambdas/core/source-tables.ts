import type { AnyTable } from "../../schemas/model/table.ts";

/** The tables of one source: those of its areas. */
export const tablesOfAreas = (areas: readonly string[], tables: readonly AnyTable[]): readonly AnyTable[] =>
  tables.filter(({ area }) => areas.includes(area.name));
