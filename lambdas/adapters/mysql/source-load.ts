import type { SourceLoad } from "../../core/capture-ports.ts";
import { messageOf } from "../../core/errors.ts";
import { MysqlAccessError, MysqlServerError } from "./errors.ts";
import { openSession } from "./session.ts";
import type { MysqlSession, TextRow } from "./session.ts";
import type { MysqlTarget } from "./target.ts";

export interface ReplicaAddress {
  readonly host: string;
  readonly port: number;
}

export interface LoadLimits {
  /** Servers whose lag counts, asked as the user that captures. */
  readonly replicas: readonly ReplicaAddress[];
  /** Seconds that a replica may be behind; the source too, where it is one. 0: no limit. */
  readonly maxReplicaLagSeconds: number;
  /** Statements that others may run at once at the source. 0: no limit. */
  readonly maxThreadsRunning: number;
}

/** The server's own statement is quick; one that does not come back within this time counts as no answer. */
const PATIENCE_MS = 10_000;
const ER_PARSE = 1064;
/** ER_SPECIFIC_ACCESS_DENIED_ERROR. */
const ER_DENIED = 1227;

/** A server that is asked again and again over one connection, made anew after a failure. */
class Asked {
  readonly name: string;
  private readonly target: MysqlTarget;
  private session: MysqlSession | null = null;

  constructor(target: MysqlTarget) {
    this.target = target;
    this.name = `${target.host}:${target.port}`;
  }

  /** @throws whatever connecting and asking throw, and when the answer takes too long */
  async ask<T>(question: (session: MysqlSession) => Promise<T>): Promise<T> {
    const late = Promise.withResolvers<never>();
    const timer = setTimeout(() => late.reject(new Error(`no answer within ${PATIENCE_MS / 1_000} s`)), PATIENCE_MS);
    try {
      const answer = (async () => question((this.session ??= await openSession(this.target))))();
      return await Promise.race([answer, late.promise]);
    } catch (error) {
      // An answer that comes too late must not be taken for that of the next question.
      if (!(error instanceof MysqlServerError)) this.close();
      throw error;
    } finally {
      clearTimeout(timer);
    }
  }

  close(): void {
    this.session?.destroy();
    this.session = null;
  }
}

/**
 * Looks at what a copy must not make worse (gh-ost's `--max-load` and `--throttle-control-replicas`): how many
 * statements others run at the source, and how far its replicas are behind. Connects when it is first asked.
 */
export function openSourceLoad(target: MysqlTarget, limits: LoadLimits): SourceLoad {
  const source = new Asked(target);
  const replicas = limits.replicas.map(({ host, port }) => new Asked({ ...target, host, port }));
  return {
    hindrance: async () => {
      const found = await Promise.all([
        busySource(source, limits),
        ...(limits.maxReplicaLagSeconds === 0 ? [] : replicas.map((replica) => lagging(replica, limits))),
      ]);
      return found.find((reason) => reason !== null) ?? null;
    },
    problems: async () => (await Promise.all(replicas.map((replica) => problemOf(replica, target.user)))).flat(),
    close: async () => [source, ...replicas].forEach((asked) => asked.close()),
  };
}

async function busySource(source: Asked, limits: LoadLimits): Promise<string | null> {
  try {
    return await source.ask(async (session) => {
      if (limits.maxThreadsRunning > 0) {
        const running = await othersRunning(session);
        if (running > limits.maxThreadsRunning)
          return `the source runs ${running} statements of others at once (limit ${limits.maxThreadsRunning})`;
      }
      if (limits.maxReplicaLagSeconds === 0) return null;
      const lag = lagIn(await replication(session).catch(unlessDenied));
      return lag === null ? null : overLimit("the source, itself a replica,", lag, limits);
    });
  } catch (error) {
    return `the source does not answer: ${messageOf(error)}`;
  }
}

/** To a user who may not look, a source that is a replica looks like any other. */
function unlessDenied(error: unknown): readonly TextRow[] {
  if (error instanceof MysqlServerError && error.code === ER_DENIED) return [];
  throw error;
}

/** Threads_running without our own: chunks that are read at the same time, change capture, this question. */
async function othersRunning(session: MysqlSession): Promise<number> {
  const [status] = await session.query("SHOW GLOBAL STATUS LIKE 'Threads_running'");
  const [own] = await session.query(
    "SELECT COUNT(*) AS n FROM information_schema.PROCESSLIST WHERE USER = SUBSTRING_INDEX(USER(), '@', 1) AND COMMAND <> 'Sleep'",
  );
  return Math.max(0, Number(status?.Value ?? 0) - Number(own?.n ?? 0));
}

async function lagging(replica: Asked, limits: LoadLimits): Promise<string | null> {
  const name = `replica ${replica.name}`;
  try {
    const lag = lagIn(await replica.ask(replication));
    return lag === null ? `${name} replicates from no server` : overLimit(name, lag, limits);
  } catch (error) {
    return `${name} does not answer: ${messageOf(error)}`;
  }
}

function overLimit(who: string, lag: Lag, { maxReplicaLagSeconds: limit }: LoadLimits): string | null {
  if (lag === "stopped") return `${who} does not replicate: a thread of its replication is stopped`;
  return lag > limit ? `${who} is ${lag} s behind (limit ${limit} s)` : null;
}

type Lag = number | "stopped";

/** The worst of all channels; null when the server is no replica. */
function lagIn(channels: readonly TextRow[]): Lag | null {
  let worst: Lag | null = null;
  for (const channel of channels) {
    const text = channel.Seconds_Behind_Source ?? channel.Seconds_Behind_Master ?? null;
    if (text === null) return "stopped";
    worst = Math.max(worst ?? 0, Number(text));
  }
  return worst;
}

/** MySQL 8.0.22 and MariaDB 10.5 renamed the statement; MySQL 8.4 dropped the old name. */
async function replication(session: MysqlSession): Promise<readonly TextRow[]> {
  try {
    return await session.query("SHOW REPLICA STATUS");
  } catch (error) {
    if (error instanceof MysqlServerError && error.code === ER_PARSE) return session.query("SHOW SLAVE STATUS");
    throw error;
  }
}

/** What waiting would not mend. A replica that is down or behind may come back: that is a hindrance, no problem. */
async function problemOf(replica: Asked, user: string): Promise<readonly string[]> {
  try {
    const channels = await replica.ask(replication);
    if (channels.length > 0) return [];
    return [
      `${replica.name} is no replica. Take it out of the source's replicas in lib/config.ts, or start its replication.`,
    ];
  } catch (error) {
    if (error instanceof MysqlServerError && error.code === ER_DENIED) {
      return [
        `User ${user} may not ask replica ${replica.name} how far it is behind. Run there: GRANT REPLICATION CLIENT ON *.* TO '${user}'@'%' (MariaDB: GRANT SLAVE MONITOR).`,
      ];
    }
    if (error instanceof MysqlAccessError) {
      return [`Replica ${replica.name} refuses user ${user}: ${error.message} The source's secret is used there too.`];
    }
    return [];
  }
}
