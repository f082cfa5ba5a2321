import { literal } from "./quote.ts";

/** Longest list of names in one statement: the Data API takes 100 KB of text. */
const MOST_NAMES = 300;

/**
 * The lines refused by the newest COPY or check that named any of the files (`s3://...`).
 * `file_name, line_number, column_name, error_code, error_message`.
 */
export function refusedLines(files: readonly string[]): string {
  const where =
    files.length <= MOST_NAMES ? `IN (${files.map(literal).join(", ")})` : `LIKE ${literal(`${commonPrefix(files)}%`)}`;
  return `SELECT file_name, line_number, column_name, error_code, error_message
FROM sys_load_error_detail
WHERE query_id = (SELECT MAX(query_id) FROM sys_load_error_detail WHERE TRIM(file_name) ${where})`;
}

function commonPrefix(texts: readonly string[]): string {
  const [first = ""] = texts;
  let length = first.length;
  for (const text of texts) while (!text.startsWith(first.slice(0, length))) length -= 1;
  return first.slice(0, length);
}
