import { z } from "zod";
import { qualifiedName, topicName } from "../../schemas/naming.ts";
import type { AnyTable } from "../../schemas/model/table.ts";
import { rowCounts } from "../../schemas/sql/status.ts";
import type { SourceDatabase } from "../core/capture-ports.ts";
import { readCheckpoint } from "../core/checkpoint.ts";
import type { Checkpoint } from "../core/checkpoint.ts";
import { readWait } from "../core/copy-wait.ts";
import { MalformedInputError } from "../core/errors.ts";
import type { LoadProgress, PipelineStatus, SnapshotReport, StatusMark, TableStatus } from "../core/events.ts";
import { readErrors } from "../core/last-error.ts";
import { readNewestAnchor } from "../core/newest-anchor.ts";
import { METRICS } from "../core/metrics.ts";
import type { Now, ObjectStore, Telemetry, Warehouse } from "../core/ports.ts";
import { snapshotFinishKey, snapshotReportKey } from "../core/state-keys.ts";
import { readStored, toBody } from "../core/stored-json.ts";
import { holdOf, openWishes, readTableFacts } from "../core/table-facts.ts";
import type { TableFacts } from "../core/table-facts.ts";
import { comparePositions } from "../core/version.ts";
import { behind, readPositions, sum } from "./positions.ts";
import type { PositionPorts, TablePositions } from "./positions.ts";

export interface MeasureLagPorts extends PositionPorts {
  readonly state: ObjectStore;
  readonly openSource: () => Promise<Pick<SourceDatabase, "currentPlace" | "replication" | "close">>;
  readonly warehouse: Warehouse;
  readonly telemetry: Telemetry;
  readonly now: Now;
}

export interface MeasureLagSettings {
  readonly sourceName: string;
  readonly cluster: string;
  readonly definitions: readonly AnyTable[];
  /** Qualified names of the tables that the star is built from. */
  readonly starTables: ReadonlySet<string>;
}

/**
 * Where every stage is. Only reads, so it can be asked at any time and as often as one likes.
 * @param given a source position to be caught up with; without it, the source's newest
 */
export async function status(
  settings: MeasureLagSettings,
  ports: MeasureLagPorts,
  given?: StatusMark,
): Promise<PipelineStatus> {
  const { mark, sourceLagSeconds } =
    given === undefined ? await askSource(ports) : { mark: given, sourceLagSeconds: null };
  const checkpoint = await readCheckpoint(ports.state, settings.sourceName);
  const anchor = await readNewestAnchor(settings.sourceName, ports.state);
  const tables = await readPositions(settings.definitions, settings.cluster, settings.starTables, ports, mark.ends);
  const errors = await readErrors(ports.state);
  const facts = await readTableFacts(ports.state);
  const waits = await readWait(ports.state, settings.sourceName, ports.now());
  const captured = checkpoint !== null && reached(checkpoint, mark);
  // The checkpoint was read before the offsets: what it has passed is below them.
  const ends =
    mark.ends ?? (captured ? Object.fromEntries(tables.map((table) => [table.table, table.ends])) : undefined);
  return {
    mark: {
      file: mark.file,
      pos: mark.pos,
      ...(mark.server !== undefined && { server: mark.server }),
      ...(ends !== undefined && { ends }),
    },
    capture:
      checkpoint === null
        ? null
        : {
            file: checkpoint.position.file,
            pos: checkpoint.position.pos,
            lagSeconds: captured ? 0 : lagSeconds(checkpoint, ports.now()),
            sourceLagSeconds,
            lost: checkpoint.lost ?? null,
            stuck: checkpoint.stuck ?? null,
            savedAt: checkpoint.savedAt,
            anchor: anchor === null ? null : { facility: anchor.facility, file: anchor.file, pos: anchor.pos },
          },
    copyWaits: waits === null ? null : { table: waits.table, reason: waits.reason, since: waits.since },
    tables: tables.map((table) => ({
      ...tableStatus(table, errors.get(table.table)?.message ?? null),
      ...standing(facts.get(table.table)),
    })),
    caughtUp: ends !== undefined && tables.every((table) => isThrough(table, ends[table.table] ?? [])),
  };
}

/** Publishes the lag of every stage as metrics; by schedule, once a minute. */
export async function measure(settings: MeasureLagSettings, ports: MeasureLagPorts): Promise<PipelineStatus> {
  const found = await status(settings, ports);
  const { telemetry } = ports;
  const lag = captureLag(found);
  const sourceLag = found.capture?.sourceLagSeconds ?? null;
  const ofSource = { Source: settings.sourceName };
  if (lag !== null) telemetry.metric(METRICS.captureLag, Math.max(lag, sourceLag ?? 0), "Seconds", ofSource);
  if (sourceLag !== null) telemetry.metric(METRICS.replicaLag, sourceLag, "Seconds", ofSource);
  for (const table of found.tables) {
    const dimensions = { Table: table.table };
    telemetry.metric(METRICS.landLag, Math.max(0, table.published - table.landed), "Count", dimensions);
    telemetry.metric(METRICS.loadLag, Math.max(0, table.landed - table.loaded), "Count", dimensions);
  }
  return found;
}

/**
 * Seconds that capture is behind. Before the first copy it has nothing to do, so it is behind nothing. null when there
 * is no telling: nothing was published since the anchor, or the checkpoint of a source that was captured is gone. The
 * alarm takes silence as a failure.
 */
function captureLag({ capture, tables }: PipelineStatus): number | null {
  if (capture !== null) return capture.lagSeconds;
  return tables.every(({ published }) => published === 0) ? 0 : null;
}

const finishSchema = z.object({ rows: z.int(), endOffsets: z.record(z.string(), z.array(z.int())) });

/** Whether all that a snapshot published is loaded. */
export async function loaded(
  snapshotId: string,
  settings: MeasureLagSettings,
  ports: MeasureLagPorts,
): Promise<LoadProgress> {
  const { endOffsets } = await readFinish(snapshotId, ports.state);
  const tables = settings.definitions.filter((table) => endOffsets[topicName(table)] !== undefined);
  const positions = await readPositions(tables, settings.cluster, settings.starTables, ports);
  const missing = sum(positions.map((table) => behind(endOffsets[table.table] ?? [], table.loaded)));
  return { loaded: missing === 0, missing };
}

/** Closing report of a copy. Safe to repeat: it is made of what is there. */
export async function report(
  snapshotId: string,
  settings: MeasureLagSettings,
  ports: MeasureLagPorts,
): Promise<SnapshotReport> {
  const { rows, endOffsets } = await readFinish(snapshotId, ports.state);
  const tables = settings.definitions.filter((table) => endOffsets[topicName(table)] !== undefined);
  const counts = await ports.warehouse.query(rowCounts(tables));
  const byTable = new Map(counts.map((row) => [String(row["table_name"]), Number(row["row_count"])]));
  const result: SnapshotReport = {
    snapshotId,
    rows,
    tables: tables.map((table) => ({ table: qualifiedName(table), rows: byTable.get(qualifiedName(table)) ?? 0 })),
  };
  await ports.state.put(snapshotReportKey(snapshotId), toBody(result), "application/json");
  return result;
}

async function askSource(
  ports: MeasureLagPorts,
): Promise<{ readonly mark: StatusMark; readonly sourceLagSeconds: number | null }> {
  const source = await ports.openSource();
  try {
    const { file, pos, server } = await source.currentPlace();
    const replication = await source.replication();
    return { mark: { file, pos, server }, sourceLagSeconds: replication?.behindSeconds ?? null };
  } finally {
    await source.close();
  }
}

async function readFinish(snapshotId: string, state: ObjectStore): Promise<z.output<typeof finishSchema>> {
  const key = snapshotFinishKey(snapshotId);
  const finish = await readStored(state, key, finishSchema, "start another snapshot");
  if (finish === null) throw new MalformedInputError(`snapshot '${snapshotId}' is not finished (${key} is missing)`);
  return finish;
}

/** Everything before the checkpoint's position is acknowledged by Kafka. */
function reached(checkpoint: Checkpoint, mark: StatusMark): boolean {
  const { epoch } = checkpoint.position;
  // Places of another server, or of a history that is lost, do not compare.
  if (checkpoint.lost !== undefined || (mark.server !== undefined && mark.server !== checkpoint.server)) return false;
  return comparePositions(checkpoint.position, { epoch, ...mark }) >= 0;
}

/** Seconds since the newest transaction that is published; null before the first. */
function lagSeconds(checkpoint: Checkpoint, now: number): number | null {
  return checkpoint.committedAt === null ? null : Math.max(0, (now - checkpoint.committedAt) / 1_000);
}

const isThrough = (table: TablePositions, ends: readonly number[]): boolean =>
  behind(ends, table.loaded) === 0 && table.pendingKeys === 0;

function standing(facts: TableFacts | undefined): Pick<TableStatus, "held" | "resync" | "cascades"> {
  if (facts === undefined) return { held: null, resync: [], cascades: [] };
  const hold = holdOf(facts);
  const held = hold === null ? null : `by ${hold.by} since ${hold.since}: ${hold.reason}`;
  const resync = openWishes(facts).map(({ reason, detail }) => `${reason}: ${detail}`);
  return { held, resync, cascades: facts.cascades };
}

function tableStatus(
  table: TablePositions,
  lastError: string | null,
): Omit<TableStatus, "held" | "resync" | "cascades"> {
  const loadedRecords = sum(table.loaded);
  return {
    table: table.table,
    published: sum(table.ends),
    landed: sum(table.landed),
    loaded: loadedRecords,
    starred: Math.max(0, loadedRecords - table.pendingKeys),
    lastError,
  };
}
