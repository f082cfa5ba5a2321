import type { Field } from "@aws-sdk/client-redshift-data";
import type { ResultColumn, SqlResult } from "./data-api.ts";

export type JsonValue = string | number | boolean | null;

/**
 * One value of a result for JSON: safe integers and doubles are numbers; larger integers and NUMERIC are text, because
 * a JSON reader would round them; dates and times are ISO 8601 text.
 */
export function jsonValue(field: Field, column: ResultColumn): JsonValue {
  if (field.isNull === true) return null;
  if (field.booleanValue !== undefined) return field.booleanValue;
  if (field.doubleValue !== undefined) return finite(field.doubleValue);
  if (field.longValue !== undefined) return integer(field.longValue);
  if (field.blobValue !== undefined) return Buffer.from(field.blobValue).toString("hex");
  const text = field.stringValue ?? "";
  if (/^(int[248]|smallint|integer|bigint)$/.test(column.type)) return integer(text);
  return column.type.startsWith("timestamp") ? isoTime(text) : text;
}

/** Rows as objects; keys are lower case. */
export function rowObjects({ columns, rows }: SqlResult): Record<string, JsonValue>[] {
  return rows.map((row) =>
    Object.fromEntries(
      columns.map((column, index) => [column.name, jsonValue(row[index] ?? { isNull: true }, column)]),
    ),
  );
}

/** Integers beyond 2^53 come as text (keepIntegersExact). */
function integer(value: number | string): JsonValue {
  const number = Number(value);
  return Number.isSafeInteger(number) ? number : String(value);
}

/** JSON has no NaN and no infinity. */
const finite = (value: number): JsonValue => (Number.isFinite(value) ? value : String(value));

/** `2003-01-06 10:00:00.5+00` -> `2003-01-06T10:00:00.5Z`; text of another form stays as it is. */
function isoTime(text: string): string {
  const match = /^(\d{4}-\d\d-\d\d)[ T](\d\d:\d\d:\d\d(?:\.\d+)?)(Z|[+-]\d\d(?::?\d\d)?)?$/.exec(text);
  if (match === null) return text;
  const [, day = "", time = "", zone = ""] = match;
  const iso = /^[+-]00(:?00)?$/.test(zone) ? "Z" : zone.length === 3 ? `${zone}:00` : zone;
  return `${day}T${time}${iso}`;
}
