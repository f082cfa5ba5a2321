import { createHash } from "node:crypto";
import { definitionHash } from "../../schemas/hash.ts";
import type { FileDefinition } from "../../schemas/hash.ts";
import type { AnyTable } from "../../schemas/model/table.ts";
import { manifestsPrefix, topicName } from "../../schemas/naming.ts";
import type { LoadPlan } from "../../schemas/sql/load-transaction.ts";
import type { LandedObject } from "../core/landed.ts";
import type { RefusedLine } from "../core/quarantine.ts";
import type { LoadBatch } from "./load-batch.ts";

/** A file as COPY will read it: the landed object, or a copy of it without the lines that were refused. */
export interface SourceFile {
  readonly object: LandedObject;
  /** Key that the manifest names. */
  readonly key: string;
  readonly refused: number;
  /** Those of them that this call has put into quarantine. */
  readonly lines: readonly RefusedLine[];
}

const ID_DIGITS = 32;

/** The batch's files as they landed. */
export function landedFiles(batch: LoadBatch): readonly SourceFile[] {
  return batch.runs.flatMap(({ objects }) =>
    objects.map((object) => ({ object, key: object.key, refused: 0, lines: [] })),
  );
}

/**
 * Id of a load: the same files from the same positions have the same, so that its traces are not doubled. What is kept
 * out of the load counts too. A replay has an id of its own each time: the star takes each id up once, and what the same
 * files bring back the next time would never reach it.
 * @param replay id of the call; @default - no replay
 */
export function batchId(batch: LoadBatch, erasedBy: readonly string[] = [], replay?: string): string {
  const content = batch.runs.map(({ partition, first, objects }) => [partition, first, objects.map(({ key }) => key)]);
  const more = [...(erasedBy.length === 0 ? [] : [erasedBy]), ...(replay === undefined ? [] : ["replay", replay])];
  return createHash("sha256")
    .update(JSON.stringify(more.length === 0 ? content : [content, ...more]))
    .digest("hex")
    .slice(0, ID_DIGITS);
}

/** Files that hold any row: COPY takes no empty manifest. */
export const filesWithRows = (files: readonly SourceFile[]): readonly SourceFile[] =>
  files.filter(({ object, refused }) => object.rows > refused);

/** `manifests/<table>/<batch>-<attempt>.json`. */
export function manifestKey(file: FileDefinition, id: string, attempt: number): string {
  return `${manifestsPrefix(topicName(file.table))}${id}-${attempt}.json`;
}

export interface PlanContext {
  readonly file: FileDefinition;
  readonly role: string;
  readonly starred: boolean;
  readonly erasedBy: readonly string[];
  /** @default - the files are what comes next */
  readonly replay?: Replay;
}

interface Replay {
  /** See LoadPlan.replayInto. */
  readonly into: AnyTable;
  /** Of this call, whatever tries it takes. */
  readonly id: string;
}

/** The batch as the statements' generator wants it. */
export function toLoadPlan(
  batch: LoadBatch,
  files: readonly SourceFile[],
  manifest: string | null,
  { replay, ...context }: PlanContext,
): LoadPlan {
  const ranges = batch.runs.map(({ partition, first, last }) => {
    const own = files.filter(({ object }) => object.partition === partition);
    const quarantined = sum(own.map(({ refused }) => refused));
    return { partition, first, last, rows: sum(own.map(({ object }) => object.rows)) - quarantined, quarantined };
  });
  return {
    ...context,
    ...(replay !== undefined && { replayInto: replay.into }),
    definition: definitionHash(context.file),
    topic: topicName(context.file.table),
    batch: batchId(batch, context.erasedBy, replay?.id),
    ranges,
    manifest,
    rows: sum(ranges.map(({ rows }) => rows)),
    quarantined: sum(ranges.map(({ quarantined }) => quarantined)),
  };
}

const sum = (numbers: readonly number[]): number => numbers.reduce((total, number) => total + number, 0);
