import { MAX_VARCHAR } from "../../../schemas/types/warehouse.ts";
import { MOST_BYTES_A_UNIT, pieces } from "../../core/long-text.ts";
import { quoted } from "./csv.ts";
import { keepRaw, unfit, VariantNeeded } from "./value.ts";
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
    const text = value.includes("\0") ? withoutNul(value, notes) : value;
    if (text === context.nullMarker) throw new VariantNeeded({ kind: "nullMarker" });
    if (text.length > surelyFits && Buffer.byteLength(text) > bytes)
      return tooLong(text, bytes, widens, context, notes);
    if (!text.isWellFormed()) return unfit(context, value, "half a surrogate pair is no character");
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

function tooLong(text: string, bytes: number, widens: boolean, context: CellContext, notes: RowNotes): string {
  if (context.tooLong === "super") return keepRaw(context, pieces(text), notes);
  const length = Buffer.byteLength(text);
  if (context.tooLong === "widen" && widens && length <= MAX_VARCHAR) {
    throw new VariantNeeded({ kind: "width", column: context.name });
  }
  return unfit(context, text, `it takes ${length} bytes of UTF-8, ${bytes} fit`);
}
