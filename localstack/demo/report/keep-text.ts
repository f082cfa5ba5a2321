import type { AnyTable } from "../../../schemas/model/table.ts";
import { sourceViewName } from "../../../schemas/naming.ts";
import { qualified } from "../../../schemas/sql/quote.ts";
import { starTables } from "../../../schemas/warehouse/star.ts";

/**
 * How to look around in what was left running.
 * @param tables what is captured of this source
 * @param ours whether the source was started here: only then is its password no secret
 */
export function keepText(
  endpoints: Readonly<Record<"source" | "kafka" | "aws" | "warehouse", string>>,
  logs: string,
  tables: readonly AnyTable[],
  ours: boolean,
): string {
  const databases = [...new Set(tables.map((table) => table.area.database))];
  return `Everything is left running. Look around:

  npx millrace status                 where every stage is
  npx millrace sql "select * from ${example(tables)} limit 5"

  MySQL      ${databases.map((database) => databaseUrl(endpoints.source, database, ours)).join("\n             ")}
             change rows there, then: npx millrace status --wait
  Kafka      ${endpoints.kafka}
  AWS        AWS_ENDPOINT_URL=${endpoints.aws} AWS_REGION=us-east-1 AWS_ACCESS_KEY_ID=test AWS_SECRET_ACCESS_KEY=test
  warehouse  ${endpoints.warehouse}  (storage of the Redshift stand-in)
  logs       ${logs}

Stop it with: npm run local -- down`;
}

/** The star where it has rows, else what analysts see of a table. */
function example(tables: readonly AnyTable[]): string {
  const [first] = tables;
  if (first === undefined || tables.some((table) => starTables().includes(table))) return "mart.dim_product";
  return qualified(sourceViewName(first));
}

function databaseUrl(source: string, database: string, ours: boolean): string {
  const url = new URL(source);
  url.pathname = `/${encodeURIComponent(database)}`;
  if (!ours && url.password !== "") url.password = "...";
  return url.href;
}
