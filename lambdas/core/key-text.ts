/** Hexadecimal digits of a text's bytes. */
export function hexOf(text: string): string {
  return text.isWellFormed() ? Buffer.from(text, "utf8").toString("hex") : Array.from(text, hexOfPoint).join("");
}

/**
 * Halves of surrogate pairs stand for bytes that are no character (lambdas/land-batch/values/text.ts): as three bytes
 * that no UTF-8 text has (WTF-8), so that keys that differ in them stay apart.
 */
function hexOfPoint(character: string): string {
  const point = character.codePointAt(0) ?? 0;
  if (point < 0xd800 || point > 0xdfff) return Buffer.from(character, "utf8").toString("hex");
  return Buffer.from([0xe0 | (point >> 12), 0x80 | ((point >> 6) & 0x3f), 0x80 | (point & 0x3f)]).toString("hex");
}

/** One text for one moment, however it was written: Debezium has `T`, `Z` and no trailing zeros. */
export function momentText(text: string): string {
  return text
    .replace("T", " ")
    .replace(/(?:Z|[+-]00:?00)$/, "")
    .replace(/(\.\d*?)0+$/, "$1")
    .replace(/\.$/, "");
}
