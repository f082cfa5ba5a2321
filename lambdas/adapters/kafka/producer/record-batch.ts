import { gzipSync, zstdCompressSync } from "node:zlib";
import { crc32c } from "../wire/crc32c.ts";

export type Codec = "none" | "gzip" | "zstd";

const CODEC_BITS: Readonly<Record<Codec, number>> = { none: 0, gzip: 1, zstd: 4 };
/** Bytes before the records of a batch, format version 2 (https://kafka.apache.org/documentation/#recordbatch). */
const HEADER = 61;
const CRC_AT = 17;
const CRC_FROM = 21;
const NO_LEADER_EPOCH = -1;
const MAGIC = 2;
/** Varints of a record's head and lengths take at most this. */
const RECORD_OVERHEAD = 32;

export interface ProducerIdentity {
  readonly id: bigint;
  readonly epoch: number;
}

/** Zigzag varint. @returns the position after it */
function varint(buf: Buffer, at: number, value: number): number {
  let v = ((value << 1) ^ (value >> 31)) >>> 0;
  while (v > 0x7f) {
    buf[at++] = (v & 0x7f) | 0x80;
    v >>>= 7;
  }
  buf[at++] = v;
  return at;
}

function varintSize(value: number): number {
  const v = ((value << 1) ^ (value >> 31)) >>> 0;
  return v < 0x80 ? 1 : v < 0x4000 ? 2 : v < 0x200000 ? 3 : v < 0x10000000 ? 4 : 5;
}

/** A batch that records are written into as they come: no object per record. Reused after it is acknowledged. */
export class RecordBatch {
  private buf: Buffer;
  private pos = HEADER;
  private sealed: Buffer | null = null;
  private baseTimestamp = 0;
  private lastTimestamp = 0;
  /** When the first record came, and when it was sent first; milliseconds. */
  openedAt = 0;
  sentAt = 0;
  count = 0;
  /** Sequence of its first record; set when it is sealed. */
  sequence = 0;

  constructor(size: number) {
    this.buf = Buffer.allocUnsafeSlow(size);
  }

  get size(): number {
    return this.pos;
  }

  /** Bytes of the records alone. */
  get payload(): number {
    return this.pos - HEADER;
  }

  get capacity(): number {
    return this.buf.length;
  }

  /** Whether a record of so many bytes goes in without growing. An empty batch takes any. */
  fits(bytes: number): boolean {
    return this.count === 0 || this.pos + bytes + RECORD_OVERHEAD <= this.buf.length;
  }

  /** @param keyStart -1 for no key */
  append(from: Buffer, keyStart: number, keyEnd: number, valueStart: number, valueEnd: number, now: number): void {
    const keyLength = keyStart < 0 ? 0 : keyEnd - keyStart;
    const valueLength = valueEnd - valueStart;
    const needed = this.pos + keyLength + valueLength + RECORD_OVERHEAD;
    if (needed > this.buf.length) this.grow(needed);
    if (this.count === 0) {
      this.baseTimestamp = now;
      this.openedAt = now;
    }
    const delta = now - this.baseTimestamp;
    const { buf } = this;
    const keyMark = keyStart < 0 ? -1 : keyLength;
    const length =
      1 +
      varintSize(delta) +
      varintSize(this.count) +
      varintSize(keyMark) +
      keyLength +
      varintSize(valueLength) +
      valueLength +
      1;
    let at = varint(buf, this.pos, length);
    buf[at++] = 0;
    at = varint(buf, at, delta);
    at = varint(buf, at, this.count);
    at = varint(buf, at, keyMark);
    if (keyLength > 0) at += from.copy(buf, at, keyStart, keyEnd);
    at = varint(buf, at, valueLength);
    at += from.copy(buf, at, valueStart, valueEnd);
    buf[at++] = 0;
    this.pos = at;
    this.count += 1;
    this.lastTimestamp = now;
  }

  private grow(needed: number): void {
    const bigger = Buffer.allocUnsafeSlow(needed);
    this.buf.copy(bigger, 0, 0, this.pos);
    this.buf = bigger;
  }

  /** Finishes the batch; the same bytes are given again for a retry. */
  seal(producer: ProducerIdentity, sequence: number, codec: Codec): Buffer {
    if (this.sealed !== null) return this.sealed;
    this.sequence = sequence;
    let whole = this.buf.subarray(0, this.pos);
    if (codec !== "none") {
      const records = whole.subarray(HEADER);
      const packed = codec === "gzip" ? gzipSync(records, { level: 1 }) : zstdCompressSync(records);
      whole = Buffer.concat([whole.subarray(0, HEADER), packed]);
    }
    whole.writeBigInt64BE(0n, 0);
    whole.writeInt32BE(whole.length - 12, 8);
    whole.writeInt32BE(NO_LEADER_EPOCH, 12);
    whole[16] = MAGIC;
    whole.writeInt16BE(CODEC_BITS[codec], CRC_FROM);
    whole.writeInt32BE(this.count - 1, 23);
    whole.writeBigInt64BE(BigInt(this.baseTimestamp), 27);
    whole.writeBigInt64BE(BigInt(this.lastTimestamp), 35);
    whole.writeBigInt64BE(producer.id, 43);
    whole.writeInt16BE(producer.epoch, 51);
    whole.writeInt32BE(sequence, 53);
    whole.writeInt32BE(this.count, 57);
    whole.writeUInt32BE(crc32c(whole, CRC_FROM), CRC_AT);
    this.sealed = whole;
    return whole;
  }

  reset(): void {
    this.pos = HEADER;
    this.count = 0;
    this.sealed = null;
    this.sentAt = 0;
  }
}
