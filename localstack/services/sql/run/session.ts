import pg from "pg";
import { SqlError } from "../errors.ts";

/**
 * Settings of every session. Only hash joins: tables are new and without statistics, where a nested loop by one wrong
 * estimate costs minutes, and a merge join sorts whole staging tables. A load's staging table should fit temp_buffers.
 */
const SETTINGS: Readonly<Record<string, string>> = {
  search_path: "public",
  timezone: "UTC",
  datestyle: "ISO,YMD",
  intervalstyle: "postgres",
  standard_conforming_strings: "on",
  bytea_output: "hex",
  extra_float_digits: "1",
  client_min_messages: "error",
  enable_nestloop: "off",
  enable_mergejoin: "off",
  jit: "off",
  work_mem: "64MB",
  hash_mem_multiplier: "4",
  temp_buffers: "128MB",
  synchronous_commit: "off",
};
const OPTIONS = Object.entries(SETTINGS)
  .map(([name, value]) => `-c ${name}=${value}`)
  .join(" ");

/** The warehouse's URL with another database. */
export function databaseUrl(warehouseUrl: string, database: string): string {
  const url = new URL(warehouseUrl);
  url.pathname = `/${encodeURIComponent(database)}`;
  return url.toString();
}

/** @returns the name of the database in a URL */
export function databaseOf(warehouseUrl: string): string {
  return decodeURIComponent(new URL(warehouseUrl).pathname.slice(1));
}

/**
 * A connection whose values all come as PostgreSQL's own text.
 * @throws SqlError when the server or the database is not there
 */
export async function openSession(url: string): Promise<pg.Client> {
  const client = new pg.Client({
    connectionString: url,
    options: OPTIONS,
    application_name: "redshift",
    types: { getTypeParser: () => (value: string) => value },
  });
  // A connection that breaks between statements shows in the next one.
  client.on("error", () => undefined);
  try {
    await client.connect();
    return client;
  } catch (error) {
    await client.end().catch(() => undefined);
    const reason = error instanceof Error ? error.message : String(error);
    throw new SqlError(reason, { sqlstate: error instanceof pg.DatabaseError ? error.code : "08006", cause: error });
  }
}
