const BASE64 = /^[A-Za-z0-9+/]*={0,2}$/;

/** @returns the bytes of base64 text, or null when it is none: Node's own decoder skips what it does not know. */
export function fromBase64(value: unknown): Buffer | null {
  return typeof value === "string" && value.length % 4 === 0 && BASE64.test(value)
    ? Buffer.from(value, "base64")
    : null;
}
