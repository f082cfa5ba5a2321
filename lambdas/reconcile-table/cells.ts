import { createHash, hash } from "node:crypto";
import { warehouseType } from "../../schemas/types/warehouse.ts";
import { BAR, BAR_TEXT, JSON_NULL, MAX_JSON_TEXT, NULL_TEXT } from "../../schemas/sql/reconcile/cells.ts";
import type { CellForm } from "../../schemas/sql/reconcile/cells.ts";
import { SLICE } from "../../schemas/sql/reconcile/parts.ts";
import { MalformedInputError } from "../core/errors.ts";
import { isLongDocument, pieces } from "../core/long-text.ts";
import { floatCell } from "./float-text.ts";
import { dateCell, momentCell, timeCell } from "./temporal-text.ts";
import type { ByteWriter } from "../core/byte-writer.ts";

/** Writes the canonical text of a cell whose record text is the JSON at `from[start, end)`, which is not null. */
export type CellWriter = (out: ByteWriter, from: Buffer, start: number, end: number) => void;

const QUOTE = 0x22;
const BACKSLASH = 0x5c;
const BAR_BYTE = 0x7c;
const NUL_ESCAPE = /((?:^|[^\\])(?:\\\\)*)\\u0000/g;
const PICTURE_OF_NUL = "\u2400";

/** The twin of cellSql (schemas/sql/reconcile/cell-sql.ts) on record texts. */
export function cellWriter(form: CellForm): CellWriter {
  const { type } = form.column;
  switch (type.kind) {
    case "decimal":
      // Beyond 38 digits the warehouse has the text.
      return type.precision <= 38 ? decimalCell(type.scale) : unquoted;
    case "int":
    case "year":
    case "bit":
      return unquoted;
    case "time":
      return timeCell;
    case "float":
      return floatCell(type.bits);
    case "date":
      return dateCell;
    case "datetime":
    case "timestamp":
      return momentCell;
    case "pseudonym":
      return plainText;
    case "string":
    case "enum":
    case "set":
      return textCell(form);
    case "bytes":
      return bytesCell(form);
    case "json":
      return jsonCell(form);
  }
}

const unquoted: CellWriter = (out, from, start, end) => {
  if (from[start] === QUOTE) out.slice(from, start + 1, end - 1);
  else out.slice(from, start, end);
};

const POINT = 0x2e;
const ZERO = 0x30;

/** NUMERIC prints the digits of its own scale, whatever scale the source's column has by now. */
function decimalCell(scale: number): CellWriter {
  return (out, from, start, end) => {
    const [first, last] = from[start] === QUOTE ? [start + 1, end - 1] : [start, end];
    let point = first;
    while (point < last && from[point] !== POINT) point += 1;
    const digits = Math.max(0, last - point - 1);
    let until = last;
    for (let more = digits; more > scale && from[until - 1] === ZERO; more -= 1) until -= 1;
    out.slice(from, first, until > first && from[until - 1] === POINT ? until - 1 : until);
    if (digits >= scale) return;
    if (digits === 0) out.byte(POINT);
    for (let more = digits; more < scale; more += 1) out.byte(ZERO);
  };
}

/** The text of a JSON string, with what stands for NUL in the warehouse; null when its bytes are the text already. */
function unescaped(from: Buffer, start: number, end: number): string | null {
  for (let i = start + 1; i < end - 1; i += 1) {
    if (from[i] === BACKSLASH) {
      return (JSON.parse(from.toString("utf8", start, end)) as string).replaceAll("\0", PICTURE_OF_NUL);
    }
  }
  return null;
}

/** One pass over the bytes of most texts; those with an escape or a bar are few. */
const plainText: CellWriter = (out, from, start, end) => {
  const { pos } = out;
  out.ensure(end - start);
  const { buf } = out;
  let at = pos;
  for (let i = start + 1; i < end - 1; i += 1) {
    const byte = from[i] as number;
    if (byte === BACKSLASH || byte === BAR_BYTE) {
      out.pos = pos;
      out.utf8((unescaped(from, start, end) ?? from.toString("utf8", start + 1, end - 1)).replaceAll(BAR, BAR_TEXT));
      return;
    }
    buf[at++] = byte;
  }
  out.pos = at;
};

const md5 = (data: string | Buffer): string => hash("md5", data, "hex");

function textCell(form: CellForm): CellWriter {
  const held = form.digested ? digestedText : plainText;
  if (form.parts.pieces === 0) return held;
  const width = widthOf(form);
  return (out, from, start, end) => {
    // As JSON no text is shorter than by itself.
    const text =
      end - start - 2 > width ? (unescaped(from, start, end) ?? from.toString("utf8", start + 1, end - 1)) : "";
    if (Buffer.byteLength(text) > width) out.ascii(keptDigest(text, form));
    else held(out, from, start, end);
  };
}

const digestedText: CellWriter = (out, from, start, end) => {
  out.ascii(md5(unescaped(from, start, end) ?? from.toString("utf8", start + 1, end - 1)));
};

/** The MD5 of the MD5s of the pieces that land-batch makes of a text, and of their size where there are more than these. */
function keptDigest(text: string, { parts }: CellForm): string {
  const kept = pieces(text);
  const all = createHash("md5");
  for (const piece of kept.slice(0, parts.pieces)) all.update(md5(piece));
  if (kept.length > parts.pieces) all.update(String(Buffer.byteLength(JSON.stringify(kept))));
  return all.digest("hex");
}

function widthOf({ column }: CellForm): number {
  const held = warehouseType(column.type);
  return "bytes" in held ? held.bytes : 0;
}

function bytesCell(form: CellForm): CellWriter {
  const width = widthOf(form);
  return (out, from, start, end) => {
    const content = Buffer.from(from.toString("latin1", start + 1, end - 1), "base64");
    if (form.parts.pieces > 0 && content.length > width) out.ascii(keptDigest(content.toString("hex"), form));
    else if (!form.digested) out.ascii(content.toString("hex"));
    else out.ascii(form.parts.slices === 0 ? md5(content.toString("hex")) : slicedDigest(content, form));
  };
}

/** The MD5 of the MD5s of the hex texts of the slices, and of the size where there are more bytes than these. */
function slicedDigest(content: Buffer, { parts: { slices } }: CellForm): string {
  const all = createHash("md5");
  const end = Math.min(content.length, slices * SLICE);
  for (let from = 0; from === 0 || from < end; from += SLICE) {
    all.update(md5(content.toString("hex", from, Math.min(from + SLICE, end))));
  }
  if (content.length > end) all.update(String(content.length));
  return all.digest("hex");
}

function jsonCell(form: CellForm): CellWriter {
  return (out, from, start, end) => {
    const text = JSON.parse(from.toString("utf8", start, end)) as unknown;
    if (typeof text !== "string") throw new MalformedInputError("JSON was decoded as something else than text");
    const landed = withoutNulEscapes(text);
    if (form.parts.pieces > 0 && isLongDocument(landed, () => JSON.parse(landed))) {
      out.ascii(keptDigest(landed, form));
      return;
    }
    const held = compact(landed);
    if (held === JSON_NULL) out.ascii(NULL_TEXT);
    else out.ascii(Buffer.byteLength(held) > MAX_JSON_TEXT ? slicedDigest(Buffer.from(held), form) : md5(held));
  };
}

/** Blanks outside strings say nothing, and SUPER does not keep them; MariaDB's JSON is text as it was written. */
const compact = (text: string): string => text.replace(/("(?:[^"\\]|\\.)*")|[ \t\n\r]+/g, "$1");

/** `\u0000` escapes as land-batch writes them. */
function withoutNulEscapes(text: string): string {
  if (!text.includes("\\u0000")) return text;
  const once = (input: string): string => input.replace(NUL_ESCAPE, `$1${PICTURE_OF_NUL}`);
  // Twice, because neighbours share the character before.
  return once(once(text));
}
