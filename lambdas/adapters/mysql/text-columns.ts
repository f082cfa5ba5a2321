import { columnTypeOf } from "../../../schemas/types/from-mysql.ts";
import type { SourceColumn } from "../../core/capture-ports.ts";
import { UnsupportedColumnError } from "./errors.ts";
import { stringWriter } from "./values/charsets.ts";
import type { Collations, StringWriter } from "./values/charsets.ts";
import { writeServerJson } from "./values/json-canonical.ts";
import { writeBase64 } from "./values/json-string.ts";
import { writeBigInteger, writeBits, writeDouble, writeFloat } from "./values/numbers.ts";

/** Writes one field of the text protocol as canonical JSON; the twin of the binlog's ColumnWriter. */
export type TextWriter = StringWriter;

const QUOTE = 0x22;
const ZERO = 0x30;
/** Every whole number of fewer digits is below 2^53. */
const SAFE_DIGITS = 16;

/** Leading zeros come from ZEROFILL. */
function skipZeros(from: Buffer, start: number, end: number): number {
  let at = start;
  while (at < end - 1 && from[at] === ZERO && from[at + 1] !== 0x2e) at += 1;
  return at;
}

const integer: TextWriter = (out, from, start, end) => {
  const at = skipZeros(from, start, end);
  if (end - at < SAFE_DIGITS) out.slice(from, at, end);
  else writeBigInteger(out, BigInt(from.toString("latin1", at, end)));
};

const quoted: TextWriter = (out, from, start, end) => {
  out.byte(QUOTE);
  out.slice(from, start, end);
  out.byte(QUOTE);
};

const decimal: TextWriter = (out, from, start, end) => quoted(out, from, skipZeros(from, start, end), end);

const double: TextWriter = (out, from, start, end) => writeDouble(out, Number(from.toString("latin1", start, end)));

const float: TextWriter = (out, from, start, end) =>
  writeFloat(out, Math.fround(Number(from.toString("latin1", start, end))));

/** `YYYY-MM-DD hh:mm:ss[.f]` in UTC, since the session's zone is; the zero timestamp is no instant. */
const timestamp: TextWriter = (out, from, start, end) => {
  if (from[start] === ZERO && from.toString("latin1", start, start + 10) === "0000-00-00") {
    quoted(out, from, start, end);
    return;
  }
  out.byte(QUOTE);
  out.slice(from, start, start + 10);
  out.byte(0x54);
  out.slice(from, start + 11, end);
  out.byte(0x5a);
  out.byte(QUOTE);
};

function text(column: SourceColumn, collation: number, collations: Collations): TextWriter {
  const charset = collations.get(collation) ?? column.charset ?? "";
  const writer = stringWriter(charset);
  if (writer === null) throw new UnsupportedColumnError(column.name, `character set '${charset}' is not known`);
  return writer;
}

/**
 * Compiles the writer of one column of a result.
 * @param collation collation id of the result column: the bytes come in the column's own character set
 * @throws UnsupportedColumnError
 */
export function textWriter(column: SourceColumn, collation: number, collations: Collations): TextWriter {
  const type = columnTypeOf(column);
  switch (type?.kind) {
    case "int":
    case "year":
      return integer;
    case "decimal":
      return decimal;
    case "float":
      return type.bits === 32 ? float : double;
    case "date":
    case "datetime":
    case "time":
      return quoted;
    case "timestamp":
      return timestamp;
    case "string":
    case "enum":
    case "set":
      return text(column, collation, collations);
    case "bytes":
      return writeBase64;
    case "bit":
      return writeBits;
    case "json":
      return writeServerJson;
    case undefined:
      throw new UnsupportedColumnError(column.name, `its type ${column.columnType} is not known`);
  }
}
