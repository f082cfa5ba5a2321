import { qualifiedName, topicName } from "../../schemas/naming.ts";
import type { AnyTable } from "../../schemas/model/table.ts";
import type { Publisher, SourceDatabase, SourceLoad } from "../core/capture-ports.ts";
import type { ChunkOutcome } from "../core/events.ts";
import { ConfigurationError, FencedError, MalformedInputError } from "../core/errors.ts";
import { METRICS } from "../core/metrics.ts";
import type { Now, ObjectStore, Sleep, Telemetry } from "../core/ports.ts";
import { hasPersonalKey } from "../core/personal-data.ts";
import type { Seal } from "../core/personal-data.ts";
import { recordWriter } from "../core/record-text.ts";
import { snapshotChunkKey } from "../core/state-keys.ts";
import { ChunkProgress } from "./chunk-progress.ts";
import { Pace } from "./pace.ts";
import { readPlan, snapshotOrigin } from "./plan.ts";
import type { SnapshotPlan } from "./plan.ts";

export interface ChunkPorts {
  readonly state: ObjectStore;
  readonly source: SourceDatabase;
  readonly publisher: Publisher;
  readonly telemetry: Telemetry;
  readonly now: Now;
  readonly sleep: Sleep;
  /** Milliseconds the run may still take. */
  readonly remaining: () => number;
  /** @default - the source's load does not matter */
  readonly load?: Pick<SourceLoad, "hindrance"> | undefined;
  /** Seals keys that are personal data: how far a chunk is lies on S3. @default - no table has such keys */
  readonly seal?: Seal | undefined;
}

export interface ChunkRequest {
  readonly snapshotId: string;
  readonly chunk: number;
  readonly sourceName: string;
  readonly definitions: readonly AnyTable[];
  /** 0: unthrottled. */
  readonly rowsPerSecond: number;
}

const SAVE_EVERY_MS = 2_000;
/** Time kept back to flush, save and answer. */
const RESERVE_MS = 20_000;

/**
 * Publishes one key range at the plan's anchor version; resumes after the last acknowledged key. Safe to repeat
 * because a row read again carries the same version, and if it changed in between, that change is newer.
 * Rows of tables without a key cannot be told apart: such a chunk starts over, and its rows are numbered.
 */
export async function copyChunk(request: ChunkRequest, ports: ChunkPorts): Promise<ChunkOutcome> {
  const plan = await readPlan(ports.state, request.snapshotId);
  const chunk = plan.chunks[request.chunk];
  if (chunk === undefined) throw new MalformedInputError(`snapshot ${plan.id} has no chunk ${request.chunk}`);
  const table = request.definitions.find((candidate) => qualifiedName(candidate) === chunk.table);
  if (table === undefined)
    throw new ConfigurationError(`table '${chunk.table}' of snapshot ${plan.id} is no longer defined`);

  const seal = sealFor(table, ports.seal);
  const progress = await ChunkProgress.read(ports.state, snapshotChunkKey(plan.id, request.chunk), seal);
  const outcome = (): ChunkOutcome => ({
    snapshotId: plan.id,
    chunk: request.chunk,
    done: progress.now.done,
    rows: progress.now.rows,
  });
  if (progress.now.done) return outcome();
  try {
    await publishRange(table, plan, chunk, progress, request, ports);
  } catch (error) {
    // Another run of this chunk went ahead: what we published is what it publishes.
    if (!(error instanceof FencedError)) throw error;
    ports.telemetry.warn("another run of this chunk went ahead", { snapshotId: plan.id, chunk: request.chunk });
  }
  return outcome();
}

async function publishRange(
  table: AnyTable,
  plan: SnapshotPlan,
  range: SnapshotPlan["chunks"][number],
  progress: ChunkProgress,
  request: ChunkRequest,
  ports: ChunkPorts,
): Promise<void> {
  const { publisher, now } = ports;
  const keyless = table.key === "none";
  const topic = topicName(table);
  let { rows } = keyless ? { rows: 0 } : progress.now;
  const rowsBefore = rows;
  let savedAt = now();
  let after = keyless ? null : progress.after();
  const { sourceName, rowsPerSecond } = request;
  const mayGoOn = (): boolean => ports.remaining() >= RESERVE_MS;
  const pace = new Pace({ sourceName, table: qualifiedName(table), rowsPerSecond }, { ...ports, mayGoOn });

  /** Reads from `after` on. The connection is closed while the copy waits: an open read keeps old rows alive there. */
  const readOn = async (): Promise<"end" | "no time" | { readonly hindrance: string }> => {
    const stop = new AbortController();
    try {
      const batches = ports.source.read({ table, above: range.above, upTo: range.upTo, after, signal: stop.signal });
      for await (const batch of batches) {
        const writer = recordWriter(snapshotOrigin(table, plan, sourceName), now());
        for (const row of batch.rows) {
          const room = publisher.send(topic, row.key, writer.change("r", keyless ? rows : 0, null, row.after));
          rows += 1;
          if (!room) await publisher.drained();
        }
        after = batch.lastKey;
        if (now() - savedAt >= SAVE_EVERY_MS) {
          await publisher.flush();
          if (!keyless) await progress.save({ rows, done: false, after });
          savedAt = now();
        }
        await pace.took(batch.rows.length);
        // Rows without a key cannot be gone on with in another read.
        if (keyless) continue;
        if (!mayGoOn()) return "no time";
        const hindrance = await pace.hindrance();
        if (hindrance !== null) return { hindrance };
      }
      return "end";
    } finally {
      stop.abort();
    }
  };

  const before = await pace.hindrance();
  let ended: Awaited<ReturnType<typeof readOn>> = before === null ? await readOn() : { hindrance: before };
  while (typeof ended === "object") {
    await publisher.flush();
    if (rows > rowsBefore) await progress.save({ rows, done: false, after });
    ended = (await pace.untilFree(ended.hindrance)) ? await readOn() : "no time";
  }
  await publisher.flush();
  const complete = ended === "end";
  // Nothing resumes after a chunk that is done: no key needs to stay behind.
  const { file, pos } = await ports.source.currentPlace();
  await progress.save({ rows, done: complete, after: complete ? null : after, end: { file, pos } });
  ports.telemetry.metric(METRICS.rowsSnapshot, rows - rowsBefore, "Count", { Table: topic });
}

/** @throws ConfigurationError when rows are named by personal data and there is no key to seal it with */
function sealFor(table: AnyTable, seal: Seal | undefined): Seal | null {
  if (!hasPersonalKey(table)) return null;
  if (seal === undefined)
    throw new ConfigurationError(`the keys of ${qualifiedName(table)} are personal data, but no key is configured`);
  return seal;
}
