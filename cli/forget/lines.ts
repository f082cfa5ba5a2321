import { csvFields } from "../../lambdas/core/csv-lines.ts";
import type { AnyTable } from "../../schemas/model/table.ts";
import { landingColumns } from "../../schemas/sql/columns.ts";
import type { Sought } from "./person.ts";

/** Whether a line of a landing file is to go. */
export type Remove = (record: string) => boolean;

/** Whether a line of a landing file is one of the person's rows, up to the version. */
export function lineMatcher(sought: Sought, table: AnyTable, version: string): Remove {
  const columns = landingColumns(table).map(({ name }) => name);
  const places = sought.matched.map((name) => columns.indexOf(name));
  const at = columns.indexOf("_version");
  const op = columns.indexOf("_op");
  // A column that the file does not have cannot name anybody in it.
  if (places.includes(-1)) return () => false;
  return (record) => {
    const fields = csvFields(record);
    if (fields[op] === "t" || (fields[at] ?? "") > version) return false;
    return places.every((place, i) => fields[place] === sought.fields[i]);
  };
}
