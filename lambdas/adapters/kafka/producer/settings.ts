import type { Codec } from "./record-batch.ts";

export interface ProducerSettings {
  /** Bytes of a batch before compression; below the broker's message.max.bytes (1 MB by default). @default 256 KiB */
  readonly batchBytes?: number;
  /** How long a batch waits for company. @default 5 */
  readonly lingerMs?: number;
  /** Bytes not yet acknowledged at which `append` asks to wait. @default 4 MiB: more does not make it faster, and captures stay below 300 MB */
  readonly bufferBytes?: number;
  /** Longest time from first sending a batch to its acknowledgement. @default 120 s */
  readonly deliveryMs?: number;
  /** @default none */
  readonly codec?: Codec;
}

export const DEFAULT_SETTINGS: Required<ProducerSettings> = {
  batchBytes: 256 * 1024,
  lingerMs: 5,
  bufferBytes: 4 * 1024 * 1024,
  deliveryMs: 120_000,
  codec: "none",
};
