import { Pump } from "../../lambdas/capture-changes/pump.ts";
import { binlogOf } from "../../lambdas/adapters/binlog/index.ts";
import { connectSource } from "../../lambdas/adapters/mysql/index.ts";
import { openSession } from "../../lambdas/adapters/mysql/session.ts";
import type { MysqlSession } from "../../lambdas/adapters/mysql/session.ts";
import type { MysqlTarget } from "../../lambdas/adapters/mysql/index.ts";
import type { SourceDatabase } from "../../lambdas/core/capture-ports.ts";
import { readCheckpoint } from "../../lambdas/core/checkpoint.ts";
import type { Checkpoint } from "../../lambdas/core/checkpoint.ts";
import type { ReconcileReport } from "../../lambdas/core/events.ts";
import { checkpointKey } from "../../lambdas/core/state-keys.ts";
import { reconcileCascades } from "../../lambdas/reconcile-table/cascades.ts";
import { planRun } from "../../lambdas/reconcile-table/plan-run.ts";
import type { ReconcilePorts, ReconcileSettings } from "../../lambdas/reconcile-table/ports.ts";
import { continueRun, startRepair } from "../../lambdas/reconcile-table/reconcile-table.ts";
import { qualifiedName, topicName } from "../../schemas/naming.ts";
import type { AnyTable } from "../../schemas/model/table.ts";
import { arrayTopics } from "./array-topics.ts";
import { runCopy } from "./copy.ts";
import { startLoading } from "./loading/loading.ts";
import type { Loading } from "./loading/loading.ts";
import { memoryStore } from "./memory-store.ts";

const SOURCE_NAME = "test";
const ROWS_A_CHUNK = 100_000;

const quiet = { info: () => undefined, warn: () => undefined, error: () => undefined, metric: () => undefined };

/**
 * A source and a warehouse that are real, and capture, landing and load between them; only the topics are arrays. The
 * mirror follows the source when the test says so, and whenever the reconciliation waits.
 */
export interface Reconciling {
  readonly writer: MysqlSession;
  readonly source: SourceDatabase;
  readonly loading: Loading;
  readonly state: ReturnType<typeof memoryStore>;
  /** What is done each time the reconciliation waits, before the mirror follows. */
  onWait: () => Promise<void>;
  /** Copies all tables at an anchor. */
  copy(): Promise<void>;
  /** Copies all tables again, with the floors that end it. */
  resync(): Promise<void>;
  /** Captures and loads what the source has committed by now. */
  follow(): Promise<void>;
  /** Compares and runs to the end. */
  reconcile(overrides?: Partial<ReconcilePorts>, only?: readonly AnyTable[]): Promise<ReconcileReport>;
  repair(): Promise<ReconcileReport>;
  /** What the schedule does for tables that foreign keys change in silence. */
  cascades(overrides?: Partial<ReconcilePorts>): Promise<ReconcileReport>;
  stop(): Promise<void>;
}

export async function startReconciling(
  target: MysqlTarget,
  tables: readonly AnyTable[],
  settings: Partial<ReconcileSettings> = {},
): Promise<Reconciling> {
  const writer = await openSession(target);
  const source = await connectSource(target);
  const loading = await startLoading();
  const state = memoryStore();
  const partitions = new Map(tables.map((table) => [topicName(table), table.partitions]));
  const { publisher, endOffsets, ...topics } = arrayTopics((name) => partitions.get(name) ?? 1);
  await loading.migrate(tables);

  const checkpoint = async (): Promise<Checkpoint> => {
    const found = await readCheckpoint(state, SOURCE_NAME);
    if (found === null) throw new Error("nothing is copied yet");
    return found;
  };
  const snapshot = async (kind: "copy" | "resync"): Promise<void> => {
    const ports = {
      ...{ state, source, publisher, endOffsets, telemetry: quiet, now: Date.now, newId: () => crypto.randomUUID() },
      sleep: async () => undefined,
    };
    const request = { sourceName: SOURCE_NAME, definitions: tables };
    await runCopy({ ...request, kind, only: null, chunkRows: ROWS_A_CHUNK }, ports);
    await load();
  };
  const load = (): Promise<void> => topics.load(tables, loading);
  const follow = async (): Promise<void> => {
    const start = await checkpoint();
    const end = await source.currentPlace();
    const connector = "mariadb";
    const pump = new Pump({ sourceName: SOURCE_NAME, connector, tables, start }, publisher, {
      ...{ telemetry: quiet, now: Date.now, state },
    });
    const { signal } = new AbortController();
    const open = binlogOf(target, { untilEnd: true });
    for await (const events of open({ from: start.position, gtid: null, serverId: 8_100, tables, signal })) {
      await pump.push(events);
    }
    const { file, pos } = end;
    const reached: Checkpoint = { ...start, position: { ...start.position, file, pos } };
    await state.put(checkpointKey(SOURCE_NAME), Buffer.from(JSON.stringify(reached)));
    await load();
  };
  const world: Reconciling = {
    ...{ writer, source, loading, state, follow },
    onWait: async () => undefined,
    copy: () => snapshot("copy"),
    resync: () => snapshot("resync"),
    reconcile: async (overrides = {}, only = tables) => {
      const ports = portsOf(overrides);
      const plan = await planRun(only.map(qualifiedName), all, ports);
      return continueRun(plan.id, all, ports);
    },
    repair: async () => {
      const { runId } = await startRepair(null, null, all, { state });
      return continueRun(runId, all, portsOf({}));
    },
    cascades: (overrides = {}) => reconcileCascades(all, portsOf(overrides)),
    stop: async () => {
      writer.close();
      await source.close();
      await loading.stop();
    },
  };
  const all: ReconcileSettings = {
    ...{ sourceName: SOURCE_NAME, definitions: tables, chunkRows: 2_000, rangeRows: 100, patienceSeconds: 60 },
    ...settings,
  };
  const portsOf = (overrides: Partial<ReconcilePorts>): ReconcilePorts => ({
    ...{ state, source, warehouse: loading.warehouse, telemetry: loading.telemetry, now: Date.now },
    newId: () => crypto.randomUUID(),
    publisher: async () => publisher,
    remaining: () => 900_000,
    endOffsets,
    sleep: async () => {
      await world.onWait();
      await follow();
    },
    ...overrides,
  });
  return world;
}
