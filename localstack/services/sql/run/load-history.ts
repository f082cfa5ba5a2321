import type { Client } from "pg";
import type { CopyOutcome } from "../copy/load.ts";
import type { LoadError } from "../copy/load-errors.ts";
import { urlOf } from "../copy/sources.ts";
import { displayName } from "../identifiers.ts";
import type { CopyPlan } from "../plan.ts";

/** What one COPY leaves in the system tables, whatever becomes of its transaction. */
export interface LoadRecord {
  readonly queryId: number;
  readonly pid: number;
  readonly startedAt: Date;
  readonly endedAt: Date;
  readonly plan: CopyPlan;
  readonly outcome: CopyOutcome;
}

/**
 * Writes sys_load_history and sys_load_error_detail. First within the COPY's transaction, so that its next statements
 * see them; and if that rolls back, once more on a connection of its own, because a failed load must show there.
 */
export async function writeLoadRecord(client: Client, record: LoadRecord): Promise<void> {
  const { queryId, pid, startedAt, endedAt, plan, outcome } = record;
  const { read, errors, failure, loadedRows } = outcome;
  const status = failure === null ? "completed" : "aborted";
  await client.query(
    `INSERT INTO redshift.load_history VALUES ($1, $2, current_database(), $3, $4, $5, $6, 'csv', $7, $8, $9, $10, $11, $12)`,
    [
      queryId, pid, displayName(plan.table), moment(startedAt), moment(endedAt), urlOf(plan.options.from),
      failure === null ? loadedRows : 0, read.bytes, read.files, read.fileBytes, errors.length, status,
    ], // prettier-ignore
  );
  for (let at = 0; at < errors.length; at += ERRORS_AT_ONCE)
    await writeErrors(client, record, errors.slice(at, at + ERRORS_AT_ONCE));
}

const ERRORS_AT_ONCE = 1000;

async function writeErrors(
  client: Client,
  { queryId, pid, startedAt, outcome }: LoadRecord,
  errors: readonly LoadError[],
): Promise<void> {
  const rows = errors.map((error) => ({
    file_name: error.file,
    line_number: error.line,
    column_name: error.column?.name ?? null,
    column_type: error.column?.kind ?? null,
    column_length: lengthOf(error),
    position: error.position,
    error_code: error.code,
    error_message: error.message,
    raw_line: error.rawLine,
    raw_field_value: error.rawValue,
  }));
  await client.query(
    `INSERT INTO redshift.load_errors
     SELECT $1, $2, current_database(), $3, $4, r.* FROM json_to_recordset($5::json) AS r(
       file_name text, line_number bigint, column_name text, column_type text, column_length text, position integer,
       error_code integer, error_message text, raw_line text, raw_field_value text)`,
    [queryId, pid, outcome.target.oid, moment(startedAt), JSON.stringify(rows)],
  );
}

function lengthOf({ column }: LoadError): string | null {
  if (column === null) return null;
  if (column.kind === "numeric") return `${column.precision},${column.scale}`;
  return column.bytes === null ? null : String(column.bytes);
}

/** UTC without zone, as Redshift's system tables have it. */
export const moment = (date: Date): string => date.toISOString().slice(0, -1);
