import type { CsvRecord } from "./csv-records.ts";
import { readValue, ValueError } from "./values.ts";
import type { CopyOptions } from "./options.ts";
import type { TargetColumn } from "./target.ts";

/** One refused line, as sys_load_error_detail shows it. */
export interface LoadError {
  readonly file: string;
  readonly line: number;
  readonly column: TargetColumn | null;
  readonly position: number;
  readonly code: number;
  readonly message: string;
  readonly rawLine: string;
  readonly rawValue: string;
}

/** The values of a record for PostgreSQL, the first error in it, or null for a line left out. */
export type RecordReading = readonly (string | null)[] | LoadError | null;

export const isLoadError = (reading: RecordReading): reading is LoadError => reading !== null && "code" in reading;

const RAW_BYTES = 1024;

/** Reads one record against the target's columns. */
export function readRecord(
  record: CsvRecord,
  columns: readonly TargetColumn[],
  options: CopyOptions,
  file: string,
): RecordReading {
  const { fields } = record;
  const refuse = (
    code: number,
    message: string,
    column: TargetColumn | null = null,
    position = 0,
    value?: Buffer,
  ): LoadError => ({
    file,
    line: record.line,
    column,
    position,
    code,
    message,
    rawLine: show(record.raw),
    rawValue: value === undefined ? "" : show(value),
  });
  if (record.malformed) return refuse(1216, "Invalid quote formatting for CSV");
  if (record.raw.length === 0 && columns.length > 1)
    return options.ignoreBlankLines ? null : refuse(1211, "Input line contained no data");
  if (fields.length > columns.length) return refuse(1202, "Extra column(s) found");
  if (fields.length < columns.length && !options.fillRecord)
    return refuse(1214, "Delimiter not found", columns[fields.length - 1] ?? null, record.raw.length);
  const values: (string | null)[] = [];
  for (const [i, column] of columns.entries()) {
    const field = fields[i];
    try {
      values.push(field === undefined ? null : readValue(field, column, options));
    } catch (error) {
      if (error instanceof ValueError) return refuse(error.code, error.message, column, error.position, field);
      throw error;
    }
  }
  return values;
}

/** Control characters and what is no UTF-8 show as dots. */
function show(bytes: Buffer): string {
  return bytes
    .subarray(0, RAW_BYTES)
    .toString("utf8")
    .replace(/[\0\uFFFD]/g, ".");
}

/** The record as PostgreSQL's CSV, every value quoted, NULL bare and empty. */
export function encodeRecord(values: readonly (string | null)[]): string {
  return `${values.map((value) => (value === null ? "" : `"${value.replaceAll('"', '""')}"`)).join(",")}\n`;
}
