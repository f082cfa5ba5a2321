/** Bytes of one row's canonical text; reused row after row. */
export class TextSink {
  bytes: Buffer = Buffer.allocUnsafeSlow(65_536);
  length = 0;

  ensure(more: number): void {
    if (this.length + more <= this.bytes.length) return;
    const bigger = Buffer.allocUnsafeSlow(Math.max(this.bytes.length * 2, this.length + more));
    this.bytes.copy(bigger, 0, 0, this.length);
    this.bytes = bigger;
  }

  byte(value: number): void {
    if (this.length >= this.bytes.length) this.ensure(1);
    this.bytes[this.length++] = value;
  }

  /** A loop beats a native copy below about 50 bytes. */
  slice(from: Buffer, start: number, end: number): void {
    const n = end - start;
    this.ensure(n);
    if (n < 48) {
      const { bytes } = this;
      let at = this.length;
      for (let i = start; i < end; i += 1) bytes[at++] = from[i] as number;
    } else this.bytes.set(from.subarray(start, end), this.length);
    this.length += n;
  }

  ascii(text: string): void {
    this.ensure(text.length);
    for (let i = 0; i < text.length; i += 1) this.bytes[this.length++] = text.charCodeAt(i);
  }

  utf8(text: string): void {
    this.ensure(text.length * 3);
    this.length += this.bytes.write(text, this.length, "utf8");
  }

  view(): Buffer {
    return this.bytes.subarray(0, this.length);
  }
}
