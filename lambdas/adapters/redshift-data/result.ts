import type { Field, GetStatementResultCommandOutput } from "@aws-sdk/client-redshift-data";
import type { WarehouseRow, WarehouseValue } from "../../core/ports.ts";

/** One page of a result as row objects with lower-case keys. */
export function rowsOf({ ColumnMetadata, Records }: GetStatementResultCommandOutput): readonly WarehouseRow[] {
  const names = (ColumnMetadata ?? []).map((column, i) => (column.label ?? column.name ?? `column${i}`).toLowerCase());
  return (Records ?? []).map((record) =>
    Object.fromEntries(record.map((field, i) => [names[i] ?? `column${i}`, valueOf(field)])),
  );
}

/** Large integers stay exact: the SDK hands what JavaScript numbers cannot hold on as bigint. */
function valueOf(field: Field): WarehouseValue {
  if (field.isNull === true) return null;
  if (field.stringValue !== undefined) return field.stringValue;
  if (field.booleanValue !== undefined) return field.booleanValue;
  if (field.doubleValue !== undefined) return field.doubleValue;
  if (field.longValue !== undefined) return exactInteger(field.longValue);
  if (field.blobValue !== undefined) return Buffer.from(field.blobValue).toString("hex");
  return null;
}

function exactInteger(value: number | bigint): number | string {
  return typeof value === "number" && Number.isSafeInteger(value) ? value : String(value);
}
