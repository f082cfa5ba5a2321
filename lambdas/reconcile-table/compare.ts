import type { AnyTable } from "../../schemas/model/table.ts";
import { bucketChecksums, stepChecksums } from "../../schemas/sql/reconcile/checksums.ts";
import type { FieldRow, KeyValue } from "../core/capture-ports.ts";
import type { WarehouseRow } from "../core/ports.ts";
import { RESERVE_MS } from "./ports.ts";
import type { ReconcilePorts } from "./ports.ts";
import { checksumOf, LOW, rowChecksummer } from "./row-checksum.ts";
import { rowNames, steppedKey } from "./row-identity.ts";
import type { PlannedTable, SavedChunk, SavedRange, TableProgress } from "./run-state.ts";
import { differing, Sums, sumText } from "./sums.ts";

type ComparePorts = Pick<ReconcilePorts, "source" | "warehouse" | "remaining">;

/**
 * Compares checksums of ranges: the next chunk of a table whose leading key is a whole number, or all of another
 * table by buckets. Both sides are read at any moment: equal sums say that the rows are equal, different ones only
 * that the rows have to be looked at.
 */
export async function compareNext(
  table: AnyTable,
  planned: PlannedTable,
  progress: TableProgress,
  ports: ComparePorts,
): Promise<void> {
  if (planned.chunks === null) await compareBuckets(table, planned.buckets, progress, ports);
  else await compareChunk(table, planned.chunks, progress, ports);
}

async function compareChunk(
  table: AnyTable,
  chunks: readonly SavedChunk[],
  progress: TableProgress,
  ports: ComparePorts,
): Promise<void> {
  const chunk = chunks[progress.now.chunk];
  if (chunk === undefined) {
    await progress.save({ phase: "narrow" });
    return;
  }
  const { range, steps, count } = read(chunk);
  const sums = new Sums(count);
  const checksum = rowChecksummer(table);
  const key = steppedKey(table);
  const stepOf = stepper(steps, count);
  const mirrored = ports.warehouse.query(stepChecksums(table, range, steps));
  // Awaited below; until then a failure must not count as unhandled.
  mirrored.catch(() => undefined);
  await scan(table, range, ports, (row) => sums.add(stepOf(key(row)), checksum(row)));
  const mirror = sumsOf(await mirrored);
  const found = differing(sums.texts(), mirror.texts).map((step) => rangeOf(step, chunk));
  await progress.save({
    chunk: progress.now.chunk + 1,
    rows: progress.now.rows + sums.rows,
    mirrorRows: progress.now.mirrorRows + mirror.rows,
    ranges: [...progress.now.ranges, ...found],
    ...(progress.now.chunk + 1 === chunks.length && { phase: "narrow" }),
  });
}

const whole = (text: string | null): bigint | null => (text === null ? null : BigInt(text));

function read(chunk: SavedChunk) {
  const steps = { low: BigInt(chunk.low), high: BigInt(chunk.high), width: BigInt(chunk.width) };
  const range = { above: whole(chunk.above), upTo: whole(chunk.upTo) };
  return { range, steps, count: Number((steps.high - steps.low) / steps.width) + 1 };
}

/** The step of a key, as in SQL: what lies outside belongs to the first or the last. */
function stepper(steps: ReturnType<typeof read>["steps"], count: number): (key: number | bigint) => number {
  const [low, high, width] = [Number(steps.low), Number(steps.high), Number(steps.width)];
  const exact = Number.isSafeInteger(low) && Number.isSafeInteger(high);
  return (key) => {
    if (exact && typeof key === "number") {
      return key <= low ? 0 : key >= high ? count - 1 : Math.floor((key - low) / width);
    }
    const value = BigInt(key);
    const inside = value < steps.low ? steps.low : value > steps.high ? steps.high : value;
    return Number((inside - steps.low) / steps.width);
  };
}

/** The key range of a step; the outer steps of a chunk reach to its ends. */
function rangeOf(step: number, chunk: SavedChunk): SavedRange {
  const { steps, count } = read(chunk);
  const start = steps.low + BigInt(step) * steps.width;
  return {
    above: step === 0 ? chunk.above : String(start - 1n),
    upTo: step === count - 1 ? chunk.upTo : String(start + steps.width - 1n),
  };
}

async function compareBuckets(
  table: AnyTable,
  buckets: number,
  progress: TableProgress,
  ports: ComparePorts,
): Promise<void> {
  const { partial } = progress.now;
  const sums = partial === null ? new Sums(buckets) : Sums.from(buckets, partial.sums);
  const after = partial?.after.map((part) => ("text" in part ? part.text : Buffer.from(part.base64, "base64"))) ?? null;
  const checksum = rowChecksummer(table);
  const names = rowNames(table);
  const stopped = await scan(
    table,
    { above: null, upTo: null, after },
    ports,
    (row) => sums.add(bucketNumber(names.bucketText(row), buckets), checksum(row)),
    true,
  );
  if (stopped !== null) {
    const saved = stopped.map((part) =>
      Buffer.isBuffer(part) ? { base64: part.toString("base64") } : { text: String(part) },
    );
    await progress.save({ partial: { after: saved, sums: sums.toJSON().map((sum) => [...sum]) }, rows: sums.rows });
    return;
  }
  const mirror = sumsOf(await ports.warehouse.query(bucketChecksums(table, buckets)));
  const found = differing(sums.texts(), mirror.texts);
  await progress.save({
    phase: "narrow",
    partial: null,
    rows: sums.rows,
    mirrorRows: mirror.rows,
    buckets: [...found],
  });
}

/** The bucket of a key's text, as in SQL. */
export function bucketNumber(text: string, buckets: number): number {
  const { high, low } = checksumOf(text);
  return ((high % buckets) * (LOW % buckets) + (low % buckets)) % buckets;
}

/** @returns the key to go on after when the time is used up and `stoppable`; null at the end */
async function scan(
  table: AnyTable,
  range: { readonly above: bigint | null; readonly upTo: bigint | null; readonly after?: readonly KeyValue[] | null },
  ports: ComparePorts,
  onRow: (row: FieldRow) => void,
  stoppable = false,
): Promise<readonly KeyValue[] | null> {
  const stop = new AbortController();
  const bounds = { above: range.above?.toString() ?? null, upTo: range.upTo?.toString() ?? null };
  const request = { table, ...bounds, after: range.after ?? null, signal: stop.signal };
  try {
    for await (const { lastKey } of ports.source.scan(request, onRow)) {
      if (stoppable && lastKey !== null && ports.remaining() < RESERVE_MS) return lastKey;
    }
    return null;
  } finally {
    stop.abort();
  }
}

function sumsOf(rows: readonly WarehouseRow[]): { readonly rows: number; readonly texts: ReadonlyMap<number, string> } {
  const texts = new Map<number, string>();
  let count = 0;
  for (const row of rows) {
    const n = Number(row["row_count"]);
    count += n;
    texts.set(Number(row["bucket"]), sumText(n, BigInt(String(row["checksum"]))));
  }
  return { rows: count, texts };
}
