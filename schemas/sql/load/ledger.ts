import { ledgerName } from "../../naming.ts";
import { identifier, integer, literal, qualified } from "../quote.ts";
import { BATCH_TABLE, batchColumns, ledgerColumns } from "../columns.ts";
import type { LoadPlan } from "./plan.ts";

/** The plan's ranges are loaded. */
export function advanceLedger(plan: LoadPlan): string {
  const names = ledgerColumns.map(({ name }) => identifier(name)).join(", ");
  const rows = plan.ranges.map(({ partition, first, last, rows: loaded, quarantined }) => {
    const texts = [plan.batch, plan.definition, plan.topic].map(literal);
    return `(${[...texts, ...[partition, first, last, loaded, quarantined].map(integer), "SYSDATE"].join(", ")})`;
  });
  return `INSERT INTO ${qualified(ledgerName(plan.file.table))} (${names})\nVALUES ${rows.join(",\n  ")}`;
}

/** One row for the load as a whole. */
export function recordBatch(plan: LoadPlan): string {
  const names = batchColumns.map(({ name }) => identifier(name)).join(", ");
  const values = [literal(plan.batch), literal(plan.topic), integer(plan.rows), integer(plan.quarantined), "SYSDATE"];
  return `INSERT INTO ${BATCH_TABLE} (${names})\nVALUES (${values.join(", ")})`;
}
