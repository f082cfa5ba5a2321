import type { Connection, ConnectionOptions, RowDataPacket } from "mysql2/promise";
import { createConnection } from "mysql2/promise";
import { messageOf } from "../../../lambdas/core/errors.ts";
import { DemoError } from "../errors.ts";

/** Where the source is and who reads it. */
export interface SourceAccess {
  readonly host: string;
  readonly port: number;
  readonly username: string;
  readonly password: string;
}

/** Values come as the text the server sends, so that nothing is rounded, shifted or re-read. */
const AS_TEXT: ConnectionOptions = {
  dateStrings: true,
  supportBigNumbers: true,
  bigNumberStrings: true,
  jsonStrings: true,
  decimalNumbers: false,
  timezone: "Z",
  charset: "utf8mb4",
};

/**
 * Reads `mysql://user:password@host:port`.
 * @throws DemoError that says what the URL lacks
 */
export function parseSourceUrl(text: string): SourceAccess {
  const url = URL.parse(text);
  const example = "mysql://user:password@host:3306";
  if (url === null || !["mysql:", "mariadb:"].includes(url.protocol) || url.hostname === "") {
    throw new DemoError("source", `the source URL cannot be read: write it as ${example}.`);
  }
  if (url.username === "") throw new DemoError("source", `the source URL names no user: write it as ${example}.`);
  return {
    host: url.hostname.replace(/^\[|\]$/g, ""),
    port: url.port === "" ? 3306 : Number(url.port),
    username: decoded(url.username),
    password: decoded(url.password),
  };
}

/** A `%` that encodes nothing, as in a password written as it is. */
function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch (cause) {
    throw new DemoError(
      "source",
      "the user or password in the source URL holds a % that encodes nothing: write % as %25 (and @ as %40, : as %3A, / as %2F).",
      { cause },
    );
  }
}

/** @throws DemoError: no server there, wrong password, host not allowed, each with what to do */
export async function connectTo(access: SourceAccess, options: ConnectionOptions = {}): Promise<Connection> {
  const { host, port, username, password } = access;
  try {
    const connection = await createConnection({ ...AS_TEXT, host, port, user: username, password, ...options });
    await connection.query("SET SESSION time_zone = '+00:00'");
    return connection;
  } catch (cause) {
    throw new DemoError("source", refusal(access, cause), { cause });
  }
}

function refusal({ host, port, username }: SourceAccess, cause: unknown): string {
  const code = (cause as { code?: string }).code ?? "";
  const at = `${host}:${port}`;
  if (code === "ECONNREFUSED") return `no MySQL server answers at ${at}: start it, or correct the host and port.`;
  if (code === "ENOTFOUND" || code === "EAI_AGAIN")
    return `the host name ${host} is not known: correct the source URL.`;
  if (code === "ETIMEDOUT") return `${at} does not answer: is a firewall in between, or is the address wrong?`;
  if (code === "ER_ACCESS_DENIED_ERROR") {
    return `${at} refuses user '${username}' with this password: correct the user or password in the source URL.`;
  }
  if (code === "ER_HOST_NOT_PRIVILEGED") return `${at} lets nobody connect from this machine: ${messageOf(cause)}`;
  return `cannot connect to MySQL at ${at}: ${messageOf(cause)}`;
}

/**
 * For connections that send bytes as they are, one character a byte: without session tracking the driver does not hear
 * of SET NAMES, after which it would encode once more.
 */
export const RAW_BYTES: ConnectionOptions = { charset: "BINARY", flags: ["-SESSION_TRACK"] };

/** Rows of a query as objects. */
export async function rowsOf<T>(connection: Connection, sql: string, values: readonly unknown[] = []): Promise<T[]> {
  const [rows] = await connection.query<RowDataPacket[]>(sql, [...values]);
  return rows as T[];
}
