const DIGITS = new Uint8Array(200);
for (let i = 0; i < 100; i += 1) {
  DIGITS[i * 2] = 48 + Math.floor(i / 10);
  DIGITS[i * 2 + 1] = 48 + (i % 10);
}

/**
 * An append-only byte buffer that is reused row after row: records are written as bytes from the start, because
 * building strings and encoding them costs more than everything else in change capture.
 */
export class ByteWriter {
  buf: Buffer;
  pos = 0;

  constructor(size = 65_536) {
    this.buf = Buffer.allocUnsafeSlow(size);
  }

  /** Makes room for `n` more bytes; call before writing to `buf` directly. */
  ensure(n: number): void {
    if (this.pos + n > this.buf.length) this.grow(n);
  }

  private grow(n: number): void {
    const bigger = Buffer.allocUnsafeSlow(Math.max(this.buf.length * 2, this.pos + n));
    this.buf.copy(bigger, 0, 0, this.pos);
    this.buf = bigger;
  }

  byte(value: number): void {
    if (this.pos >= this.buf.length) this.grow(1);
    this.buf[this.pos++] = value;
  }

  /** Bytes prepared beforehand (column names, constants); a loop beats a native copy below about 50 bytes. */
  raw(bytes: Uint8Array): void {
    this.slice(bytes, 0, bytes.length);
  }

  slice(from: Uint8Array, start: number, end: number): void {
    const n = end - start;
    this.ensure(n);
    const buf = this.buf;
    let at = this.pos;
    if (n < 48) {
      for (let i = start; i < end; i += 1) buf[at++] = from[i] as number;
    } else {
      buf.set(from.subarray(start, end), at);
    }
    this.pos += n;
  }

  ascii(text: string): void {
    const n = text.length;
    this.ensure(n);
    const buf = this.buf;
    let at = this.pos;
    if (n < 32) for (let i = 0; i < n; i += 1) buf[at++] = text.charCodeAt(i);
    else buf.write(text, at, n, "latin1");
    this.pos += n;
  }

  utf8(text: string): void {
    this.ensure(text.length * 3);
    this.pos += this.buf.write(text, this.pos, "utf8");
  }

  /** A whole number up to 2^53 in magnitude. */
  integer(value: number): void {
    this.ensure(17);
    if (value < 0) {
      this.buf[this.pos++] = 0x2d;
      value = -value;
    }
    let digits = 1;
    for (let limit = 10; value >= limit; limit *= 10) digits += 1;
    const { buf } = this;
    const end = this.pos + digits;
    let at = end;
    // Above 2^31 the remainder is split off once, so that the loop works on small integers.
    if (value >= 0x7fffffff) {
      const high = Math.floor(value / 1e8);
      let low = value - high * 1e8;
      for (let i = 0; i < 4; i += 1) {
        const rest = low % 100;
        low = (low - rest) / 100;
        buf[--at] = DIGITS[rest * 2 + 1] as number;
        buf[--at] = DIGITS[rest * 2] as number;
      }
      value = high;
    }
    while (value >= 100) {
      const rest = value % 100;
      value = (value - rest) / 100;
      buf[--at] = DIGITS[rest * 2 + 1] as number;
      buf[--at] = DIGITS[rest * 2] as number;
    }
    if (value >= 10) {
      buf[at - 1] = DIGITS[value * 2 + 1] as number;
      buf[at - 2] = DIGITS[value * 2] as number;
    } else if (at > this.pos) {
      buf[at - 1] = 48 + value;
    }
    this.pos = end;
  }

  /** Exactly two digits. */
  two(value: number): void {
    this.ensure(2);
    this.buf[this.pos++] = DIGITS[value * 2] as number;
    this.buf[this.pos++] = DIGITS[value * 2 + 1] as number;
  }

  /** `value` with leading zeros to `width`. */
  padded(value: number, width: number): void {
    this.ensure(width);
    for (let at = this.pos + width - 1; at >= this.pos; at -= 1) {
      this.buf[at] = 48 + (value % 10);
      value = Math.floor(value / 10);
    }
    this.pos += width;
  }

  /** What was written, as a view that the next use of the writer overwrites. */
  view(from = 0): Buffer {
    return this.buf.subarray(from, this.pos);
  }

  text(from = 0): string {
    return this.buf.toString("utf8", from, this.pos);
  }
}
