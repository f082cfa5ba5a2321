import type { Replication } from "../../core/capture-ports.ts";
import { MysqlServerError } from "./errors.ts";
import type { Flavour } from "./server.ts";
import type { MysqlSession, TextRow } from "./session.ts";

const ER_PARSE = 1064;
const DENIED = new Set([1044, 1142, 1227]);

/** What the server replicates from; null when it is no replica. Of several sources the one it is farthest behind. */
export async function readReplication(session: MysqlSession, flavour: Flavour): Promise<Replication | null> {
  try {
    const rows = await channels(session, flavour);
    const found = rows.map(asReplication);
    return found.reduce<Replication | null>(
      (worst, one) => (worst === null || isWorse(one, worst) ? one : worst),
      null,
    );
  } catch (error) {
    if (!(error instanceof MysqlServerError && DENIED.has(error.code))) throw error;
    return isRunning(session);
  }
}

/** MySQL 8.4 knows the new words only, MariaDB the old ones, and that of all channels. */
async function channels(session: MysqlSession, flavour: Flavour): Promise<readonly TextRow[]> {
  if (flavour === "mariadb") return session.query("SHOW ALL SLAVES STATUS");
  try {
    return await session.query("SHOW REPLICA STATUS");
  } catch (error) {
    if (error instanceof MysqlServerError && error.code === ER_PARSE) return session.query("SHOW SLAVE STATUS");
    throw error;
  }
}

function asReplication(row: TextRow): Replication {
  const host = row.Source_Host ?? row.Master_Host ?? "";
  const port = row.Source_Port ?? row.Master_Port ?? "";
  const behind = row.Seconds_Behind_Source ?? row.Seconds_Behind_Master ?? null;
  return { from: `${host}:${port}`, behindSeconds: behind === null ? null : Number(behind) };
}

/** Not knowing is worse than any lag: the replica stands still. */
const isWorse = (a: Replication, b: Replication): boolean =>
  b.behindSeconds !== null && (a.behindSeconds === null || a.behindSeconds > b.behindSeconds);

/** What a user sees who lacks SLAVE MONITOR (MariaDB 10.5): only that a replica is at work. */
async function isRunning(session: MysqlSession): Promise<Replication | null> {
  const [row] = await session.query("SHOW GLOBAL STATUS LIKE 'Slaves_running'");
  return Number(row?.Value ?? 0) > 0 ? { from: null, behindSeconds: null } : null;
}
