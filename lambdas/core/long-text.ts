import { MAX_VARCHAR } from "../../schemas/types/warehouse.ts";

/** UTF-16 units never need more than three bytes each in UTF-8. */
export const MOST_BYTES_A_UNIT = 3;

/**
 * Whether a document has a string or a name that SUPER cannot hold: `_raw` keeps it then, or quarantine.
 * @param parsed its value; asked for only where the text is long enough
 */
export const isLongDocument = (text: string, parsed: () => unknown): boolean =>
  text.length * MOST_BYTES_A_UNIT > MAX_VARCHAR && holdsLongString(parsed());

function holdsLongString(value: unknown): boolean {
  if (typeof value === "string")
    return value.length * MOST_BYTES_A_UNIT > MAX_VARCHAR && Buffer.byteLength(value) > MAX_VARCHAR;
  if (typeof value !== "object" || value === null) return false;
  return Object.entries(value).some(([key, item]) => holdsLongString(key) || holdsLongString(item));
}

/** A text cut between characters into strings that SUPER can hold. */
export function pieces(text: string): readonly string[] {
  const step = Math.floor(MAX_VARCHAR / MOST_BYTES_A_UNIT) - 1;
  const parts: string[] = [];
  for (let from = 0; from < text.length;) {
    let to = Math.min(from + step, text.length);
    if (to < text.length && /[\uD800-\uDBFF]/.test(text.charAt(to - 1))) to -= 1;
    parts.push(text.slice(from, to));
    from = to;
  }
  return parts;
}
