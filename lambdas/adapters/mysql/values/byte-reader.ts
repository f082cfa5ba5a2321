import { CorruptBytesError } from "../errors.ts";

/**
 * Reads little-endian protocol values from bytes it does not own. One reader is reused for millions of values: the
 * fields are public on purpose. Every read checks the end, so truncated bytes are a typed error and never garbage.
 */
export class ByteReader {
  buf: Buffer;
  pos: number;
  end: number;

  constructor(buf: Buffer, pos = 0, end = buf.length) {
    this.buf = buf;
    this.pos = pos;
    this.end = end;
  }

  reset(buf: Buffer, pos: number, end: number): void {
    this.buf = buf;
    this.pos = pos;
    this.end = end;
  }

  /** Claims `n` bytes. @returns where they start */
  take(n: number): number {
    const at = this.pos;
    if (n < 0 || n > this.end - at) throw new CorruptBytesError(`${n} bytes wanted where ${this.end - at} are left`);
    this.pos = at + n;
    return at;
  }

  get left(): number {
    return this.end - this.pos;
  }

  u8(): number {
    return this.buf[this.take(1)] as number;
  }

  u16(): number {
    const at = this.take(2);
    const b = this.buf;
    return (b[at] as number) | ((b[at + 1] as number) << 8);
  }

  u24(): number {
    const at = this.take(3);
    const b = this.buf;
    return (b[at] as number) | ((b[at + 1] as number) << 8) | ((b[at + 2] as number) << 16);
  }

  u32(): number {
    const at = this.take(4);
    const b = this.buf;
    return (
      ((b[at] as number) | ((b[at + 1] as number) << 8) | ((b[at + 2] as number) << 16)) +
      (b[at + 3] as number) * 0x1000000
    );
  }

  /** Whole numbers up to 2^53; beyond that the caller needs `u64Big`. */
  u48(): number {
    const low = this.u32();
    return low + this.u16() * 0x100000000;
  }

  u64(): number {
    const low = this.u32();
    const high = this.u32();
    if (high > 0x1fffff) throw new CorruptBytesError("a position or length above 2^53");
    return low + high * 0x100000000;
  }

  u64Big(): bigint {
    return this.buf.readBigUInt64LE(this.take(8));
  }

  /** `n` bytes, least significant first, as an unsigned number (n <= 6). */
  uintLE(n: number): number {
    return n === 0 ? 0 : this.buf.readUIntLE(this.take(n), n);
  }

  /** Length-encoded integer ("packed"): 1, 3, 4 or 9 bytes. */
  packed(): number {
    const first = this.u8();
    if (first < 0xfb) return first;
    if (first === 0xfc) return this.u16();
    if (first === 0xfd) return this.u24();
    if (first === 0xfe) return this.u64();
    throw new CorruptBytesError(`0x${first.toString(16)} does not open a length`);
  }

  /** A copy-free view of `n` bytes. */
  bytes(n: number): Buffer {
    const at = this.take(n);
    return this.buf.subarray(at, at + n);
  }

  utf8(n: number): string {
    const at = this.take(n);
    return this.buf.toString("utf8", at, at + n);
  }

  /** Text up to a NUL byte, which is consumed. */
  utf8z(): string {
    const stop = this.buf.indexOf(0, this.pos);
    if (stop < 0 || stop >= this.end) throw new CorruptBytesError("text without its closing NUL");
    const text = this.buf.toString("utf8", this.pos, stop);
    this.pos = stop + 1;
    return text;
  }
}
