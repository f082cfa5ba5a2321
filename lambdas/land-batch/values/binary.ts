import { fromBase64 } from "../../core/base64.ts";
import { pieces } from "./text.ts";
import { keepRaw, noteRaw, unfit } from "./value.ts";
import type { CellContext, CellEncoder } from "./value.ts";

/**
 * BINARY, VARBINARY, BLOB: base64 in the record, hex in the file. COPY loads an empty field of VARBYTE as NULL, so an
 * empty value is also noted in `_raw`, from where the load transaction tells it apart.
 */
export function bytesCell(bytes: number, context: CellContext): CellEncoder {
  return (value, notes) => {
    const content = fromBase64(value);
    if (content === null) return unfit(context, value, "base64 text is needed (Debezium: binary.handling.mode=bytes)");
    if (content.length === 0) {
      noteRaw(context, "", notes);
      return context.nullMarker;
    }
    if (content.length <= bytes) return content.toString("hex");
    if (context.tooLong === "super") return keepRaw(context, pieces(content.toString("hex")), notes);
    return unfit(context, `${content.length} bytes`, `${bytes} bytes fit`);
  };
}
