import type { Duplex } from "node:stream";
import { MysqlConnectionError } from "../errors.ts";

/** Read ahead this much while the consumer is busy, then let TCP hold the server back. */
const HIGH_WATER = 1 << 20;

/** A socket as chunks to pull. Keeps at most about `HIGH_WATER` bytes unread. */
export class ByteStream {
  private readonly socket: Duplex;
  private chunks: Buffer[] = [];
  private queued = 0;
  private ended = false;
  private failure: Error | null = null;
  private wake: (() => void) | null = null;

  constructor(socket: Duplex) {
    this.socket = socket;
    socket.on("data", (chunk: Buffer) => {
      this.chunks.push(chunk);
      this.queued += chunk.length;
      if (this.queued >= HIGH_WATER) socket.pause();
      this.notify();
    });
    socket.on("error", (error: Error) => {
      this.failure = error;
      this.notify();
    });
    const end = (): void => {
      this.ended = true;
      this.notify();
    };
    socket.on("end", end);
    socket.on("close", end);
    socket.resume();
  }

  private notify(): void {
    const { wake } = this;
    this.wake = null;
    wake?.();
  }

  /** All bytes at hand, or undefined when there are none. */
  take(): Buffer | undefined {
    if (this.chunks.length === 0) return undefined;
    const all = this.chunks.length === 1 ? this.chunks[0] : Buffer.concat(this.chunks, this.queued);
    const wasFull = this.queued >= HIGH_WATER;
    this.chunks = [];
    this.queued = 0;
    if (wasFull) this.socket.resume();
    return all;
  }

  /** Waits for bytes; null at the end of the stream. */
  async wait(signal?: AbortSignal): Promise<Buffer | "aborted" | null> {
    for (;;) {
      const chunk = this.take();
      if (chunk !== undefined) return chunk;
      if (this.failure !== null) {
        throw new MysqlConnectionError(`The connection to MySQL broke: ${this.failure.message}`, {
          cause: this.failure,
        });
      }
      if (this.ended) return null;
      if (signal?.aborted === true) return "aborted";
      await new Promise<void>((resolve) => {
        const abort = (): void => this.notify();
        signal?.addEventListener("abort", abort, { once: true });
        this.wake = () => {
          signal?.removeEventListener("abort", abort);
          resolve();
        };
      });
    }
  }

  write(bytes: Buffer): void {
    this.socket.write(bytes);
  }

  destroy(): void {
    this.socket.destroy();
  }
}
