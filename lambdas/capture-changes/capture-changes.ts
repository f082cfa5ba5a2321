import { qualifiedName } from "../../schemas/naming.ts";
import type { AnyTable } from "../../schemas/model/table.ts";
import type { LogPlace, OpenBinlog, Publisher, SourceDatabase, SourceTable } from "../core/capture-ports.ts";
import { noteCascades } from "../core/cascades.ts";
import type { Checkpoint } from "../core/checkpoint.ts";
import { FencedError, PositionLostError, TransientError, UnreadableLogError } from "../core/errors.ts";
import { METRICS } from "../core/metrics.ts";
import type { NewId, Now, ObjectStore, Sleep, Telemetry } from "../core/ports.ts";
import { checkpointKey } from "../core/state-keys.ts";
import { comparePositions } from "../core/version.ts";
import { wishForAll } from "./drift.ts";
import { followFailover } from "./failover.ts";
import { LEASE_MS, takeLease } from "./lease.ts";
import type { Lease } from "./lease.ts";
import { takeUpNews } from "./news.ts";
import { Pump } from "./pump.ts";

export type CapturedSource = Pick<SourceDatabase, "currentPlace" | "placeAfter" | "describeTables" | "facts" | "close">;

export interface CaptureChangesPorts {
  readonly state: ObjectStore;
  readonly openBinlog: OpenBinlog;
  readonly openPublisher: () => Promise<Publisher>;
  readonly openSource: () => Promise<CapturedSource>;
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
/** How long a run that is over waits for the rest of the batch in its pump: a broker may be slow, a Lambda's time is not. */
const PATIENCE_MS = 30_000;
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
      ports.telemetry.metric(METRICS.positionsLost, 1, "Count");
      ports.telemetry.error("the source's log does not go on from where it was read: all tables are resynced", {
        reason: error.message,
        whatToDo: "docs/RUNBOOK.md#the-binlog-was-purged",
      });
    }
    if (error instanceof UnreadableLogError) {
      await answer.lease.stick(error.message).catch(unlessFenced);
      ports.telemetry.error("change capture stands still before what it cannot read of the source's log", {
        reason: error.message,
        whatToDo: "docs/RUNBOOK.md#capture-lag",
      });
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
  const { tables } = request;
  const { start, end, present, found, connector } = await prepare(request, ports, lease);
  await takeUpNews({ sourceName: request.sourceName, tables, present }, ports);
  await noteCascades(ports.state, present, found);

  const publisher = await ports.openPublisher();
  const pump = new Pump({ sourceName: request.sourceName, connector, tables, start }, publisher, ports);
  const stop = new AbortController();
  try {
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
    const keeping = keep({ lease, pump, pumping, publisher, stop, owner, request, ports, start, end });
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
  readonly start: Checkpoint;
  /** Where the log ended when the run began. */
  readonly end: LogPlace;
  readonly lease: Lease;
  readonly pump: Pump;
  /** Settles when the pump publishes nothing more. */
  readonly pumping: Promise<void>;
  readonly publisher: Publisher;
  readonly stop: AbortController;
  readonly owner: string;
  readonly request: CaptureChangesRequest;
  readonly ports: CaptureChangesPorts;
}

/**
 * Saves the checkpoint every second, calls the successor in time, and stops the pump when the run is over. The pump then
 * publishes the rest of its batch; that, and what it has sent when it has failed, is saved before the lease is given
 * back: after a failover it must be known exactly, or be known not to be.
 */
async function keep(keeper: Keeper): Promise<"handed-over" | "released"> {
  const { lease, stop, ports, request } = keeper;
  const began = ports.now();
  const runEnd = began + request.runSeconds * 1_000;
  const overtaken = new Overtaken(keeper, began);
  let successorCalled = false;
  let giveUp = Infinity;
  try {
    for (;;) {
      await ports.sleep(SAVE_EVERY_MS, stop.signal);
      const isOver = stop.signal.aborted || ports.now() >= runEnd;
      if (isOver) {
        stop.abort();
        giveUp = Math.min(giveUp, ports.now() + PATIENCE_MS);
      }
      const isDone = isOver && (await isSettled(keeper.pumping, ports));
      await overtaken.check();
      await save(keeper);
      if (isDone || ports.now() >= giveUp) {
        await lease.release(!isDone || keeper.pump.isMidway);
        return "released";
      }
      if (!isOver && !successorCalled && ports.now() >= runEnd - HANDOVER_LEAD_MS) {
        successorCalled = true;
        await ports.invokeNext(keeper.owner);
      }
    }
  } catch (error) {
    if (error instanceof FencedError) return "handed-over";
    throw error;
  } finally {
    stop.abort();
  }
}

/** Waits for one turn of the keeper at most. */
async function isSettled(pumping: Promise<void>, { sleep }: Pick<CaptureChangesPorts, "sleep">): Promise<boolean> {
  const waiting = new AbortController();
  const settled = pumping.then(
    () => true,
    () => true,
  );
  try {
    return await Promise.race([settled, sleep(SAVE_EVERY_MS, waiting.signal).then(() => false)]);
  } finally {
    waiting.abort();
  }
}

async function save({ lease, pump, publisher }: Keeper): Promise<void> {
  const safe = pump.safePoint;
  await pump.noteLeftOut();
  await publisher.flush();
  await lease.save(safe);
}

/** Tells when this run is past everything that a run before it may have published without saying so. */
class Overtaken {
  readonly #keeper: Keeper;
  readonly #began: number;
  /** The log's end after the other run was over; null: not known yet. */
  #end: LogPlace | null;

  constructor(keeper: Keeper, began: number) {
    this.#keeper = keeper;
    this.#began = began;
    // Whoever hands over goes on until its next save.
    this.#end = keeper.request.handover ? null : keeper.end;
  }

  async check(): Promise<void> {
    const { start, lease, pump, ports, stop } = this.#keeper;
    if (start.ahead !== true || stop.signal.aborted) return;
    if (this.#end === null && ports.now() - this.#began >= LEASE_MS) this.#end = await placeNow(ports);
    const { position } = pump.safePoint;
    if (this.#end !== null && comparePositions(position, { ...this.#end, epoch: position.epoch }) >= 0)
      lease.caughtUp();
  }
}

async function placeNow(ports: CaptureChangesPorts): Promise<LogPlace> {
  const source = await ports.openSource();
  try {
    return await source.currentPlace();
  } finally {
    await source.close();
  }
}

interface Prepared {
  readonly start: Checkpoint;
  /** Where the log ends now. */
  readonly end: LogPlace;
  /**
   * Definitions whose table is there and may be read now. What the log says is taken up for all of them: it is about
   * tables as they were then, and rows passed over because a table was dropped or hidden when the run began never come
   * again.
   */
  readonly present: readonly AnyTable[];
  /** All tables that are in the definitions' databases. */
  readonly found: readonly SourceTable[];
  readonly connector: "mysql" | "mariadb";
}

/** Nothing was published yet: whatever fails here, the lease is given back as it was. */
async function prepare(request: CaptureChangesRequest, ports: CaptureChangesPorts, lease: Lease): Promise<Prepared> {
  try {
    return await readSource(request, ports, lease);
  } catch (error) {
    if (!(error instanceof PositionLostError)) await lease.release().catch(unlessFenced);
    throw error;
  }
}

/** The position must belong to the server that answers, or be carried over to it. */
async function readSource(request: CaptureChangesRequest, ports: CaptureChangesPorts, lease: Lease): Promise<Prepared> {
  const source = await ports.openSource();
  try {
    const end = await source.currentPlace();
    const { flavour } = await source.facts();
    const start =
      end.server === lease.checkpoint.server
        ? lease.checkpoint
        : await followFailover(source, end.server, lease, request.tables.map(qualifiedName), ports);
    const existing = await source.describeTables([...new Set(request.tables.map((table) => table.area.database))]);
    const names = new Set(existing.map((table) => `${table.db}.${table.name}`));
    const present = request.tables.filter((table) => names.has(`${table.area.database}.${table.source}`));
    return { start, end, present, found: existing, connector: flavour };
  } finally {
    await source.close();
  }
}
