import { ConfigurationError } from "../../core/errors.ts";

/** How to reach a MySQL or MariaDB server. */
export interface MysqlTarget {
  readonly host: string;
  readonly port: number;
  readonly user: string;
  readonly password: string;
  readonly database?: string;
  /**
   * off: plain TCP. required: TLS, certificate not verified (RDS's own authority is not in the system's store).
   * verified: TLS, the certificate must match host name and `ca` (PEM; default the system's store).
   */
  readonly tls: "off" | "required" | "verified";
  readonly ca?: string;
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch (cause) {
    throw new ConfigurationError("A part of the source URL holds a % that encodes nothing: write % as %25", { cause });
  }
}

/**
 * Reads `mysql://user:password@host:port/database?tls=required`; parts are percent-decoded.
 * @throws ConfigurationError naming what is wrong, never the password
 */
export function parseMysqlUrl(url: string): MysqlTarget {
  const parsed = URL.canParse(url) ? new URL(url) : null;
  if (parsed === null || !["mysql:", "mariadb:"].includes(parsed.protocol) || parsed.hostname === "") {
    throw new ConfigurationError("The source URL cannot be read: mysql://user:password@host:port/database is needed");
  }
  const tls = parsed.searchParams.get("tls") ?? "off";
  if (tls !== "off" && tls !== "required" && tls !== "verified") {
    throw new ConfigurationError(`tls=${tls} in the source URL: one of off, required, verified is needed`);
  }
  const database = decoded(parsed.pathname.slice(1));
  return {
    host: parsed.hostname.replace(/^\[|\]$/g, ""),
    port: parsed.port === "" ? 3306 : Number(parsed.port),
    user: decoded(parsed.username),
    password: decoded(parsed.password),
    tls,
    ...(database === "" ? {} : { database }),
  };
}
