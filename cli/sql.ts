import Table from "cli-table3";
import { runStatement } from "./data-api.ts";
import type { SqlResult } from "./data-api.ts";
import { CommandError } from "./errors.ts";
import { rowObjects } from "./sql-values.ts";
import { stackOutputs } from "./stack-outputs.ts";
import { findTarget } from "./target.ts";

export interface SqlOptions {
  readonly json?: boolean;
  readonly stage?: string;
}

/** `millrace sql "select ..."`: through the Redshift Data API. */
export async function sql(text: string, options: SqlOptions, print: (text: string) => void): Promise<void> {
  if (text.trim() === "") throw new CommandError('There is no statement: millrace sql "select ...".');
  const target = findTarget(options.stage);
  const result = await runStatement(text, await stackOutputs(target), target.aws);
  print(options.json === true ? JSON.stringify(rowObjects(result)) : resultTable(result));
}

/** A table for people, with the number of rows below. */
export function resultTable(result: SqlResult): string {
  if (!result.hasResult) return "Done.";
  const table = new Table({
    head: result.columns.map((column) => column.name),
    colAligns: result.columns.map(({ type }) =>
      /^(int|numeric|float|double|real|bigint|smallint)/.test(type) ? "right" : "left",
    ),
    style: { head: [], border: [], compact: true },
  });
  const names = result.columns.map((column) => column.name);
  for (const row of rowObjects(result)) table.push(names.map((name) => cell(row[name] ?? null)));
  const count = result.rows.length;
  return `${table.toString()}\n${count} ${count === 1 ? "row" : "rows"}`;
}

/** NULL must look different from text; line ends would break the table. */
function cell(value: string | number | boolean | null): string {
  return value === null ? "NULL" : String(value).replace(/\r/g, "\\r").replace(/\n/g, "\\n").replace(/\t/g, "\\t");
}
