import type { AnyTable } from "../../schemas/model/table.ts";
import { keyColumns, usesKeyColumn } from "../../schemas/sql/keys.ts";
import { fromBase64 } from "./base64.ts";
import { MalformedInputError } from "./errors.ts";
import type { Row } from "./record.ts";

type KeyPart = (value: unknown) => string;

const hexOf = (text: string): string => Buffer.from(text, "utf8").toString("hex");

/** One text for one moment, however it was written: Debezium has `T`, `Z` and no trailing zeros. */
function momentText(value: unknown): string {
  return String(value)
    .replace("T", " ")
    .replace(/(?:Z|[+-]00:?00)$/, "")
    .replace(/(\.\d*?)0+$/, "$1")
    .replace(/\.$/, "");
}

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
      return (value) => hexOf(momentText(value));
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
