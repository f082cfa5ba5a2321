import type { ServerFacts } from "../../core/capture-ports.ts";
import { readReplication } from "./replication.ts";
import type { MysqlSession } from "./session.ts";
import type { Collations } from "./values/charsets.ts";

export type Flavour = "mysql" | "mariadb";

export interface ServerIdentity {
  readonly flavour: Flavour;
  readonly version: string;
  /** `@@server_uuid` on MySQL; MariaDB has only the server id. */
  readonly server: string;
  readonly serverId: number;
  /** Whether names of databases and tables are the same in any case (`lower_case_table_names` other than 0). */
  readonly foldsNames: boolean;
}

export async function identify(session: MysqlSession): Promise<ServerIdentity> {
  const [row] = await session.query(
    "SELECT VERSION() AS version, @@version_comment AS comment, @@server_id AS id, @@lower_case_table_names AS folding",
  );
  const version = row?.version ?? "";
  const mariadb = /mariadb/i.test(`${version} ${row?.comment ?? ""}`);
  const serverId = Number(row?.id ?? 0);
  const foldsNames = row?.folding !== "0";
  if (mariadb) return { flavour: "mariadb", version, server: String(serverId), serverId, foldsNames };
  const [uuid] = await session.query("SELECT @@server_uuid AS uuid");
  return { flavour: "mysql", version, server: uuid?.uuid ?? String(serverId), serverId, foldsNames };
}

/** Character set of every collation id. MariaDB keeps ids of its newer collations in the applicability table only. */
export async function readCollations(session: MysqlSession, flavour: Flavour): Promise<Collations> {
  const rows = await session.query(
    flavour === "mariadb"
      ? "SELECT ID AS id, CHARACTER_SET_NAME AS charset FROM information_schema.COLLATION_CHARACTER_SET_APPLICABILITY WHERE ID IS NOT NULL"
      : "SELECT ID AS id, CHARACTER_SET_NAME AS charset FROM information_schema.COLLATIONS",
  );
  return new Map(rows.map((row) => [Number(row.id), (row.charset ?? "").toLowerCase()]));
}

/** Settings and rights, for preflight. */
export async function readFacts(session: MysqlSession): Promise<ServerFacts> {
  const { flavour, version } = await identify(session);
  const variables: Record<string, string> = {};
  for (const row of await session.query("SHOW GLOBAL VARIABLES")) {
    if (row.Variable_name !== null && row.Variable_name !== undefined) {
      variables[row.Variable_name.toLowerCase()] = row.Value ?? "";
    }
  }
  const [who] = await session.query("SELECT CURRENT_USER() AS user");
  // Without FOR, MariaDB shows what comes by roles too, as MySQL does.
  const grants = (await session.query("SHOW GRANTS")).map((row) => Object.values(row)[0] ?? "");
  const replication = await readReplication(session, flavour);
  return { flavour, version, variables, grants, replication, user: who?.user ?? "" };
}
