import { isUtf8 } from "node:buffer";
import { MalformedInputError } from "../core/errors.ts";

/** What Node writes for bytes that are no UTF-8; where there is none, all was well. */
const REPLACEMENT = "\ufffd";
const FIRST_SIZE = 64 * 1024;

/**
 * Base64 -> UTF-8 text through one buffer that is used again: a new one for every record is a tenth of landing's time.
 * @returns a reader that throws MalformedInputError for bytes that are no UTF-8: U+FFFD in their place would be another
 * value
 */
export function base64Text(): (base64: string) => string {
  let buffer = Buffer.allocUnsafe(FIRST_SIZE);
  return (base64) => {
    if (base64.length > buffer.length) buffer = Buffer.allocUnsafe(base64.length);
    const length = buffer.write(base64, 0, "base64");
    const text = buffer.toString("utf8", 0, length);
    if (text.includes(REPLACEMENT) && !isUtf8(buffer.subarray(0, length)))
      throw new MalformedInputError("the value is no UTF-8");
    return text;
  };
}
