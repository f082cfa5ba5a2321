import type { Duplex } from "node:stream";
import { createConnection } from "mysql2";
import type { Connection } from "mysql2";
import { MysqlAccessError, MysqlConnectionError } from "../errors.ts";
import type { MysqlTarget } from "../target.ts";
import { ByteStream } from "./byte-stream.ts";

const CONNECT_TIMEOUT_MS = 20_000;
/** 1044, 1045, 1049, 1698, 3118, 3159: wrong name, password, database, locked account, TLS demanded. */
const ACCESS_ERRORS = new Set([1044, 1045, 1049, 1130, 1251, 1698, 3118, 3159, 4151]);

interface DriverError {
  readonly errno?: number;
  readonly code?: string;
  readonly message: string;
}

/** The driver's connection: its socket is replaced by the TLS socket when TLS starts, so it is read after the handshake. */
interface DriverConnection extends Connection {
  readonly stream: Duplex;
}

function connectionError(error: DriverError, target: MysqlTarget): Error {
  const where = `${target.host}:${target.port} as '${target.user}'`;
  if (error.errno !== undefined && ACCESS_ERRORS.has(error.errno)) {
    return new MysqlAccessError(`MySQL at ${where} refused the login: ${error.message}. Check the source's secret.`, {
      cause: error,
    });
  }
  if (error.code === "HANDSHAKE_NO_SSL_SUPPORT") {
    return new MysqlAccessError(`MySQL at ${where} has no TLS: enable it there, or set the source's tls to off.`, {
      cause: error,
    });
  }
  return new MysqlConnectionError(`MySQL at ${where} cannot be reached: ${error.message}`, { cause: error });
}

/**
 * Logs in with mysql2 (authentication plugins, TLS) and takes the socket over: from then on the driver sees no byte,
 * and packets reach our decoders without its parsers between.
 * @throws MysqlAccessError, MysqlConnectionError
 */
export async function connectWire(target: MysqlTarget): Promise<ByteStream> {
  const connection = createConnection({
    host: target.host,
    port: target.port,
    user: target.user,
    password: target.password,
    connectTimeout: CONNECT_TIMEOUT_MS,
    charset: "utf8mb4",
    // Query attributes would change the shape of COM_QUERY, session tracking that of OK packets.
    flags: ["-CLIENT_QUERY_ATTRIBUTES", "-SESSION_TRACK", "-LOCAL_FILES", "-FOUND_ROWS", "-DEPRECATE_EOF"],
    ...(target.database === undefined ? {} : { database: target.database }),
    ...(target.tls === "off"
      ? {}
      : {
          ssl: {
            rejectUnauthorized: target.tls === "verified",
            verifyIdentity: target.tls === "verified",
            ...(target.ca === undefined ? {} : { ca: target.ca }),
          },
        }),
  }) as DriverConnection;
  await new Promise<void>((resolve, reject) => {
    connection.once("error", (error: Error) => reject(connectionError(error as DriverError, target)));
    connection.connect((error) => {
      if (error === null) resolve();
      else reject(connectionError(error, target));
    });
  }).catch((error: unknown) => {
    connection.destroy();
    throw error;
  });
  // The driver still hears of socket errors and must not throw them at the process; ByteStream reports them.
  connection.on("error", () => undefined);
  connection.stream.removeAllListeners("data");
  return new ByteStream(connection.stream);
}
