import type { AnyTable } from "../../model/table.ts";
import { ledgerName } from "../../naming.ts";
import { columnType, landingColumns } from "../columns.ts";
import { copyStatement } from "../copy.ts";
import { distribution } from "../keys.ts";
import { assertion, identifier, integer, qualified } from "../quote.ts";
import { ROW, STAGE } from "./plan.ts";
import type { LoadPlan } from "./plan.ts";

/** One loader per table at a time. LOCK takes no snapshot: what follows sees all that was committed before it. */
export const lockLedger = (table: AnyTable): string => `LOCK ${qualified(ledgerName(table))}`;

/** Fails when another load has moved one of the plan's partitions. */
export function assertPosition(plan: LoadPlan): string {
  const next = `SELECT ${identifier("partition")} AS place, MAX(last_offset) + 1 AS next_offset`;
  const from = `FROM ${qualified(ledgerName(plan.file.table))} GROUP BY ${identifier("partition")}`;
  const moved = plan.ranges.map(
    ({ partition, first }) => `(place = ${integer(partition)} AND next_offset <> ${integer(first)})`,
  );
  return assertion(
    "COUNT(*) = 0",
    `the ledger of ${plan.topic} has moved since the load was planned`,
    `FROM (${next} ${from}) AS reached\nWHERE ${moved.join(" OR ")}`,
  );
}

/** The staging table: the file's columns, and a row identity that COPY counts up. */
export function createStage(table: AnyTable): string {
  const columns = landingColumns(table).map((column) => `${identifier(column.name)} ${columnType(column)}`);
  const where = distribution(table);
  const spread = "key" in where ? `DISTSTYLE KEY DISTKEY (${identifier(where.key)})` : "DISTSTYLE EVEN";
  return `CREATE TEMP TABLE ${STAGE} (\n  ${[...columns, `${ROW} BIGINT IDENTITY(0, 1)`].join(",\n  ")}\n)\n${spread}`;
}

/** COPY into the staging table. */
export function copyToStage(plan: LoadPlan, manifest: string, checkOnly = false): string {
  return copyStatement({
    target: STAGE,
    columns: landingColumns(plan.file.table).map((column) => column.name),
    manifest,
    role: plan.role,
    nullMarker: plan.file.nullMarker,
    checkOnly,
  });
}

/** Fails when COPY left out a row in silence: what came and what is in quarantine must add up to what landed. */
export function assertRows(plan: LoadPlan): string {
  const landed = plan.rows + plan.quarantined;
  return assertion(
    `COUNT(*) + ${integer(plan.quarantined)} = ${integer(landed)}`,
    `rows loaded and quarantined do not add up to the ${integer(landed)} rows of the files`,
    `FROM ${STAGE}`,
  );
}

/**
 * COPY reads an empty field of VARBYTE as NULL, so landing notes empty values in `_raw` (lambdas/land-batch/values/binary.ts)
 * and they are made here. One statement whatever the number of columns: a batch takes 40. Only the column's own member is
 * looked at, by its size (`""` is all that takes two bytes there): the whole of `_raw` may be longer than the VARCHAR that
 * JSON_SERIALIZE gives.
 */
export function restoreEmptyBytes(table: AnyTable): readonly string[] {
  const names = landingColumns(table)
    .filter(({ type }) => type.name === "VARBYTE")
    .map(({ name }) => identifier(name));
  if (names.length === 0) return [];
  const isEmpty = (name: string): string => `JSON_SIZE(_raw.${name}) = 2`;
  const restored = names.map((name) => `${name} = CASE WHEN ${isEmpty(name)} THEN FROM_HEX('') ELSE ${name} END`);
  return [`UPDATE ${STAGE}\nSET ${restored.join(", ")}\nWHERE ${names.map(isEmpty).join(" OR ")}`];
}
