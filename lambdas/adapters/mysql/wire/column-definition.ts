import { MysqlProtocolError } from "../errors.ts";
import { ByteReader } from "../values/byte-reader.ts";

/** A result column as the server describes it. */
export interface ColumnDefinition {
  readonly name: string;
  /** MySQL's protocol type code. */
  readonly type: number;
  /** Collation id; 63 is binary. */
  readonly collation: number;
  /** Display length in bytes. */
  readonly length: number;
  readonly flags: number;
  readonly decimals: number;
}

/** Bytes after the names: length mark, collation, length, type, flags, decimals, filler. */
const TAIL = 13;

/** Reads a column definition. The tail is found from the end, because MariaDB may put extended metadata before it. */
export function readColumnDefinition(buf: Buffer, start: number, end: number): ColumnDefinition {
  const reader = new ByteReader(buf, start, end);
  for (let i = 0; i < 4; i += 1) reader.take(reader.packed());
  const name = reader.utf8(reader.packed());
  if (end - TAIL < reader.pos || buf[end - TAIL] !== TAIL - 1) {
    throw new MysqlProtocolError(`column '${name}' has a definition of an unknown shape`);
  }
  const tail = new ByteReader(buf, end - TAIL + 1, end);
  return {
    name,
    collation: tail.u16(),
    length: tail.u32(),
    type: tail.u8(),
    flags: tail.u16(),
    decimals: tail.u8(),
  };
}
