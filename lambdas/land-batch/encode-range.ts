import type { MSKRecord } from "aws-lambda";
import type { FileDefinition } from "../../schemas/hash.ts";
import { MillraceError } from "../core/errors.ts";
import type { QuarantinedRecord } from "../core/quarantine.ts";
import type { ChangeRecord } from "../core/record.ts";
import { base64Text } from "./base64-text.ts";
import { gzipWriter } from "./gzip.ts";
import type { OffsetRange } from "./msk-event.ts";
import { payloadGuard, withheldReason } from "./personal-data.ts";
import { quarantined } from "./quarantine.ts";
import { fastRecordReader } from "./fast-record.ts";
import { parseRecord } from "./record-value.ts";
import { rowEncoder } from "./row-encoder.ts";
import type { EncodingCounts, RowEncoder } from "./row-encoder.ts";
import { LossyNumber, VariantNeeded } from "./values/value.ts";
import { variantFor } from "./variants.ts";

/** A range as the file that will land. */
export interface EncodedRange {
  readonly range: OffsetRange;
  readonly file: FileDefinition;
  /** gzip; may still be under way on other threads. */
  readonly body: Promise<Buffer>;
  readonly rows: number;
  readonly quarantined: readonly QuarantinedRecord[];
  readonly counts: EncodingCounts;
}

/** Makes and keeps one encoder per file definition: they hold tables and caches that are worth having twice. */
export type EncoderCache = (file: FileDefinition) => RowEncoder;

export function encoderCache(defaultEpoch: number): EncoderCache {
  const encoders = new Map<string, RowEncoder>();
  return (file) => {
    const id = JSON.stringify([file.nullMarker, file.table]);
    const known = encoders.get(id) ?? rowEncoder(file, defaultEpoch);
    encoders.set(id, known);
    return known;
  };
}

/** Encodes a range; starts again under another definition when a value needs it. */
export function encodeRange(range: OffsetRange, file: FileDefinition, encoders: EncoderCache): EncodedRange {
  try {
    return encodeAs(range, file, encoders(file));
  } catch (error) {
    if (error instanceof VariantNeeded) return encodeRange(range, variantFor(file, error), encoders);
    throw error;
  }
}

function encodeAs(range: OffsetRange, file: FileDefinition, encode: RowEncoder): EncodedRange {
  const counts: EncodingCounts = { unmapped: new Map(), raw: 0, nulsReplaced: 0, undecodable: 0 };
  const writer = gzipWriter();
  const refused: QuarantinedRecord[] = [];
  const guard = payloadGuard(file.table);
  const reader: Reader = { text: base64Text(), record: fastRecordReader() };
  let rows = 0;
  for (const record of range.records) {
    try {
      const line = encodeRecord(record, reader, encode, counts);
      if (line === null) continue;
      writer.write(line);
      rows += 1;
    } catch (error) {
      if (!(error instanceof MillraceError)) throw error;
      const { key, value } = record as { key?: string | null; value?: string | null };
      const mayKeep = guard(key, value);
      refused.push(quarantined(record, mayKeep ? error.message : withheldReason(error), !mayKeep));
    }
  }
  return { range, file, body: writer.finish(), rows, quarantined: refused, counts };
}

/** What reading records keeps between them. */
interface Reader {
  readonly text: (base64: string) => string;
  readonly record: (text: string) => ChangeRecord;
}

/** @returns null for a tombstone, which says nothing that its delete has not said */
function encodeRecord(record: MSKRecord, reader: Reader, encode: RowEncoder, counts: EncodingCounts): string | null {
  const value = (record as { value?: string | null }).value;
  if (value === undefined || value === null || value === "") return null;
  const text = reader.text(value);
  try {
    return encode(reader.record(text), record.partition, record.offset, counts);
  } catch (error) {
    if (!(error instanceof LossyNumber)) throw error;
    return encode(parseRecord(text, true), record.partition, record.offset, counts);
  }
}
