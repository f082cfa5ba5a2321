import { pipeline } from "node:stream";
import type { Readable } from "node:stream";
import { createGunzip, createZstdDecompress } from "node:zlib";
import { SqlError } from "../errors.ts";
import type { ObjectStore } from "./object-store.ts";
import type { Compression } from "./options.ts";
import { missingMandatory, urlOf, type CopySource } from "./sources.ts";

/** Large enough that each piece sent to PostgreSQL is worth its message. */
const CHUNK = 256 * 1024;

/** What was read, for the load's history. */
export interface ReadStatistics {
  files: number;
  /** As stored. */
  fileBytes: number;
  /** As decompressed. */
  bytes: number;
}

export const noneRead = (): ReadStatistics => ({ files: 0, fileBytes: 0, bytes: 0 });

/**
 * The file's decompressed bytes, chunk by chunk; null for an optional file that is not there.
 * @throws SqlError for a missing mandatory file, or bytes that do not decompress
 */
export async function openSource(
  objects: ObjectStore,
  source: CopySource,
  compression: Compression,
  statistics: ReadStatistics,
): Promise<AsyncIterable<Buffer> | null> {
  const body = await objects.read(source);
  if (body === null && source.mandatory) throw missingMandatory(source);
  if (body === null) return null;
  statistics.files++;
  body.on("data", (chunk: Buffer) => (statistics.fileBytes += chunk.length));
  return counted(decompressed(body, compression), source, statistics);
}

function decompressed(body: Readable, compression: Compression): Readable {
  if (compression === "none") return body;
  const options = { chunkSize: CHUNK };
  const stream = compression === "gzip" ? createGunzip(options) : createZstdDecompress(options);
  // Errors of either stream surface where the last one is read.
  return pipeline(body, stream, () => undefined);
}

async function* counted(stream: Readable, source: CopySource, statistics: ReadStatistics): AsyncGenerator<Buffer> {
  try {
    for await (const chunk of stream as AsyncIterable<Buffer>) {
      statistics.bytes += chunk.length;
      yield chunk;
    }
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : String(cause);
    throw new SqlError(
      `Failed to read ${urlOf(source)}: ${reason}. The file is damaged, or not compressed as COPY says`,
      { cause },
    );
  }
}
