import { gunzipSync, gzipSync } from "node:zlib";
import { copyKey } from "../../schemas/naming.ts";
import type { LoadPlan } from "../../schemas/sql/load-transaction.ts";
import { checkFiles } from "../../schemas/sql/load-transaction.ts";
import { refusedLines } from "../../schemas/sql/load-errors.ts";
import { MalformedInputError } from "../core/errors.ts";
import { METRICS } from "../core/metrics.ts";
import type { ObjectStore, Telemetry, Warehouse } from "../core/ports.ts";
import { csvRecords } from "../core/csv-lines.ts";
import type { RefusedLine } from "../core/quarantine.ts";
import type { SourceFile } from "./to-load-plan.ts";

export interface RefusalPorts {
  readonly landing: ObjectStore;
  readonly quarantine: ObjectStore;
  readonly warehouse: Warehouse;
  readonly telemetry: Telemetry;
}

/** Reasons by line, for one file. */
type Lines = ReadonlyMap<number, string>;

/**
 * Finds every line that COPY refuses, puts it into quarantine with its reason, and writes copies of the files without
 * them. Quarantine comes first: a line leaves the way of the load only when it is safe.
 * @param token ClientToken of the check
 * @returns the files to load instead, or null when the warehouse names no line: then the refusal was about something else
 */
export async function withoutRefusedLines(
  plan: LoadPlan & { readonly manifest: string },
  files: readonly SourceFile[],
  token: string,
  ports: RefusalPorts,
): Promise<readonly SourceFile[] | null> {
  await ports.warehouse.transaction(checkFiles(plan, plan.manifest), token);
  const refused = await readRefusals(files, ports);
  if (refused.size === 0) return null;
  const result: SourceFile[] = [];
  for (const file of files) {
    const lines = refused.get(file.key);
    result.push(lines === undefined ? file : await withoutLines(file, lines, plan, ports));
  }
  return result;
}

async function readRefusals(files: readonly SourceFile[], ports: RefusalPorts): Promise<ReadonlyMap<string, Lines>> {
  const { bucket } = ports.landing;
  const urls = new Map(files.map(({ key }) => [`s3://${bucket}/${key}`, key]));
  const refused = new Map<string, Map<number, string>>();
  for (const row of await ports.warehouse.query(refusedLines([...urls.keys()]))) {
    const key = urls.get(String(row["file_name"]).trim());
    if (key === undefined) continue;
    const lines = refused.get(key) ?? new Map<number, string>();
    const column = String(row["column_name"] ?? "").trim();
    lines.set(Number(row["line_number"]), `column ${column}: ${String(row["error_message"]).trim()}`);
    refused.set(key, lines);
  }
  return refused;
}

async function withoutLines(
  file: SourceFile,
  lines: Lines,
  plan: LoadPlan,
  { landing, quarantine, telemetry }: RefusalPorts,
): Promise<SourceFile> {
  const stored = await landing.get(file.key);
  if (stored === null)
    throw new MalformedInputError(`s3://${landing.bucket}/${file.key} is gone: its range needs a resync`);
  const kept: string[] = [];
  const out: RefusedLine[] = [];
  for (const record of csvRecords(gunzipSync(stored.body).toString("utf8"))) {
    const reason = reasonFor(record.firstLine, record.lastLine, lines);
    if (reason === undefined) kept.push(record.text);
    else out.push(quarantinedLine(record.text, reason, plan));
  }
  const name = file.object.key.split("/").slice(-2).join("-");
  const body = Buffer.from(out.map((line) => `${JSON.stringify(line)}\n`).join(""), "utf8");
  const round = file.refused;
  await quarantine.put(`load/${plan.topic}/${plan.batch}/${name}-${round}.jsonl`, body, "application/x-ndjson");
  telemetry.error("lines that COPY refused are in quarantine", { key: file.key, lines: out.length, example: out[0] });
  telemetry.metric(METRICS.quarantined, out.length, "Count", { Table: plan.topic });
  const key = copyKey(file.object, plan.batch, round);
  await landing.put(key, gzipSync(kept.join(""), { level: 1 }), "application/gzip");
  return { ...file, key, refused: file.refused + out.length, lines: [...file.lines, ...out] };
}

function reasonFor(first: number, last: number, lines: Lines): string | undefined {
  for (let line = first; line <= last; line++) {
    const reason = lines.get(line);
    if (reason !== undefined) return reason;
  }
  return undefined;
}

/** Where partition and offset stand in a landing line (schemas/sql/columns.ts); nothing before them is quoted. */
const PARTITION = 4;
const OFFSET = 5;

function quarantinedLine(text: string, reason: string, { topic, definition }: LoadPlan): RefusedLine {
  const fields = text.split(",", OFFSET + 1);
  const [partition, offset] = [Number(fields[PARTITION]), Number(fields[OFFSET])];
  return { reason, topic, partition, offset, definition, line: text };
}
