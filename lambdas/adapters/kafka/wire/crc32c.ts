/** CRC-32C (Castagnoli, RFC 3720), by tables for eight bytes a step: what record batches are protected by. */
const POLYNOMIAL = 0x82f63b78;
const SLICES = 8;
const TABLE = new Int32Array(SLICES * 256);
for (let n = 0; n < 256; n += 1) {
  let c = n;
  for (let k = 0; k < 8; k += 1) c = (c & 1) === 1 ? (c >>> 1) ^ POLYNOMIAL : c >>> 1;
  TABLE[n] = c;
}
for (let n = 0; n < 256; n += 1) {
  for (let slice = 1; slice < SLICES; slice += 1) {
    const previous = TABLE[(slice - 1) * 256 + n] as number;
    TABLE[slice * 256 + n] = (previous >>> 8) ^ (TABLE[previous & 0xff] as number);
  }
}

/** @returns the checksum of `buf[start, end)` as an unsigned number */
export function crc32c(buf: Uint8Array, start = 0, end = buf.length): number {
  let crc = -1;
  let i = start;
  const whole = end - ((end - start) % SLICES);
  const t = TABLE;
  for (; i < whole; i += SLICES) {
    const low =
      crc ^
      ((buf[i] as number) |
        ((buf[i + 1] as number) << 8) |
        ((buf[i + 2] as number) << 16) |
        ((buf[i + 3] as number) << 24));
    crc =
      (t[1792 + (low & 0xff)] as number) ^
      (t[1536 + ((low >>> 8) & 0xff)] as number) ^
      (t[1280 + ((low >>> 16) & 0xff)] as number) ^
      (t[1024 + (low >>> 24)] as number) ^
      (t[768 + (buf[i + 4] as number)] as number) ^
      (t[512 + (buf[i + 5] as number)] as number) ^
      (t[256 + (buf[i + 6] as number)] as number) ^
      (t[buf[i + 7] as number] as number);
  }
  for (; i < end; i += 1) crc = (crc >>> 8) ^ (t[(crc ^ (buf[i] as number)) & 0xff] as number);
  return (crc ^ -1) >>> 0;
}
