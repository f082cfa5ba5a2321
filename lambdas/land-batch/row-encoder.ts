import type { FileDefinition } from "../../schemas/hash.ts";
import { hasPersonalData } from "../../schemas/model/table.ts";
import { keyColumns } from "../../schemas/sql/keys.ts";
import { MalformedInputError, UnfitValueError } from "../core/errors.ts";
import type { ChangeRecord, Row } from "../core/record.ts";
import { recordVersion } from "../core/record.ts";
import { ForeignRecordError } from "./personal-data.ts";
import { quoted } from "./values/csv.ts";
import { cellEncoder } from "./values/index.ts";
import { keyEncoder } from "../core/key-text.ts";
import { superText } from "./values/text.ts";
import { LossyNumber, noNotes } from "./values/value.ts";
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
  /** Bytes that are no character of their column's set. */
  undecodable: number;
}

/** Encodes one record as one line of the landing file, columns as schemas/sql/columns.ts `landingColumns` has them. */
export type RowEncoder = (record: ChangeRecord, partition: number, offset: number, counts: EncodingCounts) => string;

const FLOORS = new Set(["truncate", "resync"]);

/**
 * @param defaultEpoch for records that carry none (Debezium's)
 * @returns an encoder that throws MalformedInputError or UnfitValueError for what goes to quarantine, ForeignRecordError and ClearTextError for what must not land at all, LossyNumber for a
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
  const personal = hasPersonalData(table);
  const dropped = new Set(Object.values(table.dropped ?? {}).map((column) => column.source));
  const cells = columns.map(([name, column]) =>
    cellEncoder({ name, column, nullMarker, isKey: keys.includes(name), tooLong: table.tooLong ?? "widen" }),
  );
  const emptyRow = `${nullMarker},`.repeat(columns.length);

  const rawField = (notes: RowNotes, counts: EncodingCounts): string => {
    counts.nulsReplaced += notes.nulsReplaced;
    counts.undecodable += notes.undecodable;
    if (notes.raw === null) return nullMarker;
    counts.raw += notes.kept;
    return jsonField(notes.raw, notes);
  };

  const unmapped = (row: Row, counts: EncodingCounts, notes: RowNotes): string => {
    const extra = Object.create(null) as Record<string, unknown>;
    for (const name in row) {
      if (known.has(name) || dropped.has(name)) continue;
      const value = row[name];
      if (typeof value === "number" && Number.isInteger(value) && !Number.isSafeInteger(value)) throw new LossyNumber();
      extra[name] = value;
      counts.unmapped.set(name, (counts.unmapped.get(name) ?? 0) + 1);
    }
    // Nobody has said yet whether it is personal data: it is counted, and left out.
    return personal ? nullMarker : jsonField(extra, notes);
  };

  return (record, partition, offset, counts) => {
    const { op, source } = record;
    if (personal && source.epoch === undefined) throw new ForeignRecordError();
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
    return checkedLine(`${line}${rawField(notes, counts)},${extra},${nullMarker}\n`);
  };
}

/** COPY reads rows of at most 4 MB, whatever their columns hold. */
const MAX_ROW_BYTES = 4_000_000;

function checkedLine(line: string): string {
  if (line.length * 3 <= MAX_ROW_BYTES) return line;
  const bytes = Buffer.byteLength(line);
  if (bytes <= MAX_ROW_BYTES) return line;
  throw new UnfitValueError(
    `the row takes ${bytes} bytes in its file and the warehouse loads rows of at most ${MAX_ROW_BYTES}: leave its largest column out of the definition`,
  );
}

/** A SUPER field. */
function jsonField(value: object, notes: RowNotes): string {
  return quoted(
    JSON.stringify(value, (_, item: unknown) => (typeof item === "string" ? superText(item, notes) : item)),
  );
}

/** `<kind> <id>`; Debezium's own truncate has neither and is named by its version. */
function floorText({ floor }: ChangeRecord, version: string): string {
  if (floor === undefined) return `truncate ${version}`;
  if (!FLOORS.has(floor.kind) || !/^[^\s\\@]{1,200}$/.test(floor.id)) {
    throw new MalformedInputError(`floor ${JSON.stringify(floor)}: kind truncate or resync and an id are needed`);
  }
  return `${floor.kind} ${floor.id}`;
}
