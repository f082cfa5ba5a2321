import { qualifiedName } from "../../schemas/naming.ts";
import type { AnyTable } from "../../schemas/model/table.ts";
import type { KeyValue, SourceDatabase } from "../core/capture-ports.ts";
import { ConfigurationError } from "../core/errors.ts";
import { splitRange } from "../core/key-ranges.ts";

/** One key range of one table: `above < first key column <= upTo`; null is open. Whole numbers as text. */
export interface ChunkPlan {
  readonly table: string;
  readonly above: string | null;
  readonly upTo: string | null;
}

/**
 * Chunks of one plan at most. The history of a Step Functions execution ends at 25,000 events; a chunk takes 11 of them
 * (7 more each time that it outlives an invocation), and a third is left to that, to retries and to waiting for the
 * load. The list of chunks is state of the execution as well, which may have 256 KiB.
 * https://docs.aws.amazon.com/step-functions/latest/dg/service-quotas.html
 */
export const MOST_CHUNKS = 1_500;

/** @throws ConfigurationError when there are more tables than chunks, since each takes one at least */
export function checkTableCount(tables: readonly AnyTable[]): void {
  if (tables.length <= MOST_CHUNKS / 2) return;
  throw new ConfigurationError(
    `one snapshot copies at most ${MOST_CHUNKS / 2} tables, not ${tables.length}: start several, each with some of them (--tables)`,
  );
}

type Extent = NonNullable<Awaited<ReturnType<SourceDatabase["extent"]>>>;

/**
 * Ranges of about `chunkRows` rows over a leading whole-number key; one open range for every other table. When that
 * makes more than MOST_CHUNKS, all chunks of the plan hold more rows.
 * @param chunkRows rows of a chunk, by the optimizer's estimate
 */
export async function planChunks(
  tables: readonly AnyTable[],
  source: Pick<SourceDatabase, "extent">,
  chunkRows: number,
): Promise<readonly ChunkPlan[]> {
  const extents: (Extent | null)[] = [];
  for (const table of tables) extents.push(hasRanges(table) ? await source.extent(table) : null);
  const rows = rowsPerChunk(
    extents.map((extent) => extent?.rows ?? 0),
    chunkRows,
  );
  return tables.flatMap((table, index) => chunksOf(qualifiedName(table), extents[index] ?? null, rows));
}

/**
 * Rows per chunk with which tables of these sizes have at most MOST_CHUNKS together, `chunkRows` at least: one size
 * for all, so that no chunk is much longer than the others. Each table may end with a chunk that is not full.
 */
export function rowsPerChunk(sizes: readonly number[], chunkRows: number): number {
  const total = sizes.reduce((sum, size) => sum + size, 0);
  return Math.max(chunkRows, Math.ceil(total / (MOST_CHUNKS - sizes.length)));
}

function hasRanges(table: AnyTable): boolean {
  const [first] = table.key === "none" ? [] : table.key;
  return first !== undefined && table.columns[first]?.type.kind === "int";
}

function chunksOf(table: string, extent: Extent | null, rows: number): readonly ChunkPlan[] {
  if (extent === null) return [{ table, above: null, upTo: null }];
  const parts = Math.ceil(extent.rows / rows);
  return splitRange(asInteger(extent.min), asInteger(extent.max), parts).map(([above, upTo]) => ({
    table,
    above: above?.toString() ?? null,
    upTo: upTo?.toString() ?? null,
  }));
}

const asInteger = (value: KeyValue): bigint => BigInt(value.toString());
