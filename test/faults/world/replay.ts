import type { AnyTable } from "../../../schemas/model/table.ts";
import { ledgerName, topicName } from "../../../schemas/naming.ts";
import { BATCH_TABLE } from "../../../schemas/sql/columns.ts";
import { BUILT_TABLE } from "../../../schemas/sql/star-names.ts";
import type { World } from "./world.ts";

/**
 * Forgets that anything of a table was loaded, and nothing of what was: its next load takes all objects again. A load's
 * id is made of its files and positions, so what is known of loads by their ids goes with the ledger.
 */
export async function forgetLoads(world: World, table: AnyTable): Promise<void> {
  await world.ask(`DELETE FROM ${ledgerName(table)}`);
  for (const name of [BATCH_TABLE, BUILT_TABLE]) {
    await world.ask(`DELETE FROM ${name} WHERE table_name = '${topicName(table)}'`);
  }
}
