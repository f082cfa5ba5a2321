import type { Client } from "pg";
import { gzipSync } from "node:zlib";
import type { ObjectStore } from "../copy/object-store.ts";
import { urlOf } from "../copy/sources.ts";
import { SqlError } from "../errors.ts";
import type { UnloadPlan } from "../plan.ts";
import { streamQuery } from "../run/query.ts";
import type { ResultColumn } from "../run/result-columns.ts";
import type { UnloadOptions } from "./options.ts";

/** Decompressed bytes of one file; what Redshift splits at 6.2 GB is split earlier, so that memory stays small. */
const FILE_BYTES = 32 * 1024 * 1024;

/** Writes a query's rows as CSV files below a prefix. @returns the rows */
export async function runUnload(client: Client, objects: ObjectStore, { sql, options }: UnloadPlan): Promise<number> {
  if (!options.allowOverwrite && (await objects.list(options.to)).length > 0)
    throw new SqlError(
      `Specified unload destination on S3 is not empty. Consider using a different bucket / prefix, manually removing the target files in S3, or using the ALLOWOVERWRITE option. (${urlOf(options.to)})`,
    );
  const files: Buffer[] = [];
  let lines: string[] = [];
  let size = 0;
  let columns: readonly ResultColumn[] = [];
  const close = (): void => {
    const text =
      (options.header
        ? encode(
            columns.map(({ name }) => name),
            options,
          )
        : "") + lines.join("");
    files.push(options.gzip ? gzipSync(text) : Buffer.from(text));
    lines = [];
    size = 0;
  };
  const rows = await streamQuery(client, sql, {
    columns: (found) => (columns = found),
    row: (values) => {
      const line = encode(
        values.map((value, i) => (value === null ? null : (columns[i]?.convert(value) ?? value))),
        options,
      );
      lines.push(line);
      size += line.length;
      if (size >= FILE_BYTES) close();
    },
  });
  if (lines.length > 0) close();
  await writeFiles(objects, files, options);
  return rows;
}

async function writeFiles(objects: ObjectStore, files: readonly Buffer[], options: UnloadOptions): Promise<void> {
  const { bucket, key } = options.to;
  const extension = options.extension === null ? (options.gzip ? ".gz" : "") : `.${options.extension}`;
  const entries = files.map((body, i) => {
    const part = String(i).padStart(3, "0");
    const location = { bucket, key: `${key}${options.parallel ? `0000_part_${part.slice(-2)}` : part}${extension}` };
    return { location, body };
  });
  for (const { location, body } of entries) await objects.write(location, body);
  if (!options.manifest) return;
  const manifest = {
    entries: entries.map(({ location, body }) => ({ url: urlOf(location), meta: { content_length: body.length } })),
  };
  await objects.write({ bucket, key: `${key}manifest` }, Buffer.from(JSON.stringify(manifest)));
}

/** A field is quoted when it holds the delimiter, a quote or a line end, or reads like NULL. */
function encode(values: readonly (string | null)[], { delimiter, nullAs }: UnloadOptions): string {
  const fields = values.map((value) => {
    if (value === null) return nullAs;
    const plain = !value.includes(delimiter) && !/["\r\n]/.test(value) && (value !== nullAs || value === "");
    return plain ? value : `"${value.replaceAll('"', '""')}"`;
  });
  return `${fields.join(delimiter)}\n`;
}
