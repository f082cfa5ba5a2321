import { z } from "zod";
import { columnShapes, shapeHash } from "../../schemas/hash.ts";
import { qualifiedName, topicName } from "../../schemas/naming.ts";
import type { AnyTable } from "../../schemas/model/table.ts";
import type {
  Anchor,
  EndOffsets,
  ServerFacts,
  SourceDatabase,
  SourceLoad,
  SourceTable,
} from "../core/capture-ports.ts";
import { noteCascades } from "../core/cascades.ts";
import type { SnapshotPlanned } from "../core/events.ts";
import { noteLeftOut } from "../core/left-out.ts";
import { anchorSchema, noteAnchor } from "../core/newest-anchor.ts";
import { ConfigurationError, MalformedInputError, PreflightError } from "../core/errors.ts";
import type { NewId, Now, ObjectStore, Telemetry } from "../core/ports.ts";
import type { RecordOrigin } from "../core/record-text.ts";
import { snapshotPlanKey } from "../core/state-keys.ts";
import { readStored, toBody } from "../core/stored-json.ts";
import { checkTableCount, planChunks } from "./chunks.ts";
import type { ChunkPlan } from "./chunks.ts";
import { notePlanned, readPlanned } from "../core/table-facts.ts";
import type { TableCopy } from "../core/table-facts.ts";
import { comparePositions } from "../core/version.ts";
import type { Position } from "../core/version.ts";
import { preflight } from "./preflight.ts";
import { startChanges } from "./start-changes.ts";
import { privilegeProblems, unreadableTables } from "./privileges.ts";

/** Repairs between two resyncs at one anchor count single passes (lambdas/reconcile-table/repair.ts). */
const PASSES_BETWEEN = 1_000;

/** What all runs of one snapshot share, written once by the plan. */
export interface SnapshotPlan {
  readonly id: string;
  readonly kind: "copy" | "resync";
  readonly epoch: number;
  readonly anchor: Anchor;
  /** Above that of every earlier resync of one of the tables at the same anchor; 0 for copies. */
  readonly pass: number;
  readonly tables: readonly string[];
  /** Warehouse names of the columns that each table had in its definition. */
  readonly columns: Readonly<Record<string, readonly string[]>>;
  /** What each of them is read from and as, by table and column. */
  readonly shapes: Readonly<Record<string, Readonly<Record<string, string>>>>;
  readonly chunks: readonly ChunkPlan[];
  /** Resync: end offsets by topic from before the anchor was taken; all records below them are older than it. */
  readonly below: Readonly<Record<string, readonly number[]>>;
}

const planSchema = z.object({
  id: z.string(),
  kind: z.enum(["copy", "resync"]),
  epoch: z.int().positive(),
  anchor: anchorSchema,
  pass: z.int().nonnegative().default(0),
  tables: z.array(z.string()),
  columns: z.record(z.string(), z.array(z.string())),
  shapes: z.record(z.string(), z.record(z.string(), z.string())).default({}),
  chunks: z.array(z.object({ table: z.string(), above: z.string().nullable(), upTo: z.string().nullable() })),
  below: z.record(z.string(), z.array(z.int())).default({}),
});

/** @throws MalformedInputError when there is no such plan or it cannot be read */
export async function readPlan(state: ObjectStore, snapshotId: string): Promise<SnapshotPlan> {
  const key = snapshotPlanKey(snapshotId);
  const plan = await readStored(state, key, planSchema, "start another snapshot");
  if (plan === null) throw new MalformedInputError(`there is no snapshot '${snapshotId}' (${key} is missing)`);
  return plan;
}

/** What the plan says of one of its tables, as the table's facts keep it. */
export function copyOf(plan: SnapshotPlan, table: string, source: string): TableCopy {
  const { id, kind, epoch, anchor, pass } = plan;
  const { file, pos, takenAt } = anchor;
  const columns = [...(plan.columns[table] ?? [])];
  const shapes = plan.shapes[table];
  const read = { source, anchor: { epoch, file, pos }, pass, takenAt, columns };
  return { snapshotId: id, kind, ...read, ...(shapes && { shapes }) };
}

/** What all records of one table in this snapshot share: the anchor stands in for their place in the log. */
export function snapshotOrigin(table: AnyTable, plan: SnapshotPlan, sourceName: string): RecordOrigin {
  const { flavour, serverId, gtid, file, pos, takenAt } = plan.anchor;
  const { database: db } = table.area;
  const place = { serverId, gtid, file, pos, committedAt: takenAt, epoch: plan.epoch, pass: plan.pass };
  return { connector: flavour, name: sourceName, db, table: table.source, snapshot: true, ...place };
}

export interface PlanPorts {
  readonly state: ObjectStore;
  readonly source: SourceDatabase;
  readonly endOffsets: EndOffsets;
  /** @default - nobody minds the source's replicas */
  readonly load?: Pick<SourceLoad, "problems"> | undefined;
  readonly telemetry: Telemetry;
  readonly now: Now;
  readonly newId: NewId;
}

export interface PlanRequest {
  readonly kind: "copy" | "resync";
  readonly sourceName: string;
  /** All captured tables. */
  readonly definitions: readonly AnyTable[];
  /** Qualified names to snapshot; null: all. */
  readonly only: readonly string[] | null;
  /** Rows of a chunk; more of them when the plan would have too many chunks. */
  readonly chunkRows: number;
}

/**
 * Checks the source, takes the anchor before anything is read, and writes the plan. When there is no checkpoint yet,
 * change capture starts at this anchor. Safe to repeat because every call makes a new plan with its own anchor, and a
 * checkpoint that capture can go on from is never touched.
 * A resync of all tables leaves out those that do not fit: they stand still, the others are copied.
 * @throws PreflightError with every problem at once, before anything is written
 */
export async function planSnapshot(request: PlanRequest, ports: PlanPorts): Promise<SnapshotPlanned> {
  const { state, source, telemetry } = ports;
  const databases = [...new Set(request.definitions.map((table) => table.area.database))];
  const found = await source.describeTables(databases);
  const facts = await source.facts();
  const wished = tablesOnServer(wanted(request), found, facts, telemetry);
  const checked = preflight(facts, found, wished, request.kind);
  const problems = [...checked.problems, ...((await ports.load?.problems()) ?? [])];
  for (const warning of checked.warnings) telemetry.warn(warning);
  // A table that does not fit must not keep the others from the copy that they all need.
  const aside = isWhole(request) && checked.unfit.size < wished.length ? checked.unfit : NONE;
  if (aside.size === 0) problems.push(...[...checked.unfit.values()].flat());
  if (problems.length > 0) throw new PreflightError(problems);
  const tables = wished.filter((table) => !aside.has(table));
  checkTableCount(tables);

  const below = request.kind === "resync" ? Object.fromEntries(await ports.endOffsets(tables.map(topicName))) : {};
  const anchor = await source.anchor();
  const epoch = await startChanges(request, anchor, ports);
  for (const [table, reasons] of aside)
    await stop(table, reasons, { epoch, file: anchor.file, pos: anchor.pos }, ports);
  const chunks = await planChunks(tables, source, request.chunkRows);

  const id = `${new Date(ports.now()).toISOString().replace(/[-:.]/g, "")}-${ports.newId().slice(0, 8)}`;
  const names = tables.map(qualifiedName);
  const columns = Object.fromEntries(tables.map((table) => [qualifiedName(table), Object.keys(table.columns)]));
  const shapes = Object.fromEntries(tables.map((table) => [qualifiedName(table), columnShapes(table)]));
  const pass = request.kind === "resync" ? await passAt({ epoch, ...anchor }, names, state) : 0;
  const read = { tables: names, columns, shapes, chunks, below };
  const plan: SnapshotPlan = { id, kind: request.kind, epoch, anchor, pass, ...read };
  await state.putIfAbsent(snapshotPlanKey(id), toBody(plan), "application/json");
  await noteCascades(state, tables, found);
  await noteAnchor(request.sourceName, anchor, state);
  for (const table of names) await notePlanned(state, table, copyOf(plan, table, request.sourceName));
  telemetry.info("snapshot planned", { id, anchor, tables: plan.tables.length, chunks: chunks.length });
  return { snapshotId: id, chunks: chunks.map((_, chunk) => ({ snapshotId: id, chunk })) };
}

const NONE: ReadonlyMap<AnyTable, readonly string[]> = new Map();
const isWhole = ({ kind, only }: PlanRequest): boolean => kind === "resync" && only === null;

/** The table stands still, as if change capture had left rows out at the anchor, until a copy that it fits. */
async function stop(table: AnyTable, reasons: readonly string[], position: Position, ports: PlanPorts): Promise<void> {
  const name = qualifiedName(table);
  const reason = reasons.join(" ");
  ports.telemetry.error("a table does not fit its definition and is left out of the resync", { table: name, reason });
  const since = new Date(ports.now()).toISOString();
  await noteLeftOut(ports.state, name, { reason, definition: shapeHash(table), since, position });
}

/** A source at rest gives the same anchor again: what is read there now must win over what was read before. */
async function passAt(place: Position, tables: readonly string[], state: ObjectStore): Promise<number> {
  const plans = await Promise.all(tables.map((table) => readPlanned(state, table)));
  const passes = plans.flatMap((plan) =>
    plan !== null && comparePositions(plan.anchor, place) === 0 ? [plan.pass] : [],
  );
  return Math.max(0, ...passes) + PASSES_BETWEEN;
}

function wanted(request: PlanRequest): readonly AnyTable[] {
  if (request.only === null) return request.definitions;
  const byName = new Map(request.definitions.map((table) => [qualifiedName(table), table]));
  return request.only.map((name) => {
    const table = byName.get(name);
    if (table === undefined) {
      throw new ConfigurationError(`table '${name}' is not defined; defined are ${[...byName.keys()].join(", ")}`);
    }
    return table;
  });
}

/** Areas whose database this server does not have are left out; a missing table of one it has is preflight's matter. */
function tablesOnServer(
  tables: readonly AnyTable[],
  found: readonly SourceTable[],
  facts: ServerFacts,
  telemetry: Telemetry,
): readonly AnyTable[] {
  const databases = [...new Set(tables.map((table) => table.area.database))];
  const present = new Set(found.map((table) => table.db));
  const absent = databases.filter((name) => !present.has(name));
  if (absent.length > 0) telemetry.warn("databases not on this server are left out", { absent });
  const kept = tables.filter((table) => present.has(table.area.database));
  if (kept.length === 0) {
    if (unreadableTables(facts, tables).length > 0) throw new PreflightError(privilegeProblems(facts, tables));
    throw new PreflightError([
      `none of the databases ${databases.join(", ")} exists at the source: create one, or name another server`,
    ]);
  }
  return kept;
}
