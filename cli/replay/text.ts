import Table from "cli-table3";
import type { ReplayPlan } from "./plan.ts";
import { problemsOf } from "./replay.ts";
import type { ReplayedTable } from "./replay.ts";

/** A plan, or what was loaded, for people. */
export function replayText(tables: readonly (ReplayPlan | ReplayedTable)[], dryRun: boolean): string {
  const text = new Table({
    head: ["table", "objects", "rows", "left to the loads", "cold", "gone"],
    colAligns: ["left", "right", "right", "right", "right", "right"],
    style: { head: [], border: [], compact: true },
  });
  for (const table of tables) {
    const { table: name, ahead, cold, missing } = table;
    text.push([name, objectsIn(table), rowsIn(table), ahead, cold.length, missing.length]);
  }
  const earlier = tables.flatMap(({ table, definitions }) =>
    definitions
      .filter(({ readable }) => readable)
      .map(
        ({ hash, objects }) =>
          `${table}: ${objects} ${objects === 1 ? "object is" : "objects are"} of the earlier definition ${hash} and read under it: columns that are newer are NULL in rows that come back from ${objects === 1 ? "it" : "them"}.`,
      ),
  );
  const opening = dryRun ? "Would be loaded again; nothing was changed:" : "Loaded again:";
  return [opening, text.toString(), ...earlier, ...tables.flatMap(problemsOf)].join("\n");
}

const objectsIn = ({ objects }: ReplayPlan | ReplayedTable): number =>
  typeof objects === "number" ? objects : objects.length;

const rowsIn = (table: ReplayPlan | ReplayedTable): number =>
  "rows" in table ? table.rows : table.objects.reduce((sum, { rows }) => sum + rows, 0);
