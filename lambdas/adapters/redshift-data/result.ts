import type { Field, GetStatementResultCommandOutput } from "@aws-sdk/client-redshift-data";
import type { WarehouseRow, WarehouseValue } from "../../core/ports.ts";

/** One page of a result as row objects with lower-case keys. */
export function rowsOf({ ColumnMetadata, Records }: GetStatementResultCommandOutput): readonly WarehouseRow[] {
  const names = (ColumnMetadata ?? []).map((column, i) => (column.label ?? column.name ?? `column${i}`).toLowerCase());
  return (Records ?? []).map((record) =>
    Object.fromEntries(record.map((field, i) => [names[i] ?? `column${i}`, valueOf(field)])),
  );
}

function valueOf(field: Field): WarehouseValue {
  if (field.isNull === true) return null;
  if (field.stringValue !== undefined) return field.stringValue;
  if (field.booleanValue !== undefined) return field.booleanValue;
  if (field.blobValue !== undefined) return Buffer.from(field.blobValue).toString("hex");
  return field.doubleValue ?? field.longValue ?? null;
}
