import type { AnyTable } from "../../schemas/model/table.ts";
import { loadedPositions } from "../../schemas/sql/status.ts";
import type { Warehouse } from "./ports.ts";

/** Next offset to load by qualified table name and partition; what was never loaded is absent. */
export async function readLoadedPositions(
  tables: readonly AnyTable[],
  warehouse: Pick<Warehouse, "query">,
): Promise<ReadonlyMap<string, ReadonlyMap<number, number>>> {
  const byTable = new Map<string, Map<number, number>>();
  for (const row of await warehouse.query(loadedPositions(tables))) {
    const name = String(row["table_name"]);
    const positions = byTable.get(name) ?? new Map<number, number>();
    byTable.set(name, positions.set(Number(row["partition"]), Number(row["next_offset"])));
  }
  return byTable;
}
