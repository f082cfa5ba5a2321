import { installCompatibility } from "../sql/compat/install.ts";
import { quoteIdentifier } from "../sql/identifiers.ts";
import { databaseOf, databaseUrl, openSession } from "../sql/run/session.ts";

/** The PostgreSQL databases behind namespaces. */
export interface Databases {
  /** Creates the database unless it is there, ready for Redshift's statements. */
  ensure(name: string): Promise<void>;
  /** Removes the database with all that is in it; the server's own stays. */
  drop(name: string): Promise<void>;
}

export function postgresDatabases(warehouseUrl: string): Databases {
  const own = databaseOf(warehouseUrl);
  const administer = async (sql: string): Promise<void> => {
    const client = await openSession(warehouseUrl);
    await client.query(sql).finally(() => client.end());
  };
  const exists = async (name: string): Promise<boolean> => {
    const client = await openSession(warehouseUrl);
    const { rowCount } = await client
      .query("SELECT 1 FROM pg_database WHERE datname = $1", [name])
      .finally(() => client.end());
    return rowCount === 1;
  };
  return {
    ensure: async (name) => {
      if (!(await exists(name)))
        await administer(
          `CREATE DATABASE ${quoteIdentifier(name)} TEMPLATE template0 ENCODING 'UTF8' LOCALE_PROVIDER builtin BUILTIN_LOCALE 'C.UTF-8' LC_COLLATE 'C' LC_CTYPE 'C'`,
        );
      const client = await openSession(databaseUrl(warehouseUrl, name));
      await installCompatibility(client).finally(() => client.end());
    },
    drop: async (name) => {
      if (name !== own) await administer(`DROP DATABASE IF EXISTS ${quoteIdentifier(name)} WITH (FORCE)`);
    },
  };
}
