import { MysqlConnectionError, MysqlProtocolError } from "../errors.ts";
import type { ByteStream } from "./byte-stream.ts";

const MAX_PAYLOAD = 0xffffff;
/** No payload of this project's reads is larger; a length beyond is corruption, not memory to allocate. */
const MAX_MESSAGE = 1 << 30;

/**
 * Cuts the server's bytes into messages (payloads, joined where they span packets of 16 MB). Pull style: `next()` steps
 * to a message within the bytes at hand without copying or waiting; `more()` waits for bytes. What is not pulled is not
 * read from the socket, which is the back-pressure. After `next()` the message is `buf[start, end)`, valid until the
 * following `more()`.
 */
export class PacketReader {
  buf: Buffer = Buffer.alloc(0);
  start = 0;
  end = 0;
  /** Sequence id of the last packet, for the answer that continues it. */
  sequence = 0;
  private chunk: Buffer = Buffer.alloc(0);
  private at = 0;
  private parts: Buffer[] = [];
  private partsLength = 0;
  private readonly stream: ByteStream;

  constructor(stream: ByteStream) {
    this.stream = stream;
  }

  /** @returns false when the bytes at hand hold no whole message */
  next(): boolean {
    for (;;) {
      const { chunk, at } = this;
      if (chunk.length - at < 4) return false;
      const length = (chunk[at] as number) | ((chunk[at + 1] as number) << 8) | ((chunk[at + 2] as number) << 16);
      if (chunk.length - at - 4 < length) return false;
      this.sequence = chunk[at + 3] as number;
      const start = at + 4;
      this.at = start + length;
      if (length < MAX_PAYLOAD && this.parts.length === 0) {
        this.buf = chunk;
        this.start = start;
        this.end = this.at;
        return true;
      }
      this.parts.push(chunk.subarray(start, this.at));
      this.partsLength += length;
      if (this.partsLength > MAX_MESSAGE) throw new MysqlProtocolError(`a message of more than ${MAX_MESSAGE} bytes`);
      if (length < MAX_PAYLOAD) {
        this.buf = Buffer.concat(this.parts);
        this.parts = [];
        this.partsLength = 0;
        this.start = 0;
        this.end = this.buf.length;
        return true;
      }
    }
  }

  /**
   * Waits for more bytes.
   * @returns false when the signal aborted
   * @throws MysqlConnectionError when the server closed the connection
   */
  async more(signal?: AbortSignal): Promise<boolean> {
    const rest = this.chunk.subarray(this.at);
    const wanted = rest.length >= 4 ? 4 + rest.readUIntLE(0, 3) : 0;
    const chunks: Buffer[] = rest.length > 0 ? [rest] : [];
    let have = rest.length;
    do {
      if (signal?.aborted === true) return false;
      const chunk = this.stream.take() ?? (await this.stream.wait(signal));
      if (chunk === "aborted") return this.keep(chunks);
      if (chunk === null) throw new MysqlConnectionError("The MySQL server closed the connection");
      chunks.push(chunk);
      have += chunk.length;
    } while (have < wanted);
    this.keep(chunks);
    return true;
  }

  private keep(chunks: readonly Buffer[]): false {
    this.chunk = chunks.length === 1 ? (chunks[0] as Buffer) : Buffer.concat(chunks);
    this.at = 0;
    return false;
  }

  /** The next message, waiting for it. @throws MysqlConnectionError */
  async message(signal?: AbortSignal): Promise<boolean> {
    while (!this.next()) if (!(await this.more(signal))) return false;
    return true;
  }
}
