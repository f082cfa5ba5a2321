import { S3Client, paginateListObjectsV2 } from "@aws-sdk/client-s3";
import { localClients } from "../../../cli/target.ts";
import { historyName, parseLandingKey, qualifiedName } from "../../../schemas/naming.ts";
import type { AnyTable } from "../../../schemas/model/table.ts";
import type { AskWarehouse } from "../compare/figures.ts";
import type { Freshness } from "../report/report.ts";
import { freshnessOf } from "../report/report.ts";

/** What a stage has left behind, and when the last of it was there. */
export interface StageFacts {
  readonly rows: number;
  readonly last: Date | null;
}

/** Rows in landing objects; S3 dates objects to the second. */
export async function landedFacts(endpoint: string, bucket: string): Promise<StageFacts> {
  const client = new S3Client({ ...localClients(endpoint), forcePathStyle: true });
  let rows = 0;
  let last: Date | null = null;
  try {
    for await (const page of paginateListObjectsV2({ client }, { Bucket: bucket, Prefix: "landing/" })) {
      for (const { Key = "", LastModified } of page.Contents ?? []) {
        rows += parseLandingKey(Key)?.rows ?? 0;
        if (LastModified !== undefined && (last === null || LastModified > last)) last = LastModified;
      }
    }
    return { rows, last };
  } finally {
    client.destroy();
  }
}

/** Rows of all loads. */
export async function loadedFacts(ask: AskWarehouse): Promise<StageFacts> {
  const [all] = await ask("SELECT SUM(rows) AS row_count, MAX(loaded_at) AS last_load FROM ops.batch");
  return { rows: Number(all?.["row_count"] ?? 0), last: moment(all?.["last_load"]) };
}

/** Rows of facts. */
export async function starRows(ask: AskWarehouse, facts: readonly string[]): Promise<number> {
  let rows = 0;
  for (const fact of facts)
    rows += Number((await ask(`SELECT COUNT(*) AS row_count FROM ${fact}`))[0]?.["row_count"] ?? 0);
  return rows;
}

/**
 * From commit at the source to visible in mart, over every changed row of the tables that the star reads. MariaDB dates
 * commits to the second they fall in, so there the figures are up to a second too high, never too low.
 */
export async function measureFreshness(ask: AskWarehouse, tables: readonly AnyTable[]): Promise<Freshness | null> {
  const lags: { seconds: number; rows: number }[] = [];
  for (const table of tables) {
    const rows = await ask(
      `SELECT h._commit_at AS committed, b.built_at AS visible, COUNT(*) AS row_count
FROM ${historyName(table)} h
JOIN ops.star_batch b ON b.batch = h._batch AND b.table_name = '${qualifiedName(table)}'
WHERE h._op IN ('c', 'u', 'd') AND h._commit_at IS NOT NULL
GROUP BY h._commit_at, b.built_at`,
    );
    for (const row of rows) {
      const [committed, visible] = [moment(row["committed"]), moment(row["visible"])];
      if (committed === null || visible === null) continue;
      lags.push({ seconds: (visible.getTime() - committed.getTime()) / 1000, rows: Number(row["row_count"]) });
    }
  }
  return freshnessOf(lags);
}

/** The warehouse's timestamps are UTC without saying so. */
function moment(value: unknown): Date | null {
  if (typeof value !== "string") return null;
  const date = new Date(`${value.replace(" ", "T")}Z`);
  return Number.isNaN(date.getTime()) ? null : date;
}
