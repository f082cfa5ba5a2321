import { createHash } from "node:crypto";
import type { Publisher } from "./capture-ports.ts";
import { METRICS } from "./metrics.ts";
import type { Now, ObjectStore, Telemetry } from "./ports.ts";
import { MOST_BYTES_A_UNIT } from "./long-text.ts";

/**
 * Bytes of a record's value that reach land-batch: an invocation takes 6 MB, in which Kafka's values are base64, and a
 * record that does not fit is given up by the event source (AWS Lambda quotas; "Payload size" of the MSK event source).
 */
export const MAX_VALUE_BYTES = 4_500_000;

export interface SizeLimitPorts {
  /** The quarantine bucket. */
  readonly quarantine: Pick<ObjectStore, "putIfAbsent">;
  readonly telemetry: Telemetry;
  readonly now: Now;
}

/**
 * A publisher that sends no record which the rest of the way cannot carry. What is too large goes without the row's
 * former columns, which no later stage reads; what is too large even so goes to quarantine, whole, before anything
 * after it counts as published. Safe to repeat: the same change is the same object there.
 */
export function withSizeLimit(publisher: Publisher, ports: SizeLimitPorts): Publisher {
  const kept: Promise<void>[] = [];
  const settled = async (): Promise<void> => {
    await Promise.all(kept.splice(0));
  };
  return {
    send(topic, key, value) {
      if (fits(value)) return publisher.send(topic, key, value);
      const smaller = key === null ? value : withKeyAsBefore(value, key);
      if (fits(smaller)) return publisher.send(topic, key, smaller);
      const keeping = keep(topic, key, value, ports);
      // Whoever awaits it hears of the failure; nobody may be there yet.
      keeping.catch(() => undefined);
      kept.push(keeping);
      return false;
    },
    sendToAll: (topic, value) => publisher.sendToAll(topic, value),
    async drained() {
      await settled();
      await publisher.drained();
    },
    async flush() {
      await settled();
      await publisher.flush();
    },
    close: () => publisher.close(),
  };
}

const fits = (value: string): boolean =>
  value.length * MOST_BYTES_A_UNIT <= MAX_VALUE_BYTES || Buffer.byteLength(value, "utf8") <= MAX_VALUE_BYTES;

async function keep(topic: string, key: string | null, value: string, ports: SizeLimitPorts): Promise<void> {
  const reason = `the record is larger than ${MAX_VALUE_BYTES} bytes, which no event of land-batch can hold`;
  const base64 = (text: string): string => Buffer.from(text, "utf8").toString("base64");
  const line = {
    ...{ reason, topic, partition: null, offset: null, timestamp: ports.now() },
    ...{ key: key === null ? null : base64(key), value: base64(value) },
  };
  // A replay differs in the time of its capture only, which stands before `source`.
  const change = `${topic} ${key} ${value.slice(value.lastIndexOf('"source":'))}`;
  const object = `capture/${topic}/${createHash("sha256").update(change).digest("hex").slice(0, 32)}.jsonl`;
  const { created } = await ports.quarantine.putIfAbsent(
    object,
    Buffer.from(`${JSON.stringify(line)}\n`),
    "application/x-ndjson",
  );
  if (!created) return;
  ports.telemetry.error("a record is too large and in quarantine", { topic, object });
  ports.telemetry.metric(METRICS.quarantined, 1, "Count", { Table: topic });
}

const BEFORE = '{"before":';

/** @param value of recordWriter @param key the record's key: the columns that say which row it was */
function withKeyAsBefore(value: string, key: string): string {
  if (!value.startsWith(`${BEFORE}{`)) return value;
  return `${BEFORE}${key}${value.slice(endOfObject(value, BEFORE.length))}`;
}

/** @returns the place after the object that opens at `start` */
function endOfObject(text: string, start: number): number {
  let depth = 0;
  let quoted = false;
  for (let at = start; at < text.length; at += 1) {
    const char = text[at];
    if (quoted) {
      if (char === "\\") at += 1;
      else if (char === '"') quoted = false;
    } else if (char === '"') quoted = true;
    else if (char === "{") depth += 1;
    else if (char === "}" && --depth === 0) return at + 1;
  }
  return text.length;
}
