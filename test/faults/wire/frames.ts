/** Cuts a stream of bytes into the messages of a protocol whose heads say how long they are. */
export class Frames {
  readonly #head: number;
  readonly #length: (head: Buffer) => number;
  #rest: Buffer = Buffer.alloc(0);

  /**
   * @param head bytes that are needed to know a message's length
   * @param length whole length of the message that begins with these bytes
   */
  constructor(head: number, length: (head: Buffer) => number) {
    this.#head = head;
    this.#length = length;
  }

  /** @returns the messages that are complete now, each whole */
  push(chunk: Buffer): readonly Buffer[] {
    this.#rest = this.#rest.length === 0 ? chunk : Buffer.concat([this.#rest, chunk]);
    const frames: Buffer[] = [];
    while (this.#rest.length >= this.#head) {
      const length = this.#length(this.#rest);
      if (this.#rest.length < length) break;
      frames.push(this.#rest.subarray(0, length));
      this.#rest = this.#rest.subarray(length);
    }
    return frames;
  }
}
