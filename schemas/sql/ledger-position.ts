import type { AnyTable } from "../model/table.ts";
import { ledgerName } from "../naming.ts";
import { identifier, qualified } from "./quote.ts";

/** `partition, next_offset, loaded_at` of a table: where each partition goes on, and when the last load was. */
export function ledgerPosition(table: AnyTable): string {
  const partition = identifier("partition");
  return `SELECT ${partition}, MAX(last_offset) + 1 AS next_offset, MAX(loaded_at) AS loaded_at
FROM ${qualified(ledgerName(table))}
GROUP BY ${partition}`;
}
