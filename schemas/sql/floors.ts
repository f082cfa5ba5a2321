import type { AnyTable } from "../model/table.ts";
import { qualifiedName } from "../naming.ts";
import { partitionCount } from "../topic.ts";
import { identifier, integer, qualified } from "./quote.ts";

/** `ops.floors_<table>`: the floors seen. */
export const floorsName = (table: AnyTable): string => `ops.floors_${qualifiedName(table)}`;

/**
 * FROM and WHERE that keep the floors in force (alias f): a TRUNCATE or DROP at once, the end of a resync when every
 * partition is loaded past it, because until then a snapshot row may still be on its way.
 */
export function appliedFloors(table: AnyTable): string {
  const floors = qualified(floorsName(table));
  const seen = `SELECT id, COUNT(DISTINCT ${identifier("partition")}) AS partitions FROM ${floors} GROUP BY id`;
  return `FROM ${floors} f
JOIN (${seen}) seen ON seen.id = f.id
WHERE f.kind = 'truncate' OR seen.partitions >= ${integer(partitionCount(table))}`;
}
