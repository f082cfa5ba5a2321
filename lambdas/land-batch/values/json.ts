import { MAX_VARCHAR } from "../../../schemas/types/warehouse.ts";
import { isLongDocument, pieces } from "../../core/long-text.ts";
import { quoted } from "./csv.ts";
import { keepRaw, unfit } from "./value.ts";
import type { CellContext, CellEncoder, RowNotes } from "./value.ts";

/** `\u0000` as an escape: preceded by an even number of backslashes. */
const NUL_ESCAPE = /((?:^|[^\\])(?:\\\\)*)\\u0000/g;

/** JSON documents travel as their text and become SUPER, whose strings hold 65,535 bytes each. */
export function jsonCell(context: CellContext): CellEncoder {
  return (value, notes) => {
    if (typeof value !== "string") return unfit(context, value, "JSON as text is needed");
    const text = value.includes("\\u0000") ? withoutNulEscapes(value, notes) : value;
    const parsed = parse(text);
    if (parsed === undefined) return unfit(context, value, "it is no JSON");
    if (HALF_PAIR.test(text) && !isWellFormed(parsed.value))
      return unfit(context, value.toWellFormed(), "half a surrogate pair is no character");
    if (isLongDocument(text, () => parsed.value)) {
      if (context.tooLong === "super") return keepRaw(context, pieces(text), notes);
      return unfit(context, value, `a string in it takes more than ${MAX_VARCHAR} bytes`);
    }
    return quoted(text);
  };
}

function parse(text: string): { readonly value: unknown } | undefined {
  try {
    return { value: JSON.parse(text) as unknown };
  } catch {
    return undefined;
  }
}

function withoutNulEscapes(text: string, notes: RowNotes): string {
  // Twice, because neighbours share the character before.
  const once = (input: string): string =>
    input.replace(NUL_ESCAPE, (_, before: string) => {
      notes.nulsReplaced += 1;
      return `${before}\u2400`;
    });
  return once(once(text));
}

/** A half pair as it is or as an escape; whole pairs match too and are looked at. */
const HALF_PAIR = /\\u[dD][89a-fA-F]|[\ud800-\udfff]/;

function isWellFormed(value: unknown): boolean {
  if (typeof value === "string") return value.isWellFormed();
  if (typeof value !== "object" || value === null) return true;
  return Object.entries(value).every(([key, item]) => key.isWellFormed() && isWellFormed(item));
}
