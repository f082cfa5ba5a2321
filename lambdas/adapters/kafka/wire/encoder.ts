/** Writes the primitive types of Kafka's protocol (big-endian, versions without compact types). */
export class Encoder {
  private buf = Buffer.allocUnsafe(256);
  private pos = 0;

  private room(n: number): void {
    if (this.pos + n <= this.buf.length) return;
    const bigger = Buffer.allocUnsafe(Math.max(this.buf.length * 2, this.pos + n));
    this.buf.copy(bigger, 0, 0, this.pos);
    this.buf = bigger;
  }

  i8(value: number): this {
    this.room(1);
    this.pos = this.buf.writeInt8(value, this.pos);
    return this;
  }

  i16(value: number): this {
    this.room(2);
    this.pos = this.buf.writeInt16BE(value, this.pos);
    return this;
  }

  i32(value: number): this {
    this.room(4);
    this.pos = this.buf.writeInt32BE(value, this.pos);
    return this;
  }

  string(text: string | null): this {
    if (text === null) return this.i16(-1);
    const length = Buffer.byteLength(text);
    this.i16(length).room(length);
    this.pos += this.buf.write(text, this.pos, "utf8");
    return this;
  }

  bytes(bytes: Buffer): this {
    this.i32(bytes.length).room(bytes.length);
    this.pos += bytes.copy(this.buf, this.pos);
    return this;
  }

  array<T>(items: readonly T[] | null, each: (item: T) => void): this {
    this.i32(items === null ? -1 : items.length);
    items?.forEach(each);
    return this;
  }

  finish(): Buffer {
    return this.buf.subarray(0, this.pos);
  }
}
