import type { AnyTable } from "../../../schemas/model/table.ts";
import type { SourceDatabase, SourceTable } from "../../core/capture-ports.ts";
import { ConfigurationError } from "../../core/errors.ts";
import type { Pseudonymise } from "../../core/personal-data.ts";
import { takeAnchor } from "../binlog/anchor.ts";
import { placeAfter } from "../binlog/place-after.ts";
import { quoteName, quoteText } from "./literal.ts";
import { logStatus } from "./log-place.ts";
import { readReplication } from "./replication.ts";
import { rowRoute } from "./route.ts";
import { identify, readCollations, readFacts } from "./server.ts";
import { openSession } from "./session.ts";
import type { MysqlSession } from "./session.ts";
import { scanTable } from "./field-reader.ts";
import { readTable } from "./table-reader.ts";
import { readTables } from "./tables.ts";
import type { MysqlTarget } from "./target.ts";

export interface SourceSettings {
  /** Milliseconds since 1970; for the anchor's time. @default Date.now */
  readonly now?: () => number;
  /** Replication server id for the short look into the log that an anchor may need. @default 4294967000 */
  readonly replicaId?: number;
  /** Longest wait for open transactions when an anchor is taken by `innodb_trx`. @default 60 s */
  readonly patienceMs?: number;
  readonly pseudonymise?: Pseudonymise;
}

const REPLICA_ID = 4_294_967_000;
const PATIENCE_MS = 60_000;

/**
 * The source database behind the port of the captures. One connection for questions; every `read` has its own, so that
 * a read that is given up takes nothing else with it.
 * @throws MysqlAccessError, MysqlConnectionError
 */
export async function connectSource(target: MysqlTarget, settings: SourceSettings = {}): Promise<SourceDatabase> {
  const session = await openSession(target);
  const { identity, collations } = await introduced(session);
  return {
    anchor: () =>
      takeAnchor(
        {
          target,
          session,
          identity,
          patienceMs: settings.patienceMs ?? PATIENCE_MS,
          replicaId: settings.replicaId ?? REPLICA_ID,
        },
        (settings.now ?? Date.now)(),
      ),
    currentPlace: async () => ({ ...(await logStatus(session, identity.flavour)), server: identity.server }),
    placeAfter: (gtid) => placeAfter({ target, session, identity, replicaId: settings.replicaId ?? REPLICA_ID }, gtid),
    facts: () => readFacts(session),
    describeTables: async (databases) => {
      const tables = await readTables(session, databases);
      return (await logsCascades(session)) ? tables.map((table) => ({ ...table, silentForeignKeys: [] })) : tables;
    },
    replication: () => readReplication(session, identity.flavour),
    extent: (table) => extent(session, table),
    read: async function* ({ table, signal, ...range }) {
      const reading = await openSession(target);
      try {
        const shape = await shapeOf(reading, table);
        yield* readTable(reading, shape, rowRoute(table, settings.pseudonymise), range, collations, signal);
      } finally {
        reading.destroy();
      }
    },
    scan: async function* ({ table, signal, ...range }, onRow) {
      const reading = await openSession(target);
      try {
        const shape = await shapeOf(reading, table);
        const route = rowRoute(table, settings.pseudonymise);
        const sources = Object.values(table.columns).map(({ source }) => source);
        yield* scanTable({ session: reading, table: shape, route, sources, range, collations, signal }, onRow);
      } finally {
        reading.destroy();
      }
    },
    close: async () => session.close(),
  };
}

async function introduced(session: MysqlSession) {
  try {
    const identity = await identify(session);
    return { identity, collations: await readCollations(session, identity.flavour) };
  } catch (error) {
    session.destroy();
    throw error;
  }
}

/**
 * From MySQL 9.6 on the server carries foreign keys out above the storage engine and logs the rows that they change,
 * unless it was started with innodb_native_foreign_keys. Servers that do not know the variable never log them.
 */
async function logsCascades(session: MysqlSession): Promise<boolean> {
  const [row] = await session.query("SHOW GLOBAL VARIABLES LIKE 'innodb_native_foreign_keys'");
  return row?.["Value"]?.toUpperCase() === "OFF";
}

async function shapeOf(session: MysqlSession, table: AnyTable): Promise<SourceTable> {
  const found = (await readTables(session, [table.area.database], table.source))[0];
  if (found === undefined) {
    throw new ConfigurationError(`Table ${table.area.database}.${table.source} does not exist at the source`);
  }
  return found;
}

async function extent(session: MysqlSession, table: AnyTable): ReturnType<SourceDatabase["extent"]> {
  const first = table.key === "none" ? undefined : table.columns[table.key[0]]?.source;
  if (first === undefined) return null;
  const key = quoteName(first);
  const name = `${quoteName(table.area.database)}.${quoteName(table.source)}`;
  const [ends] = await session.query(`SELECT MIN(${key}) AS low, MAX(${key}) AS high FROM ${name}`);
  if (ends?.low === null || ends?.low === undefined || ends.high === null || ends.high === undefined) return null;
  const [estimate] = await session.query(
    `SELECT TABLE_ROWS AS n FROM information_schema.TABLES WHERE TABLE_SCHEMA = ${quoteText(table.area.database)} AND TABLE_NAME = ${quoteText(table.source)}`,
  );
  return { min: ends.low, max: ends.high, rows: Math.max(1, Number(estimate?.n ?? 1)) };
}
