import type { AnyTable } from "../../schemas/model/table.ts";
import { keyColumns, usesKeyColumn } from "../../schemas/sql/keys.ts";
import { fromBase64 } from "./base64.ts";
import { MalformedInputError } from "./errors.ts";
import type { Row } from "./record.ts";

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

type KeyPart = (value: unknown) => string;

function keyPart(kind: string): KeyPart {
  switch (kind) {
    case "bytes":
      return (value) => {
        const bytes = fromBase64(value);
        if (bytes === null) throw new MalformedInputError(`a binary key must be base64, not ${JSON.stringify(value)}`);
        return bytes.toString("hex");
      };
    case "date":
    case "datetime":
    case "timestamp":
      return (value) => hexOf(momentText(String(value)));
    default:
      return (value) => hexOf(String(value));
  }
}

/**
 * `_key` of a row: hex text of the key's exact bytes, components joined by `-`; '' for tables whose keys compare exactly
 * as they are, or that have none.
 */
export function keyEncoder(table: AnyTable): (row: Row) => string {
  if (!usesKeyColumn(table)) return () => "";
  const parts = keyColumns(table).map((name) => {
    const column = table.columns[name];
    return { source: column?.source ?? name, text: keyPart(column?.type.kind ?? "string") };
  });
  return (row) => parts.map(({ source, text }) => text(row[source])).join("-");
}
