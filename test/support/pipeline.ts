import { captureChanges } from "../../lambdas/capture-changes/capture-changes.ts";
import type { CaptureChangesOutcome } from "../../lambdas/capture-changes/capture-changes.ts";
import { binlogOf } from "../../lambdas/adapters/binlog/index.ts";
import { newId, sleep } from "../../lambdas/adapters/clock/index.ts";
import { connectSource } from "../../lambdas/adapters/mysql/index.ts";
import type { MysqlTarget } from "../../lambdas/adapters/mysql/index.ts";
import type { LogPlace } from "../../lambdas/core/capture-ports.ts";
import { parseCheckpoint } from "../../lambdas/core/checkpoint.ts";
import type { Checkpoint } from "../../lambdas/core/checkpoint.ts";
import type { CopyRun } from "../../lambdas/core/copy-runs.ts";
import { checkpointKey } from "../../lambdas/core/state-keys.ts";
import { comparePositions } from "../../lambdas/core/version.ts";
import { resyncTables } from "../../lambdas/resync-tables/resync-tables.ts";
import { shapeHash } from "../../schemas/hash.ts";
import { mirrorName, qualifiedName } from "../../schemas/naming.ts";
import type { AnyTable } from "../../schemas/model/table.ts";
import { arrayTopics } from "./array-topics.ts";
import { runCopy } from "./copy.ts";
import { startLoading } from "./loading/loading.ts";
import type { Loading } from "./loading/loading.ts";
import { memoryStore } from "./memory-store.ts";
import { recordingTelemetry } from "./recording.ts";

const SOURCE_NAME = "test";
const RUN_SECONDS = 600;
const POLL_MS = 20;

/** A run of change capture under way. */
export interface Run {
  readonly outcome: Promise<CaptureChangesOutcome>;
  /** Resolves when the source's log is being read: when it has said where it is. */
  readonly reading: Promise<void>;
  /** Ends the run as the end of its time would. */
  end(): void;
}

/**
 * The pipeline in one process: sources, decoding, landing, loading and warehouse are real; topics are arrays of one
 * partition, and S3's state is in memory.
 */
export interface Pipeline {
  readonly state: ReturnType<typeof memoryStore>;
  readonly telemetry: ReturnType<typeof recordingTelemetry>;
  readonly loading: Loading;
  /** The server behind the configured address. */
  target: MysqlTarget;
  /** Called after each chunk of a copy. */
  onChunk: () => Promise<void>;
  copy(): Promise<void>;
  /** Starts change capture; it goes on until `end`, or until it fails. */
  start(): Run;
  /** Captures up to the source's end now, then ends. */
  capture(): Promise<CaptureChangesOutcome>;
  /** Waits until the checkpoint is past the place. */
  reached(place: LogPlace): Promise<void>;
  checkpoint(): Promise<Checkpoint>;
  /** One look for tables that must be copied again; the copy runs within it. @returns the tables */
  resync(): Promise<readonly string[]>;
  /** As an operator asks for it: all tables. */
  resyncAll(): Promise<void>;
  load(): Promise<void>;
  /** Values of the records of a table in its topic. */
  sent(table: AnyTable): readonly string[];
  /** Living rows of the mirror: each as a list of texts, in order. */
  mirror(table: AnyTable): Promise<readonly string[]>;
  stop(): Promise<void>;
}

export async function startPipeline(
  target: MysqlTarget,
  tables: readonly AnyTable[],
  chunkRows: number,
): Promise<Pipeline> {
  const loading = await startLoading();
  await loading.migrate(tables);
  const state = memoryStore();
  const telemetry = recordingTelemetry();
  const { publisher, endOffsets, ...topics } = arrayTopics();
  const settings = { sourceName: SOURCE_NAME, definitions: tables };
  const runs: CopyRun[] = [];

  const snapshot = async (kind: "copy" | "resync", only: readonly string[] | null): Promise<void> => {
    const source = await connectSource(world.target);
    try {
      const ports = { state, source, endOffsets, publisher, telemetry, now: Date.now, newId, sleep };
      await runCopy({ ...settings, kind, only, chunkRows }, ports, () => world.onChunk());
    } finally {
      await source.close();
    }
  };

  let stopped = false;
  const world: Pipeline = {
    ...{ state, telemetry, loading, target },
    onChunk: async () => undefined,
    copy: () => snapshot("copy", null),
    resyncAll: () => snapshot("resync", null),
    start: () => {
      let ended = false;
      let skew = 0;
      const { target: its } = world;
      const open = binlogOf(its, { heartbeatMs: 100 });
      let isReading = (): void => undefined;
      const reading = new Promise<void>((resolve) => (isReading = resolve));
      const outcome = captureChanges(
        { sourceName: SOURCE_NAME, tables, serverIdBase: 7_000, runSeconds: RUN_SECONDS, handover: false },
        {
          ...{ state, telemetry, newId },
          now: () => Date.now() + skew,
          sleep: (_, signal) => {
            if (ended) skew = RUN_SECONDS * 1_000;
            return sleep(POLL_MS, signal);
          },
          openBinlog: async function* (request) {
            for await (const events of open(request)) {
              yield events;
              if (events.some(({ kind }) => kind === "commit" || kind === "progress")) isReading();
            }
          },
          openSource: () => connectSource(its),
          openPublisher: async () => publisher,
          invokeNext: async () => undefined,
        },
      );
      // Whoever waits for it hears of a failure; until then it is nobody's.
      outcome.catch(() => undefined);
      return { outcome, reading, end: () => (ended = true) };
    },
    capture: async () => {
      const run = world.start();
      const source = await connectSource(world.target);
      const place = await source.currentPlace();
      await source.close();
      await Promise.race([Promise.all([world.reached(place), run.reading]), run.outcome]);
      run.end();
      return run.outcome;
    },
    reached: async (place) => {
      while (!stopped) {
        const { position } = await world.checkpoint();
        if (comparePositions(position, { ...place, epoch: position.epoch }) >= 0) return;
        await sleep(POLL_MS);
      }
    },
    checkpoint: async () => {
      const stored = await state.get(checkpointKey(SOURCE_NAME));
      return parseCheckpoint(stored?.body.toString("utf8") ?? "", "");
    },
    resync: async () => {
      const shapes = new Map(tables.map((table) => [qualifiedName(table), shapeHash(table)]));
      const { started } = await resyncTables(
        { tables: shapes, gapGraceSeconds: 0, retrySeconds: 0 },
        {
          ...{ state, telemetry, now: Date.now },
          copies: {
            recent: async () => runs,
            start: async (name, only) => {
              await snapshot("resync", only);
              runs.unshift({ name, state: "succeeded", endedAt: Date.now() });
            },
          },
        },
      );
      return started;
    },
    load: () => topics.load(tables, loading),
    sent: topics.sent,
    mirror: async (table) => {
      const names = Object.keys(table.columns);
      const list = names.map((name) => `CAST("${name}" AS VARCHAR(1000)) AS "${name}"`).join(", ");
      const rows = await loading.rows(`SELECT ${list} FROM ${mirrorName(table)} WHERE NOT _deleted`);
      return rows.map((row) => JSON.stringify(names.map((name) => row[name]))).sort();
    },
    stop: () => {
      stopped = true;
      return loading.stop();
    },
  };
  return world;
}
