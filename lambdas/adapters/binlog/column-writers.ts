import { BINARY_COLLATION, stringWriter } from "../mysql/values/charsets.ts";
import type { Collations, StringWriter } from "../mysql/values/charsets.ts";
import type { ByteReader } from "../mysql/values/byte-reader.ts";
import { ByteWriter } from "../../core/byte-writer.ts";
import { writeBase64 } from "../mysql/values/json-string.ts";
import { writeBigInteger, writeBits, writeDouble, writeFloat } from "../mysql/values/numbers.ts";
import { CorruptBytesError, UnsupportedColumnError } from "../mysql/errors.ts";
import { TYPE } from "./column-types.ts";
import { writeDecimalDigits } from "./decimal.ts";
import { jsonColumn } from "./json-binary.ts";
import type { BinlogColumn } from "./table-map.ts";
import * as temporal from "./temporal.ts";

/** Reads one value of a row image and writes its canonical JSON (docs/TYPES.md, second column). */
export type ColumnWriter = (reader: ByteReader, out: ByteWriter) => void;

const QUOTE = 0x22;

function integer(column: BinlogColumn): ColumnWriter {
  const { unsigned } = column;
  switch (column.type) {
    case TYPE.tiny:
      return unsigned ? (r, out) => out.integer(r.u8()) : (r, out) => out.integer((r.u8() << 24) >> 24);
    case TYPE.short:
      return unsigned ? (r, out) => out.integer(r.u16()) : (r, out) => out.integer((r.u16() << 16) >> 16);
    case TYPE.int24:
      return unsigned ? (r, out) => out.integer(r.u24()) : (r, out) => out.integer((r.u24() << 8) >> 8);
    case TYPE.long:
      return unsigned ? (r, out) => out.integer(r.u32()) : (r, out) => out.integer(r.u32() | 0);
    default:
      return unsigned ? unsignedLong : signedLong;
  }
}

/** Numbers up to 2^53 without BigInt: what keys and amounts are made of. */
function unsignedLong(r: ByteReader, out: ByteWriter): void {
  const low = r.u32();
  const high = r.u32();
  if (high < 0x200000) out.integer(low + high * 0x100000000);
  else writeBigInteger(out, (BigInt(high) << 32n) | BigInt(low));
}

function signedLong(r: ByteReader, out: ByteWriter): void {
  const low = r.u32();
  const high = r.u32() | 0;
  if (high >= 0 ? high < 0x200000 : high > -0x200000) out.integer(low + high * 0x100000000);
  else writeBigInteger(out, (BigInt(high) << 32n) | BigInt(low));
}

function labels(column: BinlogColumn, writeString: StringWriter): readonly Buffer[] {
  if (column.labels === null) {
    throw new UnsupportedColumnError(column.name, "the binlog names no labels (binlog_row_metadata must be FULL)");
  }
  return column.labels.map((label) => {
    const out = new ByteWriter(label.length + 16);
    writeString(out, label, 0, label.length);
    return Buffer.from(out.view());
  });
}

function enumeration(column: BinlogColumn, writeString: StringWriter): ColumnWriter {
  // Index 0 is the invalid value, which reads as ''.
  const texts = [Buffer.from('""'), ...labels(column, writeString)];
  const size = column.meta & 0xff;
  return (r, out) => {
    const index = r.uintLE(size);
    const text = texts[index];
    if (text === undefined) throw new CorruptBytesError(`ENUM column ${column.name} has no label ${index}`);
    out.raw(text);
  };
}

function set(column: BinlogColumn, writeString: StringWriter): ColumnWriter {
  const texts = labels(column, writeString).map((text) => text.subarray(1, text.length - 1));
  const size = column.meta & 0xff;
  return (r, out) => {
    const at = r.take(size);
    out.byte(QUOTE);
    let any = false;
    for (let i = 0; i < size * 8; i += 1) {
      if ((((r.buf[at + (i >> 3)] as number) >> (i & 7)) & 1) === 0) continue;
      const text = texts[i];
      if (text === undefined) throw new CorruptBytesError(`SET column ${column.name} has no label ${i}`);
      if (any) out.byte(0x2c);
      any = true;
      out.raw(text);
    }
    out.byte(QUOTE);
  };
}

/** Bits as their unsigned value: a number, beyond 2^53 its decimal text. */
function bit(column: BinlogColumn): ColumnWriter {
  const size = (column.meta + 7) >> 3;
  if (column.meta === 1) return (r, out) => out.integer(r.u8() & 1);
  return (r, out) => {
    const at = r.take(size);
    writeBits(out, r.buf, at, at + size);
  };
}

/** Strings of CHAR, VARCHAR and TEXT; base64 of their binary kin. `prefix` is the number of length bytes. */
function characters(prefix: number, writeString: StringWriter): ColumnWriter {
  if (prefix === 1) {
    return (r, out) => {
      const n = r.u8();
      const at = r.take(n);
      writeString(out, r.buf, at, at + n);
    };
  }
  return (r, out) => {
    const n = r.uintLE(prefix);
    const at = r.take(n);
    writeString(out, r.buf, at, at + n);
  };
}

/** The binlog strips the trailing zeros of BINARY(n); the declared length gives them back. */
function padded(length: number): StringWriter {
  return (out, from, start, end) => {
    if (end - start >= length) {
      writeBase64(out, from, start, end);
      return;
    }
    const whole = Buffer.alloc(length);
    from.copy(whole, 0, start, end);
    writeBase64(out, whole, 0, length);
  };
}

function charsetOf(column: BinlogColumn, collation: number | null, collations: Collations): StringWriter {
  if (collation === null) {
    throw new UnsupportedColumnError(
      column.name,
      "the binlog names no character set (binlog_row_metadata must be FULL)",
    );
  }
  const charset = collations.get(collation);
  const writer = charset === undefined ? null : stringWriter(charset);
  if (writer === null) {
    throw new UnsupportedColumnError(
      column.name,
      `character set ${charset ?? `of collation ${collation}`} is not known`,
    );
  }
  return writer;
}

function text(column: BinlogColumn, prefix: number, collations: Collations): ColumnWriter {
  if (column.collation === BINARY_COLLATION) {
    return characters(prefix, column.type === TYPE.string ? padded(column.meta) : writeBase64);
  }
  return characters(prefix, charsetOf(column, column.collation, collations));
}

/**
 * Compiles the reader of one column.
 * @throws UnsupportedColumnError naming the column, for types and character sets that cannot be read exactly
 */
export function columnWriter(column: BinlogColumn, collations: Collations): ColumnWriter {
  const { meta } = column;
  switch (column.type) {
    case TYPE.tiny:
    case TYPE.short:
    case TYPE.int24:
    case TYPE.long:
    case TYPE.longlong:
      return integer(column);
    case TYPE.float:
      return (r, out) => writeFloat(out, r.buf.readFloatLE(r.take(4)));
    case TYPE.double:
      return (r, out) => writeDouble(out, r.buf.readDoubleLE(r.take(8)));
    case TYPE.newdecimal:
      return (r, out) => {
        out.byte(QUOTE);
        writeDecimalDigits(r, out, meta >> 8, meta & 0xff);
        out.byte(QUOTE);
      };
    case TYPE.year:
      return (r, out) => {
        const v = r.u8();
        out.integer(v === 0 ? 0 : v + 1900);
      };
    case TYPE.date:
    case TYPE.newdate:
      return temporal.date;
    case TYPE.datetime2:
      return (r, out) => temporal.datetime2(r, out, meta);
    case TYPE.timestamp2:
      return (r, out) => temporal.timestamp2(r, out, meta);
    case TYPE.time2:
      return (r, out) => temporal.time2(r, out, meta);
    case TYPE.datetime:
      return temporal.datetimeOld;
    case TYPE.timestamp:
      return temporal.timestampOld;
    case TYPE.time:
      return temporal.timeOld;
    case TYPE.varchar:
    case TYPE.varString:
    case TYPE.string:
      return text(column, meta > 255 ? 2 : 1, collations);
    case TYPE.blob:
    case TYPE.tinyBlob:
    case TYPE.mediumBlob:
    case TYPE.longBlob:
      return text(column, meta, collations);
    case TYPE.enum:
      return enumeration(column, charsetOf(column, column.labelCollation, collations));
    case TYPE.set:
      return set(column, charsetOf(column, column.labelCollation, collations));
    case TYPE.bit:
      return bit(column);
    case TYPE.json:
      return jsonColumn(column.name, meta);
    case TYPE.geometry:
      throw new UnsupportedColumnError(column.name, "GEOMETRY has no place in the record format");
    case TYPE.vector:
      throw new UnsupportedColumnError(column.name, "VECTOR has no place in the record format");
    case TYPE.mariadbBlobCompressed:
    case TYPE.mariadbVarcharCompressed:
      throw new UnsupportedColumnError(column.name, "COMPRESSED columns are stored compressed in the binlog");
    default:
      throw new UnsupportedColumnError(column.name, `its type code ${column.type} is not known`);
  }
}

/** Steps over a column that the definition leaves out, of any type whose length can be told. */
export function columnSkipper(column: BinlogColumn, collations: Collations): ColumnWriter {
  switch (column.type) {
    case TYPE.geometry:
    case TYPE.vector:
    case TYPE.json:
    case TYPE.mariadbBlobCompressed:
      return (r) => {
        r.take(r.uintLE(column.meta));
      };
    case TYPE.mariadbVarcharCompressed:
      return (r) => {
        r.take(r.uintLE(column.meta > 255 ? 2 : 1));
      };
    default:
      return columnWriter(column, collations);
  }
}
