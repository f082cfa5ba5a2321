/** Hexadecimal digits of a text's bytes. */
export const hexOf = (text: string): string => Buffer.from(text, "utf8").toString("hex");

/** One text for one moment, however it was written: Debezium has `T`, `Z` and no trailing zeros. */
export function momentText(text: string): string {
  return text
    .replace("T", " ")
    .replace(/(?:Z|[+-]00:?00)$/, "")
    .replace(/(\.\d*?)0+$/, "$1")
    .replace(/\.$/, "");
}
