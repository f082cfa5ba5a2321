import { definitionHash, fileDefinition } from "../../schemas/hash.ts";
import type { AnyTable } from "../../schemas/model/table.ts";
import { topicName } from "../../schemas/naming.ts";
import type { LoadPlan } from "../../schemas/sql/load-transaction.ts";

/** A plan of two partitions and 300 rows. */
export function loadPlan(table: AnyTable, changes: Partial<LoadPlan> = {}): LoadPlan {
  const file = fileDefinition(table);
  return {
    file,
    definition: definitionHash(file),
    topic: topicName(table),
    batch: "0123456789abcdef0123456789abcdef",
    ranges: [
      { partition: 0, first: 0, last: 99, rows: 100, quarantined: 0 },
      { partition: 1, first: 1200, last: 1400, rows: 200, quarantined: 1 },
    ],
    manifest: "s3://landing/manifests/classicmodels_orders/0123456789abcdef.json",
    rows: 300,
    quarantined: 1,
    role: "arn:aws:iam::000000000000:role/copy",
    starred: true,
    ...changes,
  };
}
