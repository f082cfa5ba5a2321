import { KafkaProtocolError } from "../errors.ts";

/** Reads the primitive types of Kafka's protocol. A short answer is a typed error. */
export class Decoder {
  private readonly buf: Buffer;
  private pos = 0;

  constructor(buf: Buffer) {
    this.buf = buf;
  }

  private take(n: number): number {
    const at = this.pos;
    if (n < 0 || at + n > this.buf.length) throw new KafkaProtocolError("the broker's answer ends early");
    this.pos = at + n;
    return at;
  }

  bool(): boolean {
    return this.buf[this.take(1)] !== 0;
  }

  i16(): number {
    return this.buf.readInt16BE(this.take(2));
  }

  i32(): number {
    return this.buf.readInt32BE(this.take(4));
  }

  i64(): bigint {
    return this.buf.readBigInt64BE(this.take(8));
  }

  string(): string | null {
    const length = this.i16();
    if (length < 0) return null;
    const at = this.take(length);
    return this.buf.toString("utf8", at, at + length);
  }

  bytes(): Buffer {
    const length = Math.max(0, this.i32());
    const at = this.take(length);
    return this.buf.subarray(at, at + length);
  }

  array<T>(each: () => T): T[] {
    const items: T[] = [];
    for (let left = this.i32(); left > 0; left -= 1) items.push(each());
    return items;
  }
}
