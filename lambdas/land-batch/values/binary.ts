import { pieces } from "./text.ts";
import { keepRaw, noteRaw, unfit } from "./value.ts";
import type { CellContext, CellEncoder } from "./value.ts";

const BASE64 = /^[A-Za-z0-9+/]*={0,2}$/;

/** @returns the bytes of base64 text, or null when it is none: Node's own decoder skips what it does not know. */
export function fromBase64(value: unknown): Buffer | null {
  return typeof value === "string" && value.length % 4 === 0 && BASE64.test(value)
    ? Buffer.from(value, "base64")
    : null;
}

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
