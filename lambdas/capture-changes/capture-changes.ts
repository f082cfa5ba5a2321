import type { AnyTable } from "../../schemas/model/table.ts";
import type { OpenBinlog, Publisher, SourceDatabase } from "../core/capture-ports.ts";
import { FencedError, PositionLostError, TransientError } from "../core/errors.ts";
import { METRICS } from "../core/metrics.ts";
import type { NewId, Now, ObjectStore, Sleep, Telemetry } from "../core/ports.ts";
import { checkpointKey } from "../core/state-keys.ts";
import { wishForAll, wishForNews } from "./drift.ts";
import { takeLease } from "./lease.ts";
import type { Lease } from "./lease.ts";
import { Pump } from "./pump.ts";

export interface CaptureChangesPorts {
  readonly state: ObjectStore;
  readonly openBinlog: OpenBinlog;
  readonly openPublisher: () => Promise<Publisher>;
  readonly openSource: () => Promise<Pick<SourceDatabase, "currentPlace" | "describeTables" | "facts" | "close">>;
  /** Starts the next run, which takes the lease over while this one still publishes. */
  readonly invokeNext: (owner: string) => Promise<void>;
  readonly telemetry: Telemetry;
  readonly now: Now;
  readonly sleep: Sleep;
  readonly newId: NewId;
}

export interface CaptureChangesRequest {
  readonly sourceName: string;
  readonly tables: readonly AnyTable[];
  readonly serverIdBase: number;
  readonly runSeconds: number;
  /** Set by the run that hands over to this one. */
  readonly handover: boolean;
}

export interface CaptureChangesOutcome {
  readonly status: "no-checkpoint" | "busy" | "handed-over" | "released";
  readonly rows: number;
}

const SAVE_EVERY_MS = 1_000;
/** How long before its end a run calls its successor: a cold start and a connection, generously. */
const HANDOVER_LEAD_MS = 15_000;
const SERVER_IDS = 16;

/**
 * One bounded run of change capture. Safe to repeat because records carry the version of their place in the log: a
 * second run, or two at once, publish the same versions, and the newest version of a key wins everywhere.
 * The checkpoint moves only after Kafka acknowledged everything before it; the run that loses the lease stops.
 */
export async function captureChanges(
  request: CaptureChangesRequest,
  ports: CaptureChangesPorts,
): Promise<CaptureChangesOutcome> {
  const owner = ports.newId();
  const answer = await takeLease(ports.state, checkpointKey(request.sourceName), owner, request.handover, ports.now);
  if (answer.kind !== "taken") return { status: answer.kind, rows: 0 };
  try {
    return await run(request, ports, owner, answer.lease);
  } catch (error) {
    if (error instanceof PositionLostError) {
      // Fenced: a successor finds out by itself.
      await answer.lease.lose(error.message).catch(unlessFenced);
      await wishForAll(request.tables, error, answer.lease.checkpoint.position, ports);
    }
    throw error;
  }
}

function unlessFenced(error: unknown): void {
  if (!(error instanceof FencedError)) throw error;
}

async function run(
  request: CaptureChangesRequest,
  ports: CaptureChangesPorts,
  owner: string,
  lease: Lease,
): Promise<CaptureChangesOutcome> {
  const { telemetry } = ports;
  const start = lease.checkpoint;
  const { tables, present, connector } = await readSource(request, ports, start.server);

  await wishForNews(present, ports);

  const publisher = await ports.openPublisher();
  const pump = new Pump({ sourceName: request.sourceName, connector, tables, start }, publisher, ports);
  const stop = new AbortController();
  try {
    const keeping = keep({ lease, pump, publisher, stop, owner, request, ports });
    const pumping = (async () => {
      const events = ports.openBinlog({
        from: start.position,
        gtid: start.gtid,
        serverId: request.serverIdBase + (start.turn % SERVER_IDS),
        tables,
        signal: stop.signal,
      });
      for await (const batch of events) await pump.push(batch);
    })();
    const status = await bothEnd(keeping, pumping, stop);
    telemetry.metric(METRICS.rowsCaptured, pump.rows, "Count");
    return { status, rows: pump.rows };
  } finally {
    stop.abort();
    await publisher.close();
  }
}

/** The pump ends only by the keeper's word or by an error; either error stops the other before it is thrown. */
async function bothEnd<T>(keeping: Promise<T>, pumping: Promise<void>, stop: AbortController): Promise<T> {
  const endedEarly = pumping.then(() => {
    if (!stop.signal.aborted) throw new TransientError("the source closed the binlog stream; the next run reconnects");
  });
  try {
    const [status] = await Promise.all([keeping, endedEarly]);
    return status;
  } finally {
    stop.abort();
    await Promise.allSettled([keeping, endedEarly]);
  }
}

interface Keeper {
  readonly lease: Lease;
  readonly pump: Pump;
  readonly publisher: Publisher;
  readonly stop: AbortController;
  readonly owner: string;
  readonly request: CaptureChangesRequest;
  readonly ports: CaptureChangesPorts;
}

/** Saves the checkpoint every second, calls the successor in time, and stops the pump when the run is over. */
async function keep(keeper: Keeper): Promise<"handed-over" | "released"> {
  const { lease, pump, publisher, stop, ports, request } = keeper;
  const began = ports.now();
  const end = began + request.runSeconds * 1_000;
  let successorCalled = false;
  try {
    for (;;) {
      await ports.sleep(SAVE_EVERY_MS, stop.signal);
      await save(lease, pump, publisher);
      if (!successorCalled && ports.now() >= end - HANDOVER_LEAD_MS) {
        successorCalled = true;
        await ports.invokeNext(keeper.owner);
      }
      if (ports.now() >= end) {
        stop.abort();
        await save(lease, pump, publisher);
        await lease.release();
        return "released";
      }
    }
  } catch (error) {
    if (error instanceof FencedError) return "handed-over";
    throw error;
  } finally {
    stop.abort();
  }
}

async function save(lease: Lease, pump: Pump, publisher: Publisher): Promise<void> {
  const safe = pump.safePoint;
  await publisher.flush();
  await lease.save(safe);
}

/** Definitions whose database this server has; the position must belong to the server that answers. */
async function readSource(
  request: CaptureChangesRequest,
  ports: CaptureChangesPorts,
  server: string,
): Promise<{
  readonly tables: readonly AnyTable[];
  /** Those of them that are there. */
  readonly present: readonly AnyTable[];
  readonly connector: "mysql" | "mariadb";
}> {
  const source = await ports.openSource();
  try {
    const place = await source.currentPlace();
    if (place.server !== server) {
      throw new PositionLostError(
        `the checkpoint belongs to server ${server}, but ${place.server} answers; all tables are resynced`,
      );
    }
    const existing = await source.describeTables([...new Set(request.tables.map((table) => table.area.database))]);
    const databases = new Set(existing.map((table) => table.db));
    const names = new Set(existing.map((table) => `${table.db}.${table.name}`));
    const tables = request.tables.filter((table) => databases.has(table.area.database));
    const present = tables.filter((table) => names.has(`${table.area.database}.${table.source}`));
    const { flavour } = await source.facts();
    return { tables, present, connector: flavour };
  } finally {
    await source.close();
  }
}
