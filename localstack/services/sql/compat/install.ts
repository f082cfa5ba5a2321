import { createHash } from "node:crypto";
import type { Client } from "pg";
import { SqlError } from "../errors.ts";
import { ATTRIBUTES } from "./attributes.ts";
import { EXPRESSIONS } from "./expressions.ts";
import { LATE_VIEWS } from "./late-views.ts";
import { SYSTEM_VIEWS_SQL } from "./system-views.ts";

const COMPAT = [EXPRESSIONS, LATE_VIEWS, ATTRIBUTES, SYSTEM_VIEWS_SQL].join("\n");
const VERSION = createHash("sha256").update(COMPAT).digest("hex").slice(0, 16);
/** Any number will do, as long as every process takes the same. */
const LOCK = 7_264_115;

/**
 * Puts the schema `redshift` into the database, once per version of its text; data in it stays. Safe to repeat and to
 * run from several processes at once.
 * @throws SqlError when strings of this database would not compare by their bytes, as Redshift's do
 */
export async function installCompatibility(client: Client): Promise<void> {
  await refuseOtherOrder(client);
  await client.query("SELECT pg_advisory_lock($1)", [LOCK]);
  try {
    await client.query("CREATE SCHEMA IF NOT EXISTS redshift");
    await client.query("CREATE TABLE IF NOT EXISTS redshift.installed (version text)");
    const { rows } = await client.query<{ version: string }>("SELECT version FROM redshift.installed");
    if (rows[0]?.version === VERSION) return;
    await client.query("BEGIN");
    await client.query(COMPAT);
    await client.query("DELETE FROM redshift.installed");
    await client.query("INSERT INTO redshift.installed VALUES ($1)", [VERSION]);
    await client.query("COMMIT");
  } catch (error) {
    await client.query("ROLLBACK");
    throw error;
  } finally {
    await client.query("SELECT pg_advisory_unlock($1)", [LOCK]);
  }
}

/** Only in byte order do MIN, MAX and ORDER BY of text answer as Redshift's. */
async function refuseOtherOrder(client: Client): Promise<void> {
  const { rows } = await client.query<{ name: string; encoding: string; collation: string }>(
    `SELECT datname AS name, pg_encoding_to_char(encoding) AS encoding, coalesce(datlocale, datcollate) AS collation
     FROM pg_database WHERE datname = current_database()`,
  );
  const found = rows[0];
  if (found === undefined || !/^(?:C|POSIX|C\.UTF-?8)$/i.test(found.collation) || found.encoding !== "UTF8")
    throw new SqlError(
      `database "${found?.name ?? "?"}" sorts text as ${found?.collation ?? "?"} in ${found?.encoding ?? "?"}, Redshift by bytes of UTF-8: ` +
        `create it WITH ENCODING 'UTF8' LOCALE_PROVIDER builtin BUILTIN_LOCALE 'C.UTF-8' TEMPLATE template0`,
    );
}
