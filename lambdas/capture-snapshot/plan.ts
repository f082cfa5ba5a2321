import { z } from "zod";
import { qualifiedName } from "../../schemas/naming.ts";
import type { AnyTable } from "../../schemas/model/table.ts";
import type { Anchor, KeyValue, ServerFacts, SourceDatabase, SourceTable } from "../core/capture-ports.ts";
import { parseCheckpoint } from "../core/checkpoint.ts";
import type { Checkpoint } from "../core/checkpoint.ts";
import type { SnapshotPlanned } from "../core/events.ts";
import { anchorSchema, noteAnchor } from "../core/newest-anchor.ts";
import { ConfigurationError, MalformedInputError, PreflightError } from "../core/errors.ts";
import { splitRange } from "../core/key-ranges.ts";
import type { NewId, Now, ObjectStore, Telemetry } from "../core/ports.ts";
import type { RecordOrigin } from "../core/record-text.ts";
import { checkpointKey, snapshotPlanKey } from "../core/state-keys.ts";
import { preflight } from "./preflight.ts";
import { privilegeProblems, unreadableTables } from "./privileges.ts";

/** One key range of one table: `above < first key column <= upTo`; null is open. Whole numbers as text. */
export interface ChunkPlan {
  readonly table: string;
  readonly above: string | null;
  readonly upTo: string | null;
}

/** What all runs of one snapshot share, written once by the plan. */
export interface SnapshotPlan {
  readonly id: string;
  readonly kind: "copy" | "resync";
  readonly epoch: number;
  readonly anchor: Anchor;
  readonly tables: readonly string[];
  readonly chunks: readonly ChunkPlan[];
}

const planSchema = z.object({
  id: z.string(),
  kind: z.enum(["copy", "resync"]),
  epoch: z.int().positive(),
  anchor: anchorSchema,
  tables: z.array(z.string()),
  chunks: z.array(z.object({ table: z.string(), above: z.string().nullable(), upTo: z.string().nullable() })),
});

/** @throws MalformedInputError when there is no such plan or it cannot be read */
export async function readPlan(state: ObjectStore, snapshotId: string): Promise<SnapshotPlan> {
  const key = snapshotPlanKey(snapshotId);
  const stored = await state.get(key);
  if (stored === null) throw new MalformedInputError(`there is no snapshot '${snapshotId}' (${key} is missing)`);
  return planSchema.parse(JSON.parse(stored.body.toString("utf8")));
}

/** What all records of one table in this snapshot share: the anchor stands in for their place in the log. */
export function snapshotOrigin(table: AnyTable, plan: SnapshotPlan, sourceName: string): RecordOrigin {
  const { flavour, serverId, gtid, file, pos, takenAt } = plan.anchor;
  const { database: db } = table.area;
  const place = { serverId, gtid, file, pos, committedAt: takenAt, epoch: plan.epoch };
  return { connector: flavour, name: sourceName, db, table: table.source, snapshot: true, ...place };
}

export interface PlanPorts {
  readonly state: ObjectStore;
  readonly source: SourceDatabase;
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
  readonly chunkRows: number;
}

/**
 * Checks the source, takes the anchor before anything is read, and writes the plan. When there is no checkpoint yet,
 * change capture starts at this anchor. Safe to repeat because every call makes a new plan with its own anchor, and a
 * checkpoint that exists is never touched.
 * @throws PreflightError with every problem at once, before anything is written
 */
export async function planSnapshot(request: PlanRequest, ports: PlanPorts): Promise<SnapshotPlanned> {
  const { state, source, telemetry } = ports;
  const databases = [...new Set(request.definitions.map((table) => table.area.database))];
  const found = await source.describeTables(databases);
  const facts = await source.facts();
  const tables = tablesOnServer(wanted(request), found, facts, telemetry);
  const { problems, warnings } = preflight(facts, found, tables);
  for (const warning of warnings) telemetry.warn(warning);
  if (problems.length > 0) throw new PreflightError(problems);

  const anchor = await source.anchor();
  const epoch = await startChanges(request.sourceName, anchor, ports);
  const chunks: ChunkPlan[] = [];
  for (const table of tables) chunks.push(...(await chunksOf(table, source, request.chunkRows)));

  const id = `${new Date(ports.now()).toISOString().replace(/[-:.]/g, "")}-${ports.newId().slice(0, 8)}`;
  const plan: SnapshotPlan = { id, kind: request.kind, epoch, anchor, tables: tables.map(qualifiedName), chunks };
  await state.putIfAbsent(snapshotPlanKey(id), Buffer.from(JSON.stringify(plan)), "application/json");
  await noteAnchor(request.sourceName, anchor, state);
  telemetry.info("snapshot planned", { id, anchor, tables: plan.tables.length, chunks: chunks.length });
  return { snapshotId: id, chunks: chunks.map((_, chunk) => ({ snapshotId: id, chunk })) };
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

/** Writes the first checkpoint at the anchor if there is none; @returns the epoch in force. */
async function startChanges(sourceName: string, anchor: Anchor, ports: PlanPorts): Promise<number> {
  const key = checkpointKey(sourceName);
  const first: Checkpoint = {
    position: { epoch: 1, file: anchor.file, pos: anchor.pos },
    sent: null,
    gtid: anchor.gtid,
    server: anchor.server,
    turn: 0,
    owner: "",
    savedAt: new Date(ports.now()).toISOString(),
    committedAt: null,
  };
  const put = await ports.state.putIfAbsent(key, Buffer.from(JSON.stringify(first)), "application/json");
  if (put.created) return first.position.epoch;
  const stored = await ports.state.get(key);
  if (stored === null) throw new MalformedInputError(`the checkpoint ${key} vanished while the snapshot was planned`);
  return parseCheckpoint(stored.body.toString("utf8"), key).position.epoch;
}

/** Ranges of about `chunkRows` rows over a leading whole-number key; one open range for every other table. */
async function chunksOf(table: AnyTable, source: SourceDatabase, chunkRows: number): Promise<readonly ChunkPlan[]> {
  const name = qualifiedName(table);
  const whole: ChunkPlan = { table: name, above: null, upTo: null };
  const [first] = table.key === "none" ? [] : table.key;
  if (first === undefined || table.columns[first]?.type.kind !== "int") return [whole];
  const extent = await source.extent(table);
  if (extent === null) return [whole];
  return splitRange(asInteger(extent.min), asInteger(extent.max), Math.ceil(extent.rows / chunkRows)).map(
    ([above, upTo]) => ({ table: name, above: above?.toString() ?? null, upTo: upTo?.toString() ?? null }),
  );
}

const asInteger = (value: KeyValue): bigint => BigInt(value.toString());
