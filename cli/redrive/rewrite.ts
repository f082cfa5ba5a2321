import { FencedError } from "../../lambdas/core/errors.ts";
import type { ObjectStore } from "../../lambdas/core/ports.ts";

/** What became of a place that was sent back: out of quarantine, or still in it with a reason. */
export type Fate = { readonly kind: "done" } | { readonly kind: "refused"; readonly reason: string };

/** Fate by `topic:partition:offset`; a place that is not named stays as it is. */
export type Fates = ReadonlyMap<string, Fate>;

export const placeId = (place: {
  readonly topic: string;
  readonly partition: number;
  readonly offset: number;
}): string => `${place.topic}:${place.partition}:${place.offset}`;

const TRIES = 5;

/**
 * Takes what is done out of an object of quarantine and notes the new reasons; lines that are none of either stay as they
 * are. Written only if nobody else has written meanwhile, else read again.
 */
export async function rewriteQuarantine(store: ObjectStore, key: string, fates: Fates): Promise<void> {
  for (let tries = 1; ; tries++) {
    const stored = await store.get(key);
    if (stored === null) return;
    const before = stored.body.toString("utf8");
    const lines = before.split("\n").filter((line) => line !== "");
    const kept = lines.flatMap((line) => settled(line, fates));
    const text = kept.map((line) => `${line}\n`).join("");
    if (text === before) return;
    if (kept.length === 0) return store.remove(key);
    try {
      await store.putIfMatch(key, Buffer.from(text, "utf8"), stored.etag);
      return;
    } catch (error) {
      if (!(error instanceof FencedError) || tries >= TRIES) throw error;
    }
  }
}

function settled(line: string, fates: Fates): readonly string[] {
  const item = parse(line);
  if (!isPlace(item)) return [line];
  const fate = fates.get(placeId(item));
  if (fate === undefined) return [line];
  return fate.kind === "done" ? [] : [JSON.stringify({ ...item, reason: fate.reason })];
}

interface Place {
  readonly topic: string;
  readonly partition: number;
  readonly offset: number;
}

function isPlace(value: unknown): value is Place {
  return typeof value === "object" && value !== null && "topic" in value && "partition" in value && "offset" in value;
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
