import { BinlogCorruptError, BinlogUnsupportedError, THEN_RESYNC } from "./errors.ts";
import { ByteReader } from "../mysql/values/byte-reader.ts";
import type { Flavour } from "../mysql/server.ts";
import { TYPE } from "./column-types.ts";
import { readOptionalMetadata } from "./table-metadata.ts";

/** A column as the binlog itself describes it: as it was when the row was written, not as it is now. */
export interface BinlogColumn {
  readonly name: string;
  /** Real type code: ENUM and SET are told apart from strings. */
  readonly type: number;
  /** Bytes: declared maximum of strings, number of length bytes of blobs. Digits: precision * 256 + scale. Else fsp or bits. */
  readonly meta: number;
  readonly nullable: boolean;
  readonly unsigned: boolean;
  /** Collation id of strings, 63 for bytes; null for types without. */
  readonly collation: number | null;
  /** Labels of ENUM and SET as bytes in the column's character set. */
  readonly labels: readonly Buffer[] | null;
  readonly labelCollation: number | null;
}

export interface TableMap {
  readonly id: number;
  readonly database: string;
  readonly table: string;
  readonly columns: readonly BinlogColumn[];
  /** Indexes of the primary key's columns, in key order; empty without one. */
  readonly primaryKey: readonly number[];
}

/** More columns than any table can have (4096): corrupt bytes must not make us allocate. */
const MAX_COLUMNS = 4096;

function readMeta(type: number, reader: ByteReader): number {
  switch (type) {
    case TYPE.float:
    case TYPE.double:
    case TYPE.blob:
    case TYPE.tinyBlob:
    case TYPE.mediumBlob:
    case TYPE.longBlob:
    case TYPE.geometry:
    case TYPE.json:
    case TYPE.vector:
    case TYPE.time2:
    case TYPE.datetime2:
    case TYPE.timestamp2:
    case TYPE.mariadbBlobCompressed:
      return reader.u8();
    case TYPE.varchar:
    case TYPE.mariadbVarcharCompressed:
      return reader.u16();
    case TYPE.bit: {
      const bits = reader.u8();
      return reader.u8() * 8 + bits;
    }
    case TYPE.newdecimal:
    case TYPE.string:
    case TYPE.varString:
    case TYPE.enum:
    case TYPE.set: {
      const high = reader.u8();
      return high * 256 + reader.u8();
    }
    case TYPE.typedArray:
      throw new BinlogUnsupportedError("a table map with a typed array column");
    default:
      return 0;
  }
}

/** STRING hides ENUM and SET, and lengths above 255, in its two metadata bytes (Field_string::do_save_field_metadata). */
function realType(type: number, meta: number): { readonly type: number; readonly meta: number } {
  if (type !== TYPE.string) return { type, meta };
  const high = meta >> 8;
  const low = meta & 0xff;
  if (high === TYPE.enum || high === TYPE.set) return { type: high, meta: low };
  if ((high & 0x30) !== 0x30) return { type: high | 0x30, meta: low | (((high & 0x30) ^ 0x30) << 4) };
  return { type: high, meta: low };
}

/**
 * Reads a TABLE_MAP body (after the event header, without checksum).
 * @throws BinlogUnsupportedError when names are missing (binlog_row_metadata is not FULL)
 * @throws BinlogCorruptError, CorruptBytesError
 */
export function readTableMap(body: Buffer, flavour: Flavour): TableMap {
  const reader = new ByteReader(body);
  const id = reader.u48();
  reader.take(2);
  const database = reader.utf8(reader.u8());
  reader.take(1);
  const table = reader.utf8(reader.u8());
  reader.take(1);
  const count = reader.packed();
  if (count > MAX_COLUMNS) throw new BinlogCorruptError(`the table map of ${database}.${table} has ${count} columns`);
  const types = reader.bytes(count);
  const metaLength = reader.packed();
  const metaReader = new ByteReader(reader.bytes(metaLength));
  const shapes = Array.from(types, (type) => realType(type, readMeta(type, metaReader)));
  const nullBits = reader.bytes((count + 7) >> 3);
  const optional = readOptionalMetadata(
    reader,
    shapes.map((s) => s.type),
    flavour,
  );
  if (optional.names.length !== count) {
    throw new BinlogUnsupportedError(
      `The binlog describes ${database}.${table} without column names: SET GLOBAL binlog_row_metadata = FULL, ${THEN_RESYNC}`,
    );
  }
  const columns = shapes.map((shape, i): BinlogColumn => ({
    ...shape,
    name: optional.names[i] as string,
    nullable: (((nullBits[i >> 3] as number) >> (i & 7)) & 1) === 1,
    unsigned: optional.unsigned.has(i),
    collation: optional.collations.get(i) ?? null,
    labels: optional.labels.get(i) ?? null,
    labelCollation: optional.labelCollations.get(i) ?? null,
  }));
  return { id, database, table, columns, primaryKey: optional.primaryKey };
}
