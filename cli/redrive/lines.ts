import { gzipSync } from "node:zlib";
import { rawFields } from "../../lambdas/core/csv-lines.ts";
import { MalformedInputError } from "../../lambdas/core/errors.ts";
import { resolveDefinition } from "../../lambdas/core/file-definition.ts";
import type { ObjectStore } from "../../lambdas/core/ports.ts";
import type { RefusedLine } from "../../lambdas/core/quarantine.ts";
import { definitionKey } from "../../lambdas/core/state-keys.ts";
import { toBody } from "../../lambdas/core/stored-json.ts";
import { definitionHash, fileDefinition } from "../../schemas/hash.ts";
import type { FileDefinition } from "../../schemas/hash.ts";
import type { Column } from "../../schemas/model/column.ts";
import type { AnyTable } from "../../schemas/model/table.ts";
import { landingKey, topicName } from "../../schemas/naming.ts";
import { landingColumns } from "../../schemas/sql/columns.ts";

export interface LinePorts {
  readonly landing: ObjectStore;
  readonly cluster: string;
}

/**
 * Writes lines that COPY refused as landed objects of the definition of now, each with its own partition and offset.
 * Safe to repeat: the same lines make the same objects.
 * @returns the objects' keys
 * @throws ConfigurationError when the definition that a line was written under is gone
 */
export async function landLines(
  table: AnyTable,
  lines: readonly RefusedLine[],
  { landing, cluster }: LinePorts,
): Promise<readonly string[]> {
  const keys: string[] = [];
  const own = definitionHash(fileDefinition(table));
  for (const hash of new Set(lines.map(({ definition }) => definition ?? own))) {
    const written = await resolveDefinition(hash, table, landing);
    const file = definitionOfNow(written, table);
    const definition = definitionHash(file);
    if (definition !== own) await landing.putIfAbsent(definitionKey(definition), toBody(file), "application/json");
    for (const range of joinedUp(lines.filter((line) => (line.definition ?? own) === hash))) {
      const [first, last] = [range[0], range.at(-1)];
      if (first === undefined || last === undefined) continue;
      const text = range.map(({ line }) => rewritten(line, written, file)).join("");
      const place = { partition: first.partition, first: first.offset, last: last.offset, rows: range.length };
      const key = landingKey({ cluster, topic: topicName(table), definition, ...place });
      await landing.put(key, gzipSync(text, { level: 1 }), "application/gzip");
      keys.push(key);
    }
  }
  return keys;
}

/**
 * The table as it is now, with what else the line has: its text for NULL, columns that were taken out since (the
 * warehouse still has them), and texts that its file made wider than the definition.
 */
function definitionOfNow({ table: written, nullMarker }: FileDefinition, table: AnyTable): FileDefinition {
  const columns: Record<string, Column> = { ...table.columns };
  for (const [name, column] of Object.entries(written.columns)) {
    const now = table.columns[name];
    if (now === undefined || isWider(column, now))
      columns[name] = now === undefined ? column : { ...now, type: column.type };
  }
  return { table: { ...table, columns }, nullMarker };
}

function isWider({ type: a }: Column, { type: b }: Column): boolean {
  return a.kind === "string" && b.kind === "string" && a.length > b.length;
}

/** The line with the columns of another definition, by their names; what it lacks is NULL. */
function rewritten(line: string, from: FileDefinition, to: FileDefinition): string {
  const names = landingColumns(from.table).map(({ name }) => name);
  const fields = rawFields(line);
  if (fields.length !== names.length) {
    throw new MalformedInputError(
      `a line has ${fields.length} fields where its definition has ${names.length}: resync the table instead`,
    );
  }
  const values = new Map(names.map((name, i) => [name, fields[i] ?? to.nullMarker]));
  return `${landingColumns(to.table)
    .map(({ name }) => values.get(name) ?? to.nullMarker)
    .join(",")}\n`;
}

/** Groups of one partition whose offsets join up; of several lines with one place the last counts. */
function joinedUp(lines: readonly RefusedLine[]): readonly (readonly RefusedLine[])[] {
  const unique = new Map(lines.map((line) => [`${line.partition}:${line.offset}`, line]));
  const sorted = [...unique.values()].sort((a, b) => a.partition - b.partition || a.offset - b.offset);
  const groups: RefusedLine[][] = [];
  for (const line of sorted) {
    const group = groups.at(-1);
    const before = group?.at(-1);
    if (before?.partition === line.partition && before.offset + 1 === line.offset) group?.push(line);
    else groups.push([line]);
  }
  return groups;
}
