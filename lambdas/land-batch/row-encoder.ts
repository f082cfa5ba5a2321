import type { FileDefinition } from "../../schemas/hash.ts";
import { keyColumns } from "../../schemas/sql/keys.ts";
import { MalformedInputError } from "../core/errors.ts";
import type { ChangeRecord, Row } from "../core/record.ts";
import { recordVersion } from "../core/record.ts";
import { quoted } from "./values/csv.ts";
import { cellEncoder } from "./values/index.ts";
import { keyEncoder } from "../core/key-text.ts";
import { withoutNul } from "./values/text.ts";
import type { RowNotes } from "./values/value.ts";
import { utcText } from "./utc-text.ts";
import { versionWriter } from "./version-writer.ts";

/** Counts over the rows of a file, for the log and the metrics. */
export interface EncodingCounts {
  /** Source columns that the definition does not know, with the number of rows that had them. */
  readonly unmapped: Map<string, number>;
  /** Cells whose text went to `_raw`. */
  raw: number;
  nulsReplaced: number;
}

/** Encodes one record as one line of the landing file, columns as schemas/sql/columns.ts `landingColumns` has them. */
export type RowEncoder = (record: ChangeRecord, partition: number, offset: number, counts: EncodingCounts) => string;

const FLOORS = new Set(["truncate", "resync"]);

/**
 * @param defaultEpoch for records that carry none (Debezium's)
 * @returns an encoder that throws MalformedInputError or UnfitValueError for what goes to quarantine, LossyNumber for a
 * record to be parsed exactly, VariantNeeded when the file needs another variant of its definition
 */
export function rowEncoder({ table, nullMarker }: FileDefinition, defaultEpoch: number): RowEncoder {
  const key = keyEncoder(table);
  const keys = keyColumns(table);
  const version = versionWriter(defaultEpoch);
  const committed = utcText(nullMarker);
  const captured = utcText(nullMarker);
  const columns = Object.entries(table.columns);
  const sources = columns.map(([, column]) => column.source);
  const known = new Set(sources);
  const cells = columns.map(([name, column]) =>
    cellEncoder({ name, column, nullMarker, isKey: keys.includes(name), tooLong: table.tooLong ?? "widen" }),
  );
  const emptyRow = `${nullMarker},`.repeat(columns.length);

  const rawField = (notes: RowNotes, counts: EncodingCounts): string => {
    counts.nulsReplaced += notes.nulsReplaced;
    if (notes.raw === null) return nullMarker;
    counts.raw += Object.keys(notes.raw).length;
    return jsonField(notes.raw, notes);
  };

  const unmapped = (row: Row, counts: EncodingCounts, notes: RowNotes): string => {
    const extra: Record<string, unknown> = {};
    for (const name in row) {
      if (known.has(name)) continue;
      extra[name] = row[name];
      counts.unmapped.set(name, (counts.unmapped.get(name) ?? 0) + 1);
    }
    return jsonField(extra, notes);
  };

  return (record, partition, offset, counts) => {
    const { op, source } = record;
    const place = `${committed(source.ts_ms)},${captured(record.ts_ms)},${partition},${offset}`;
    if (op === "t") {
      const at = recordVersion(op, source, defaultEpoch);
      return `${at},t,${place},${nullMarker},${emptyRow}${nullMarker},${nullMarker},${quoted(floorText(record, at))}\n`;
    }
    const row = op === "d" ? record.before : record.after;
    const at = version(op, source);
    // Debezium leaves a side out where ours says null.
    if (typeof row !== "object" || row === null) throw new MalformedInputError(`op ${op} without its row`);
    const notes: RowNotes = noNotes();
    let line = `${at},${op},${place},${key(row)},`;
    let present = 0;
    for (let i = 0; i < cells.length; i++) {
      const value = row[sources[i] ?? ""];
      if (value !== undefined) present += 1;
      line += `${cells[i]?.(value, notes) ?? nullMarker},`;
    }
    const extra = Object.keys(row).length === present ? nullMarker : unmapped(row, counts, notes);
    return `${line}${rawField(notes, counts)},${extra},${nullMarker}\n`;
  };
}

const noNotes = (): RowNotes => ({ raw: null, nulsReplaced: 0 });

/** A SUPER field: NUL escapes would end the record. */
function jsonField(value: object, notes: RowNotes): string {
  const withPictures = (_: string, item: unknown): unknown =>
    typeof item === "string" ? withoutNul(item, notes) : item;
  return quoted(JSON.stringify(value, withPictures));
}

/** `<kind> <id>`; Debezium's own truncate has neither and is named by its version. */
function floorText({ floor }: ChangeRecord, version: string): string {
  if (floor === undefined) return `truncate ${version}`;
  if (!FLOORS.has(floor.kind) || !/^[^\s\\@]{1,200}$/.test(floor.id)) {
    throw new MalformedInputError(`floor ${JSON.stringify(floor)}: kind truncate or resync and an id are needed`);
  }
  return `${floor.kind} ${floor.id}`;
}
