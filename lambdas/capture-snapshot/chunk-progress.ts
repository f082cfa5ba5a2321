import { z } from "zod";
import type { KeyValue } from "../core/capture-ports.ts";
import { ConfigurationError, FencedError } from "../core/errors.ts";
import type { Seal } from "../core/personal-data.ts";
import type { ObjectStore } from "../core/ports.ts";
import { parseStored, toBody } from "../core/stored-json.ts";

const keyPart = z.union([
  z.object({ text: z.string() }),
  z.object({ number: z.number() }),
  z.object({ base64: z.string() }),
]);
const keyParts = z.array(keyPart);
const progressSchema = z.object({
  rows: z.int(),
  done: z.boolean(),
  after: z.union([keyParts, z.object({ sealed: z.string() })]).nullable(),
  /** Where the source's log ended when the last row was read: nothing that was read lies after it. */
  end: z.object({ file: z.string(), pos: z.int() }).optional(),
});
/** How far a chunk is: everything up to and including the key `after` is acknowledged by Kafka. */
type Progress = z.output<typeof progressSchema>;

/** The chunk's own small object; conditional writes keep two runs of one chunk from undoing each other. */
export class ChunkProgress {
  readonly #state: ObjectStore;
  readonly #key: string;
  readonly #seal: Seal | null;
  #etag: string | null;
  now: Progress;

  private constructor(state: ObjectStore, key: string, seal: Seal | null, etag: string | null, now: Progress) {
    this.#state = state;
    this.#key = key;
    this.#seal = seal;
    this.#etag = etag;
    this.now = now;
  }

  /** @param seal for keys that must not lie on S3 in the clear; null for others */
  static async read(state: ObjectStore, key: string, seal: Seal | null): Promise<ChunkProgress> {
    const stored = await state.get(key);
    if (stored === null) return new ChunkProgress(state, key, seal, null, { rows: 0, done: false, after: null });
    const progress = parseStored(stored.body.toString("utf8"), key, progressSchema, "start another snapshot");
    return new ChunkProgress(state, key, seal, stored.etag, progress);
  }

  after(): readonly KeyValue[] | null {
    const { after } = this.now;
    if (after === null) return null;
    const parts = "sealed" in after ? this.#opened(after.sealed) : after;
    return parts.map((part) =>
      "text" in part ? part.text : "number" in part ? part.number : Buffer.from(part.base64, "base64"),
    );
  }

  #opened(sealed: string): z.output<typeof keyParts> {
    if (this.#seal === null) throw new ConfigurationError(`${this.#key} is sealed, but there is no key to open it`);
    return keyParts.parse(JSON.parse(this.#seal.open(sealed)));
  }

  async save(next: {
    rows: number;
    done: boolean;
    after: readonly KeyValue[] | null;
    end?: Progress["end"];
  }): Promise<void> {
    const parts =
      next.after?.map((part) =>
        typeof part === "string"
          ? { text: part }
          : typeof part === "number"
            ? { number: part }
            : { base64: part.toString("base64") },
      ) ?? null;
    const after = parts === null || this.#seal === null ? parts : { sealed: this.#seal.close(JSON.stringify(parts)) };
    const value: Progress = { ...next, after };
    const body = toBody(value);
    if (this.#etag === null) {
      const put = await this.#state.putIfAbsent(this.#key, body, "application/json");
      if (!put.created) throw new FencedError(`${this.#key} was written by another run`);
      this.#etag = put.etag;
    } else {
      this.#etag = (await this.#state.putIfMatch(this.#key, body, this.#etag)).etag;
    }
    this.now = value;
  }
}
