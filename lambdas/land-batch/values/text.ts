import { MAX_VARCHAR } from "../../../schemas/types/warehouse.ts";
import { MOST_BYTES_A_UNIT, pieces } from "../../core/long-text.ts";
import { quoted } from "./csv.ts";
import { keepRaw, noNotes, unfit, VariantNeeded } from "./value.ts";
import type { CellContext, CellEncoder, RowNotes } from "./value.ts";

export { pieces };

/**
 * Text, at most `bytes` bytes in UTF-8.
 * @param widens whether the warehouse's column may be made wider; key columns cannot
 */
export function textCell(bytes: number, widens: boolean, context: CellContext): CellEncoder {
  const surelyFits = Math.floor(bytes / MOST_BYTES_A_UNIT);
  return (value, notes) => {
    if (typeof value !== "string") return unfit(context, value, "text is needed");
    const whole = value.isWellFormed() ? value : replaceEscapes(value, context, notes);
    const text = whole.includes("\0") ? withoutNul(whole, notes) : whole;
    if (text === context.nullMarker) throw new VariantNeeded({ kind: "nullMarker" });
    if (text.length > surelyFits && Buffer.byteLength(text) > bytes)
      return tooLong(text, bytes, widens, context, notes);
    return quoted(text);
  };
}

/** NUL ends a record for COPY: its picture U+2400 stands in for it, and is counted. */
export function withoutNul(text: string, notes: RowNotes): string {
  return text.replaceAll("\0", () => {
    notes.nulsReplaced += 1;
    return "\u2400";
  });
}

/**
 * Bytes that capture could not decode travel as U+DC00 plus the byte (lambdas/adapters/mysql/values/undecodable.ts): the
 * column holds U+FFFD for each, `_raw` the text with `\xHH` in their place, and they are counted.
 * @throws UnfitValueError for other halves of surrogate pairs, which are no text of ours
 */
function replaceEscapes(value: string, context: CellContext, notes: RowNotes): string {
  if (OTHER_HALF.test(value)) unfit(context, value.toWellFormed(), "half a surrogate pair is no character");
  const text = value.toWellFormed();
  if (context.tooLong === "super" || Buffer.byteLength(text) <= MAX_VARCHAR) {
    keepRaw(context, superText(spelledOut(value, notes), noNotes()), notes);
  }
  return text;
}

/** `\xHH` for each escaped byte, and a backslash as two. */
function spelledOut(text: string, notes: RowNotes): string {
  return text.replaceAll("\\", "\\\\").replace(HALF_PAIR, (half) => {
    notes.undecodable += 1;
    return `\\x${(half.charCodeAt(0) - ESCAPE_BASE).toString(16).padStart(2, "0")}`;
  });
}

const ESCAPE_BASE = 0xdc00;
const HALF_PAIR = /\p{Surrogate}/gu;
/** Halves that stand for no byte. */
const OTHER_HALF = /[\ud800-\udbff]|[\udd00-\udfff]/u;

function tooLong(text: string, bytes: number, widens: boolean, context: CellContext, notes: RowNotes): string {
  if (context.tooLong === "super") return keepRaw(context, pieces(text), notes);
  const length = Buffer.byteLength(text);
  if (context.tooLong === "widen" && widens && length <= MAX_VARCHAR) {
    throw new VariantNeeded({ kind: "width", column: context.name });
  }
  return unfit(context, text, `it takes ${length} bytes of UTF-8, ${bytes} fit`);
}

/** A text as SUPER can hold it: no NUL, no half surrogate pairs, strings of 65,535 bytes. */
export function superText(text: string, notes: RowNotes): string | readonly string[] {
  const whole = text.isWellFormed() ? text : spelledOut(text, notes);
  const held = whole.includes("\0") ? withoutNul(whole, notes) : whole;
  return Buffer.byteLength(held) > MAX_VARCHAR ? pieces(held) : held;
}
