import type { LogPlace } from "../../core/capture-ports.ts";
import { ConfigurationError } from "../../core/errors.ts";
import { MysqlServerError } from "./errors.ts";
import type { Flavour } from "./server.ts";
import type { MysqlSession, TextRow } from "./session.ts";

const ER_PARSE = 1064;

export interface LogStatus extends LogPlace {
  /** Executed GTID set (MySQL) or position (MariaDB), empty before the first; null when the server has none. */
  readonly gtid: string | null;
}

/** MySQL 8.2 renamed the statement and 8.4 dropped the old name; MariaDB keeps it. */
async function showStatus(session: MysqlSession, flavour: Flavour): Promise<TextRow | undefined> {
  if (flavour === "mariadb") return (await session.query("SHOW MASTER STATUS"))[0];
  try {
    return (await session.query("SHOW BINARY LOG STATUS"))[0];
  } catch (error) {
    if (error instanceof MysqlServerError && error.code === ER_PARSE)
      return (await session.query("SHOW MASTER STATUS"))[0];
    throw error;
  }
}

/**
 * Where the log ends now. It may already hold transactions that reads do not see yet.
 * @throws ConfigurationError when the server writes no binlog
 */
export async function logStatus(session: MysqlSession, flavour: Flavour): Promise<LogStatus> {
  const row = await showStatus(session, flavour);
  if (row?.File === null || row?.File === undefined || row.File === "") {
    throw new ConfigurationError("The source writes no binlog: start it with log_bin");
  }
  return { file: row.File, pos: Number(row.Position), gtid: await executedGtid(session, flavour) };
}

/** What the server has committed, as GTIDs. */
export async function executedGtid(session: MysqlSession, flavour: Flavour): Promise<string | null> {
  if (flavour === "mariadb") {
    const [row] = await session.query("SELECT @@gtid_binlog_pos AS gtid");
    return row?.gtid ?? null;
  }
  const [row] = await session.query("SELECT @@gtid_mode AS mode, @@gtid_executed AS gtid");
  return row?.mode === "ON" ? (row.gtid ?? "").replace(/\s/g, "") : null;
}
