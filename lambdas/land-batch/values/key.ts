import type { AnyTable } from "../../../schemas/model/table.ts";
import type { Row } from "../../core/record.ts";
import { keyColumns, usesKeyColumn } from "../../../schemas/sql/keys.ts";
import { MalformedInputError } from "../../core/errors.ts";
import { hexOf, momentText } from "../../core/key-text.ts";
import { fromBase64 } from "./binary.ts";

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
