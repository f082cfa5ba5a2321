import type { Client } from "pg";
import { DatabaseError } from "pg";
import { from as copyFrom } from "pg-copy-streams";
import { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import { SqlError } from "../errors.ts";
import { displayName, quoteIdentifier, quoteLiteral, sqlName } from "../identifiers.ts";
import type { CopyPlan } from "../plan.ts";
import { CsvRecordReader, type CsvRecord } from "./csv-records.ts";
import { CsvScanner, NotPlainError, isPlain } from "./csv-scan.ts";
import { encodeRecord, isLoadError, readRecord, type LoadError } from "./load-errors.ts";
import type { ObjectStore } from "./object-store.ts";
import { findSources, urlOf, type CopySource } from "./sources.ts";
import { noneRead, openSource, type ReadStatistics } from "./streams.ts";
import { findTarget, type CopyTarget } from "./target.ts";

export interface CopyOutcome {
  readonly target: CopyTarget;
  readonly loadedRows: number;
  readonly errors: readonly LoadError[];
  readonly read: ReadStatistics;
  /** The failure, when there were more errors than MAXERROR. */
  readonly failure: SqlError | null;
}

interface Load {
  readonly client: Client;
  readonly objects: ObjectStore;
  readonly plan: CopyPlan;
  readonly target: CopyTarget;
  readonly sources: readonly CopySource[];
}

/**
 * Runs a COPY within the transaction of `client`. The files' bytes go straight from S3 through gunzip into PostgreSQL's
 * own COPY as long as they are plain; as soon as something is not, or PostgreSQL refuses a value, the load starts over
 * value by value, with Redshift's rules, and collects every bad line up to one more than MAXERROR.
 */
export async function runCopy(client: Client, objects: ObjectStore, plan: CopyPlan): Promise<CopyOutcome> {
  const target = await findTarget(client, plan.table, plan.columns, plan.options);
  const sources = await findSources(objects, plan.options);
  const load = { client, objects, plan, target, sources };
  if (isPlain(target.columns, plan.options)) {
    const outcome = await tryPlain(load);
    if (outcome !== null) return outcome;
  }
  return loadCarefully(load);
}

/** @returns null when the files need the careful way */
async function tryPlain(load: Load): Promise<CopyOutcome | null> {
  const { client } = load;
  await client.query("SAVEPOINT plain_copy");
  try {
    const outcome = await loadPlain(load);
    await client.query("RELEASE SAVEPOINT plain_copy");
    return outcome;
  } catch (error) {
    await client.query("ROLLBACK TO SAVEPOINT plain_copy");
    if (error instanceof NotPlainError || isRefusedValue(error)) return null;
    throw error;
  }
}

/** Data exceptions and constraint violations: SQLSTATE classes 22 and 23. */
function isRefusedValue(error: unknown): boolean {
  return error instanceof DatabaseError && /^2[23]/.test(error.code ?? "");
}

async function loadPlain({ client, objects, plan, target, sources }: Load): Promise<CopyOutcome> {
  const { options } = plan;
  const scanner = new CsvScanner(target.columns, options);
  const read = noneRead();
  async function* pieces(): AsyncGenerator<Buffer> {
    for (const source of sources) {
      const chunks = await openSource(objects, source, options.compression, read);
      if (chunks === null) continue;
      scanner.begin(options.ignoreHeader);
      for await (const chunk of chunks) yield* scanner.scan(chunk);
      yield* scanner.end();
    }
  }
  const columns = target.columns.map(({ name }) => quoteIdentifier(name)).join(", ");
  const csv = `FORMAT csv, DELIMITER ${quoteLiteral(options.delimiter)}, QUOTE ${quoteLiteral(options.quote)}`;
  const nulls = `NULL ${quoteLiteral(options.nullAs)}, FORCE_NULL (${columns})`;
  const stream = client.query(
    copyFrom(`COPY ${sqlName(target.table)} (${columns}) FROM STDIN WITH (${csv}, ${nulls})`),
  );
  await pipeline(Readable.from(pieces(), { objectMode: true, highWaterMark: 4 }), stream);
  return { target, loadedRows: stream.rowCount, errors: [], read, failure: null };
}

/** Enough text for one message to PostgreSQL. */
const BATCH = 64 * 1024;

async function loadCarefully({ client, objects, plan, target, sources }: Load): Promise<CopyOutcome> {
  const { options } = plan;
  const errors: LoadError[] = [];
  const read = noneRead();
  async function* rows(): AsyncGenerator<string> {
    let batch = "";
    for await (const reading of readings({ objects, plan, target, sources }, read)) {
      if (isLoadError(reading)) errors.push(reading);
      else batch += encodeRecord(reading);
      if (errors.length > options.maxError) return;
      if (batch.length >= BATCH) {
        yield batch;
        batch = "";
      }
    }
    if (batch !== "") yield batch;
  }
  const loadedRows = options.noLoad ? await drain(rows()) : await send(client, target, rows());
  const name = displayName(target.table);
  const failure =
    errors.length > options.maxError
      ? new SqlError(`Load into table '${name}' failed. Check 'sys_load_error_detail' system table for details.`, {
          sqlstate: "XX000",
        })
      : null;
  return { target, loadedRows, errors, read, failure };
}

async function* readings(
  { objects, plan, target, sources }: Omit<Load, "client">,
  read: ReadStatistics,
): AsyncGenerator<LoadError | readonly (string | null)[]> {
  const { delimiter, quote, ignoreHeader, compression } = plan.options;
  const file = (source: CopySource, list: Iterable<CsvRecord>) =>
    Array.from(list, (record) => readRecord(record, target.columns, plan.options, urlOf(source))).filter(
      (reading) => reading !== null,
    );
  for (const source of sources) {
    const chunks = await openSource(objects, source, compression, read);
    if (chunks === null) continue;
    const records = new CsvRecordReader(delimiter, quote, ignoreHeader);
    for await (const chunk of chunks) yield* file(source, records.read(chunk));
    yield* file(source, records.end());
  }
}

async function send(client: Client, target: CopyTarget, rows: AsyncGenerator<string>): Promise<number> {
  const columns = target.columns.map(({ name }) => quoteIdentifier(name)).join(", ");
  const stream = client.query(copyFrom(`COPY ${sqlName(target.table)} (${columns}) FROM STDIN WITH (FORMAT csv)`));
  await pipeline(Readable.from(rows), stream);
  return stream.rowCount;
}

async function drain(rows: AsyncGenerator<string>): Promise<number> {
  while ((await rows.next()).done !== true);
  return 0;
}
