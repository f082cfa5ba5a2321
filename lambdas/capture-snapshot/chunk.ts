import { z } from "zod";
import { qualifiedName, topicName } from "../../schemas/naming.ts";
import type { AnyTable } from "../../schemas/model/table.ts";
import type { KeyValue, Publisher, SourceDatabase } from "../core/capture-ports.ts";
import type { ChunkOutcome } from "../core/events.ts";
import { ConfigurationError, FencedError, MalformedInputError } from "../core/errors.ts";
import { METRICS } from "../core/metrics.ts";
import type { Now, ObjectStore, Sleep, Telemetry } from "../core/ports.ts";
import { hasPersonalKey } from "../core/personal-data.ts";
import type { Seal } from "../core/personal-data.ts";
import { recordWriter } from "../core/record-text.ts";
import { snapshotChunkKey } from "../core/state-keys.ts";
import { parseStored } from "../core/stored-json.ts";
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

const keyPart = z.union([
  z.object({ text: z.string() }),
  z.object({ number: z.number() }),
  z.object({ base64: z.string() }),
]);
const keyParts = z.array(keyPart);
const progressSchema = z.object({
  rows: z.int(),
  done: z.boolean(),
  after: z.union([keyParts, z.object({ sealed: z.string() })]).nullable(),
});
/** How far a chunk is: everything up to and including the key `after` is acknowledged by Kafka. */
type Progress = z.output<typeof progressSchema>;

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
  const began = now();
  let { rows } = keyless ? { rows: 0 } : progress.now;
  const rowsBefore = rows;
  let savedAt = began;
  let after = keyless ? null : progress.after();
  let complete = true;
  const stop = new AbortController();
  const batches = ports.source.read({ table, above: range.above, upTo: range.upTo, after, signal: stop.signal });
  try {
    for await (const batch of batches) {
      const writer = recordWriter(snapshotOrigin(table, plan, request.sourceName), now());
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
      if (!keyless && ports.remaining() < RESERVE_MS) {
        complete = false;
        break;
      }
      await throttle(rows - rowsBefore, now() - began, request.rowsPerSecond, ports.sleep);
    }
  } finally {
    stop.abort();
  }
  await publisher.flush();
  // Nothing resumes after a chunk that is done: no key needs to stay behind.
  await progress.save({ rows, done: complete, after: complete ? null : after });
  ports.telemetry.metric(METRICS.rowsSnapshot, rows - rowsBefore, "Count", { Table: topic });
}

async function throttle(rows: number, elapsed: number, rowsPerSecond: number, sleep: Sleep): Promise<void> {
  if (rowsPerSecond === 0) return;
  const due = (rows / rowsPerSecond) * 1_000;
  if (due > elapsed) await sleep(due - elapsed);
}

/** @throws ConfigurationError when rows are named by personal data and there is no key to seal it with */
function sealFor(table: AnyTable, seal: Seal | undefined): Seal | null {
  if (!hasPersonalKey(table)) return null;
  if (seal === undefined)
    throw new ConfigurationError(`the keys of ${qualifiedName(table)} are personal data, but no key is configured`);
  return seal;
}

/** The chunk's own small object; conditional writes keep two runs of one chunk from undoing each other. */
class ChunkProgress {
  readonly #state: ObjectStore;
  readonly #key: string;
  readonly #seal: Seal | null;
  #etag: string | null;
  now: Progress;

  private constructor(state: ObjectStore, key: string, seal: Seal | null, etag: string | null, now: Progress) {
    this.#state = state;
    this.#key = key;
    this.#seal = seal;
    this.#etag = etag;
    this.now = now;
  }

  /** @param seal for keys that must not lie on S3 in the clear; null for others */
  static async read(state: ObjectStore, key: string, seal: Seal | null): Promise<ChunkProgress> {
    const stored = await state.get(key);
    if (stored === null) return new ChunkProgress(state, key, seal, null, { rows: 0, done: false, after: null });
    const progress = parseStored(stored.body.toString("utf8"), key, progressSchema, "start another snapshot");
    return new ChunkProgress(state, key, seal, stored.etag, progress);
  }

  after(): readonly KeyValue[] | null {
    const { after } = this.now;
    if (after === null) return null;
    const parts = "sealed" in after ? this.#opened(after.sealed) : after;
    return parts.map((part) =>
      "text" in part ? part.text : "number" in part ? part.number : Buffer.from(part.base64, "base64"),
    );
  }

  #opened(sealed: string): z.output<typeof keyParts> {
    if (this.#seal === null) throw new ConfigurationError(`${this.#key} is sealed, but there is no key to open it`);
    return keyParts.parse(JSON.parse(this.#seal.open(sealed)));
  }

  async save(next: { rows: number; done: boolean; after: readonly KeyValue[] | null }): Promise<void> {
    const parts =
      next.after?.map((part) =>
        typeof part === "string"
          ? { text: part }
          : typeof part === "number"
            ? { number: part }
            : { base64: part.toString("base64") },
      ) ?? null;
    const after = parts === null || this.#seal === null ? parts : { sealed: this.#seal.close(JSON.stringify(parts)) };
    const value: Progress = { ...next, after };
    const body = Buffer.from(JSON.stringify(value));
    if (this.#etag === null) {
      const put = await this.#state.putIfAbsent(this.#key, body, "application/json");
      if (!put.created) throw new FencedError(`${this.#key} was written by another run`);
      this.#etag = put.etag;
    } else {
      this.#etag = (await this.#state.putIfMatch(this.#key, body, this.#etag)).etag;
    }
    this.now = value;
  }
}
