import { buffer } from "node:stream/consumers";
import { SqlError } from "../errors.ts";
import type { ObjectStore } from "./object-store.ts";
import type { CopyOptions, S3Location } from "./options.ts";

/** One file to load; a file that the manifest does not call mandatory may be missing. */
export interface CopySource extends S3Location {
  readonly mandatory: boolean;
}

export const urlOf = ({ bucket, key }: S3Location): string => `s3://${bucket}/${key}`;

/** The files a COPY names, by manifest or by prefix. @throws SqlError when there are none, or the manifest is not one */
export async function findSources(
  objects: ObjectStore,
  { from, manifest }: CopyOptions,
): Promise<readonly CopySource[]> {
  if (manifest) return readManifest(objects, from);
  const found = await objects.list(from);
  if (found.length === 0) throw new SqlError(`The specified S3 prefix '${from.key}' does not exist`);
  return found.filter(({ size }) => size > 0).map(({ bucket, key }) => ({ bucket, key, mandatory: true }));
}

async function readManifest(objects: ObjectStore, from: S3Location): Promise<readonly CopySource[]> {
  const body = await objects.read(from);
  if (body === null)
    throw new SqlError(
      `Problem reading manifest file - S3ServiceException:The specified key does not exist.,Status 404,Error NoSuchKey (${urlOf(from)})`,
    );
  const entries = parseManifest((await buffer(body)).toString("utf8"), from);
  return entries.map(readEntry);
}

function parseManifest(text: string, from: S3Location): readonly unknown[] {
  let document: unknown;
  try {
    document = JSON.parse(text);
  } catch (cause) {
    throw new SqlError(`Problem reading manifest file - ${urlOf(from)} is not JSON`, { cause });
  }
  const entries = (document as { entries?: unknown } | null)?.entries;
  if (!Array.isArray(entries))
    throw new SqlError(`Problem reading manifest file - ${urlOf(from)} has no list of entries`);
  return entries;
}

function readEntry(entry: unknown): CopySource {
  const { url, mandatory } = (entry ?? {}) as { url?: unknown; mandatory?: unknown };
  const match = typeof url === "string" ? /^s3:\/\/([^/]+)\/(.+)$/s.exec(url) : null;
  const [bucket, key] = [match?.[1], match?.[2]];
  if (bucket === undefined || key === undefined)
    throw new SqlError(`Problem reading manifest file - an entry is no s3:// URL: ${JSON.stringify(entry)}`);
  return { bucket, key, mandatory: mandatory === true };
}

/** The error for a mandatory entry whose object is gone. */
export function missingMandatory(source: S3Location): SqlError {
  return new SqlError(
    `Problem reading manifest file - Mandatory url is not present in manifest file: ${urlOf(source)}`,
  );
}
