import { ByteReader } from "../mysql/values/byte-reader.ts";
import type { Flavour } from "../mysql/server.ts";
import { isCharacter, isLabelled, isNumeric, TYPE } from "./column-types.ts";

/** Fields of the optional metadata (Table_map_event::Optional_metadata_field_type). */
const FIELD = {
  signedness: 1,
  defaultCharset: 2,
  columnCharset: 3,
  columnName: 4,
  setLabels: 5,
  enumLabels: 6,
  geometryType: 7,
  simplePrimaryKey: 8,
  primaryKeyWithPrefix: 9,
  labelDefaultCharset: 10,
  labelColumnCharset: 11,
} as const;

/** Maps are keyed by column index. */
export interface OptionalMetadata {
  names: string[];
  readonly unsigned: Set<number>;
  readonly collations: Map<number, number>;
  readonly labels: Map<number, readonly Buffer[]>;
  readonly labelCollations: Map<number, number>;
  primaryKey: number[];
}

function indexes(types: readonly number[], wanted: (type: number) => boolean): number[] {
  return types.flatMap((type, i) => (wanted(type) ? [i] : []));
}

/** A default, and the columns that differ from it: their place AMONG the columns concerned, and their collation. */
function readDefaultCharset(reader: ByteReader, columns: readonly number[], into: Map<number, number>): void {
  const fallback = reader.packed();
  for (const column of columns) into.set(column, fallback);
  while (reader.left > 0) {
    const column = columns[reader.packed()];
    const collation = reader.packed();
    if (column !== undefined) into.set(column, collation);
  }
}

function readColumnCharset(reader: ByteReader, columns: readonly number[], into: Map<number, number>): void {
  for (const column of columns) {
    if (reader.left === 0) return;
    into.set(column, reader.packed());
  }
}

function readLabels(reader: ByteReader, columns: readonly number[], into: Map<number, readonly Buffer[]>): void {
  for (const column of columns) {
    if (reader.left === 0) return;
    const count = reader.packed();
    const labels: Buffer[] = [];
    for (let i = 0; i < count; i += 1) labels.push(Buffer.from(reader.bytes(reader.packed())));
    into.set(column, labels);
  }
}

/** Reads what is left of a TABLE_MAP body. Unknown fields (visibility, vector dimensions) do not matter to values. */
export function readOptionalMetadata(reader: ByteReader, types: readonly number[], flavour: Flavour): OptionalMetadata {
  const result: OptionalMetadata = {
    names: [],
    unsigned: new Set(),
    collations: new Map(),
    labels: new Map(),
    labelCollations: new Map(),
    primaryKey: [],
  };
  while (reader.left > 0) {
    const field = reader.u8();
    readField(field, new ByteReader(reader.bytes(reader.packed())), types, flavour, result);
  }
  return result;
}

function readField(
  field: number,
  value: ByteReader,
  types: readonly number[],
  flavour: Flavour,
  result: OptionalMetadata,
): void {
  switch (field) {
    case FIELD.signedness: {
      const columns = indexes(types, isNumeric);
      const bits = value.bytes(Math.min(value.left, (columns.length + 7) >> 3));
      columns.forEach((column, i) => {
        if ((((bits[i >> 3] ?? 0) >> (7 - (i & 7))) & 1) === 1) result.unsigned.add(column);
      });
      return;
    }
    case FIELD.defaultCharset: {
      readDefaultCharset(value, indexes(types, isCharacter(flavour)), result.collations);
      return;
    }
    case FIELD.columnCharset: {
      readColumnCharset(value, indexes(types, isCharacter(flavour)), result.collations);
      return;
    }
    case FIELD.columnName:
      while (value.left > 0) result.names.push(value.utf8(value.packed()));
      return;
    case FIELD.setLabels: {
      readLabels(
        value,
        indexes(types, (t) => t === TYPE.set),
        result.labels,
      );
      return;
    }
    case FIELD.enumLabels: {
      readLabels(
        value,
        indexes(types, (t) => t === TYPE.enum),
        result.labels,
      );
      return;
    }
    case FIELD.simplePrimaryKey:
      while (value.left > 0) result.primaryKey.push(value.packed());
      return;
    case FIELD.primaryKeyWithPrefix:
      while (value.left > 0) {
        result.primaryKey.push(value.packed());
        value.packed();
      }
      return;
    case FIELD.labelDefaultCharset: {
      readDefaultCharset(value, indexes(types, isLabelled), result.labelCollations);
      return;
    }
    case FIELD.labelColumnCharset: {
      readColumnCharset(value, indexes(types, isLabelled), result.labelCollations);
      return;
    }
    default:
      return;
  }
}
