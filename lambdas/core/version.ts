import { z } from "zod";
import { MalformedInputError } from "./errors.ts";

/**
 * A place in the source's history: `pos` is the START of an event in `file` (whole, beyond 4 GiB); `epoch` counts the
 * histories of one source and rises when the server changes or its log was reset (docs/ARCHITECTURE.md, "Version").
 */
export interface Position {
  readonly epoch: number;
  /** Name as the server says it, e.g. `binlog.000012`; its numeric suffix orders files. */
  readonly file: string;
  readonly pos: number;
}

/** As facts on S3 keep it. */
export const positionSchema = z.object({
  epoch: z.int().positive(),
  file: z.string().min(1),
  pos: z.int().nonnegative(),
});

/** Sortable text, fixed width: newer is greater under plain string comparison, in JavaScript and in SQL alike. */
export type Version = string;

const WIDTHS = { epoch: 5, file: 10, pos: 16, row: 8 } as const;

/** Length of every version text; the warehouse's `_version` columns are this wide. */
export const VERSION_LENGTH = WIDTHS.epoch + WIDTHS.file + WIDTHS.pos + WIDTHS.row + 1 + 4;

function pad(name: keyof typeof WIDTHS, value: number): string {
  const text = String(value);
  if (!Number.isSafeInteger(value) || value < 0 || text.length > WIDTHS[name]) {
    throw new MalformedInputError(
      `version part ${name} is ${text}: a whole number of at most ${WIDTHS[name]} digits is needed`,
    );
  }
  return text.padStart(WIDTHS[name], "0");
}

/** @returns the numeric suffix of a binlog file name. @throws MalformedInputError when there is none. */
export function fileSequence(file: string): number {
  const digits = /\.(\d{1,10})$/.exec(file)?.[1];
  if (digits === undefined) throw new MalformedInputError(`binlog file name '${file}' has no numeric suffix`);
  return Number(digits);
}

/**
 * @param row index of the row within its event
 * @param side 0 for what was before (deletes), 1 for what is after
 */
export function versionOf(position: Position, row: number, side: 0 | 1): Version {
  return `${positionPrefix(position)}.${pad("row", row)}.${side}`;
}

/**
 * The version of rows read by a snapshot whose anchor is `position`: below every change at or after the anchor,
 * because row events start after the event (GTID or BEGIN) that opens their transaction.
 * @param pass counts the reads at this anchor that must win over the ones before: a source at rest has one anchor only
 */
export function anchorVersion(position: Position, pass = 0): Version {
  return versionOf(position, pass, 0);
}

/** The part of a version that orders positions; a prefix of every version of events starting there. */
export function positionPrefix(position: Position): string {
  return `${pad("epoch", position.epoch)}.${pad("file", fileSequence(position.file))}.${pad("pos", position.pos)}`;
}

/** The part of a version that says where its event starts: greater than an anchor's for every change after it. */
export const placeOf = (version: Version): string => version.slice(0, -(WIDTHS.row + 3));

/** @returns the row number in a version */
export const rowOf = (version: Version): number => Number(version.slice(-(WIDTHS.row + 2), -2));

/** Negative, zero or positive, as for Array.sort. Positions of one source only. */
export function comparePositions(a: Position, b: Position): number {
  const x = positionPrefix(a);
  const y = positionPrefix(b);
  return x < y ? -1 : x > y ? 1 : 0;
}
