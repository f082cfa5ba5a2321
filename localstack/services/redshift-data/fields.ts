import type { ResultColumn } from "../sql/run/result-columns.ts";

/** A value as the Data API's JSON carries it: one member says which type. */
export type Field = Readonly<Record<string, unknown>>;

/** Keeps the digits of a 64-bit integer, which a JavaScript number would round. */
const rawJson = (text: string): unknown => (JSON as unknown as { rawJSON(text: string): unknown }).rawJSON(text);

export function field(value: string | null, column: ResultColumn): Field {
  if (value === null) return { isNull: true };
  switch (column.carrier) {
    case "long":
      return { longValue: Number.isSafeInteger(Number(value)) ? Number(value) : rawJson(value) };
    case "double":
      return { doubleValue: Number.isFinite(Number(value)) ? Number(value) : value };
    case "boolean":
      return { booleanValue: value === "t" };
    case "string":
      return { stringValue: column.convert(value) };
  }
}

export function columnMetadata(column: ResultColumn): Readonly<Record<string, unknown>> {
  return {
    isCaseSensitive: column.isCaseSensitive,
    isCurrency: false,
    isSigned: column.isSigned,
    label: column.name,
    length: column.length,
    name: column.name,
    nullable: 1,
    precision: column.precision,
    scale: column.scale,
    schemaName: "",
    tableName: "",
    typeName: column.typeName,
  };
}

/** Rows as GetStatementResultV2 gives them: CSV with CRLF, NULL as nothing, the first page with a line of names. */
export function csvPage(
  rows: readonly (readonly (string | null)[])[],
  columns: readonly ResultColumn[],
  withHeader: boolean,
): string {
  const lines = rows.map((row) => row.map((value, i) => csvValue(value, columns[i])).join(","));
  if (withHeader) lines.unshift(columns.map(({ name }) => quoteCsv(name)).join(","));
  return lines.map((line) => `${line}\r\n`).join("");
}

function csvValue(value: string | null, column: ResultColumn | undefined): string {
  if (value === null) return "";
  if (column?.carrier === "boolean") return value === "t" ? "true" : "false";
  return quoteCsv(column?.convert(value) ?? value);
}

function quoteCsv(text: string): string {
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}
