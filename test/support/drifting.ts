import { Client } from "pg";
import { captureChanges } from "../../lambdas/capture-changes/capture-changes.ts";
import { binlogOf } from "../../lambdas/adapters/binlog/index.ts";
import { newId, now, sleep } from "../../lambdas/adapters/clock/index.ts";
import { connectSource } from "../../lambdas/adapters/mysql/index.ts";
import type { MysqlTarget } from "../../lambdas/adapters/mysql/index.ts";
import { openSession } from "../../lambdas/adapters/mysql/session.ts";
import type { MysqlSession } from "../../lambdas/adapters/mysql/session.ts";
import type { SourceDatabase } from "../../lambdas/core/capture-ports.ts";
import { parseCheckpoint } from "../../lambdas/core/checkpoint.ts";
import type { CopyRun } from "../../lambdas/core/copy-runs.ts";
import { checkpointKey } from "../../lambdas/core/state-keys.ts";
import { readTableFacts } from "../../lambdas/core/table-facts.ts";
import type { TableFacts } from "../../lambdas/core/table-facts.ts";
import { comparePositions } from "../../lambdas/core/version.ts";
import { resyncTables } from "../../lambdas/resync-tables/resync-tables.ts";
import type { ResyncTablesOutcome } from "../../lambdas/resync-tables/resync-tables.ts";
import { canonicalColumn, sourceName, sourceTable } from "../../localstack/demo/compare/canonical.ts";
import { shapeHash } from "../../schemas/hash.ts";
import type { AnyTable } from "../../schemas/model/table.ts";
import { mirrorName, qualifiedName } from "../../schemas/naming.ts";
import { arrayTopics } from "./array-topics.ts";
import { runCopy } from "./copy.ts";
import { startLoading } from "./loading/loading.ts";
import type { Loading } from "./loading/loading.ts";
import { recordingTelemetry } from "./recording.ts";

const SOURCE_NAME = "test";
const SERVER_IDS = 8_300;
const RUN_SECONDS = 600;
/** Resyncs after which nothing may be left to resync. */
const MOST_ROUNDS = 5;

/** A row as text by column; `_unmapped` as the warehouse has it. */
export type ShownRow = Readonly<Record<string, string | null>>;

/**
 * A real source and a real warehouse with both captures, landing, load and the function that resyncs between them; the
 * topics are arrays of one partition, and the copy's state machine is a row of calls.
 */
export interface Drifting {
  readonly writer: MysqlSession;
  readonly source: SourceDatabase;
  readonly loading: Loading;
  readonly telemetry: ReturnType<typeof recordingTelemetry>;
  /** The executions that were started, with what became of them. */
  readonly copies: readonly (CopyRun & { readonly tables: readonly string[] | null; readonly error: string | null })[];
  /** Names of the tables that have more records than before the call, and all of them landed and loaded. */
  follow(): Promise<void>;
  /** As a new version of the definitions goes live: migrates the warehouse, and everything after uses them. */
  deploy(tables: readonly AnyTable[]): Promise<void>;
  copy(kind: "copy" | "resync", only?: readonly string[] | null): Promise<void>;
  /** One minute of resync-tables, and what it starts. */
  minute(): Promise<ResyncTablesOutcome>;
  /** Follows, and resyncs what is to be resynced, until there is nothing left to do. */
  settle(): Promise<void>;
  facts(table: AnyTable): Promise<TableFacts | undefined>;
  /** Rows of the source by the server's own rendering, and of the mirror out of its storage. */
  sourceRows(table: AnyTable): Promise<readonly ShownRow[]>;
  mirrorRows(table: AnyTable): Promise<readonly ShownRow[]>;
  stop(): Promise<void>;
}

export async function startDrifting(target: MysqlTarget, first: readonly AnyTable[]): Promise<Drifting> {
  const writer = await openSession(target);
  await writer.query("SET SESSION time_zone = '+00:00'");
  const source = await connectSource(target);
  const loading = await startLoading();
  const storage = new Client({ connectionString: loading.url });
  await storage.connect();
  const telemetry = recordingTelemetry();
  const state = loading.landing;
  const { publisher, endOffsets, ...topics } = arrayTopics();
  const copies: Drifting["copies"][number][] = [];
  let tables = first;
  await loading.migrate(tables);

  const capture = async (): Promise<void> => {
    const end = await source.currentPlace();
    const key = checkpointKey(SOURCE_NAME);
    let skew = 0;
    await captureChanges(
      { sourceName: SOURCE_NAME, tables, serverIdBase: SERVER_IDS, runSeconds: RUN_SECONDS, handover: false },
      {
        ...{ state, telemetry, newId },
        now: () => Date.now() + skew,
        sleep: async (_, signal) => {
          await sleep(20, signal);
          const { position } = parseCheckpoint((await state.get(key))?.body.toString() ?? "", key);
          // The run's time is over: it saves what it has and ends.
          if (comparePositions(position, { epoch: position.epoch, ...end }) >= 0) skew = RUN_SECONDS * 1_000;
        },
        openBinlog: binlogOf(target, { heartbeatMs: 100 }),
        openSource: () => connectSource(target),
        openPublisher: async () => publisher,
        invokeNext: async () => undefined,
      },
    );
  };
  const landAndLoad = async (): Promise<void> => {
    await topics.load(tables, loading);
    // Also without a new record: what landed while a table was held is loaded when it no longer is.
    for (const table of tables) await loading.load(table);
  };
  const copy: Drifting["copy"] = async (kind, only = null) => {
    const request = { sourceName: SOURCE_NAME, definitions: tables };
    const ports = { state, source, endOffsets, publisher, telemetry, now, newId, sleep };
    await runCopy({ ...request, kind, only, chunkRows: 500 }, ports);
  };
  const start = async (name: string, only: readonly string[] | null): Promise<void> => {
    // Ended long ago: a resync that failed is tried again in the next minute.
    const run = { name: `${name}-${copies.length}`, tables: only, endedAt: 0 };
    try {
      await copy("resync", only);
      copies.unshift({ ...run, state: "succeeded", error: null });
    } catch (error) {
      copies.unshift({ ...run, state: "failed", error: String(error) });
    }
  };
  const follow = async (): Promise<void> => {
    await capture();
    await landAndLoad();
  };
  const minute = (): Promise<ResyncTablesOutcome> =>
    resyncTables(
      {
        tables: new Map(tables.map((table) => [qualifiedName(table), shapeHash(table)])),
        ...{ gapGraceSeconds: 0, retrySeconds: 1 },
      },
      { state, telemetry, now, copies: { recent: async () => copies, start } },
    );
  return {
    ...{ writer, source, loading, telemetry, copies, copy, follow, minute },
    deploy: async (next) => {
      tables = next;
      await loading.migrate(tables);
    },
    settle: async () => {
      await follow();
      for (let round = 1; ; round++) {
        const { started } = await minute();
        if (started.length === 0) return;
        const [newest] = copies;
        if (newest?.error != null) throw new Error(newest.error);
        if (round === MOST_ROUNDS) throw new Error(`${started.join(", ")} were resynced ${round} times in a row`);
        await follow();
      }
    },
    facts: async (table) => (await readTableFacts(state)).get(qualifiedName(table)),
    sourceRows: async (table) => {
      const present = new Set(
        (await writer.query(`SHOW COLUMNS FROM ${sourceTable(table)}`)).map((column) => column["Field"]),
      );
      const list = Object.entries(table.columns).map(
        ([name, column]) =>
          `${present.has(column.source) ? canonicalColumn(name, column).source : "NULL"} AS ${sourceName(name)}`,
      );
      const rows = await writer.query(`SELECT ${list.join(", ")} FROM ${sourceTable(table)}`);
      return shown(table, rows);
    },
    mirrorRows: async (table) => {
      const list = Object.entries(table.columns).map(
        ([name, column]) => `${canonicalColumn(name, column).warehouse} AS "${name}"`,
      );
      const from = `${mirrorName(table)} WHERE NOT _deleted`;
      return shown(table, (await storage.query<ShownRow>(`SELECT ${list.join(", ")} FROM ${from}`)).rows);
    },
    stop: async () => {
      writer.close();
      await source.close();
      await storage.end();
      await loading.stop();
    },
  };
}

/** Rows without differences of form, in an order that both sides agree on. */
function shown(table: AnyTable, rows: readonly ShownRow[]): readonly ShownRow[] {
  return rows
    .map((row) =>
      Object.fromEntries(
        Object.entries(table.columns).map(([name, column]) => {
          const text = row[name] ?? null;
          const normal = text === null ? null : canonicalColumn(name, column).normalise(text);
          // The source's scale may have changed, the value is the same.
          const isDecimal = column.type.kind === "decimal" && normal?.includes(".") === true;
          return [name, isDecimal ? normal.replace(/\.?0+$/, "") : normal];
        }),
      ),
    )
    .sort((a, b) => (JSON.stringify(a) < JSON.stringify(b) ? -1 : 1));
}
