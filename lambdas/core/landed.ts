import { landingPrefix, landingTopicPrefix, padOffset, parseLandingKey } from "../../schemas/naming.ts";
import type { LandingKey } from "../../schemas/naming.ts";
import type { ObjectStore } from "./ports.ts";

/** A landing object: what its key says, and where and how big it is. */
export interface LandedObject extends LandingKey {
  readonly key: string;
  readonly size: number;
}

/** The first offset of a partition that is not loaded yet. */
export type NextOffset = (partition: number) => number;

/** Sorts after every offset. */
const BEYOND = "~";

/**
 * Objects of a topic that hold anything not yet loaded, each definition and partition in the order of last offsets.
 * Because keys begin with the last offset, what is loaded is jumped over: the calls made grow with the partitions and
 * definitions, not with the objects that were ever written.
 * @param atMost objects of one definition and partition
 */
export async function* landedObjects(
  store: Pick<ObjectStore, "list">,
  place: { readonly cluster: string; readonly topic: string },
  next: NextOffset,
  atMost = Number.POSITIVE_INFINITY,
): AsyncIterable<LandedObject> {
  const prefix = landingTopicPrefix(place.cluster, place.topic);
  let after: string | null = prefix;
  while (after !== null) {
    const from: string = after;
    after = null;
    let folder = "";
    let taken = 0;
    for await (const { key, size } of store.list(prefix, from)) {
      const parsed = parseLandingKey(key);
      if (parsed === null) continue;
      const its = landingPrefix(parsed);
      const needed = `${its}${padOffset(next(parsed.partition))}`;
      if (key < needed) {
        after = needed;
        break;
      }
      taken = its === folder ? taken + 1 : 1;
      folder = its;
      if (taken > atMost) {
        after = `${its}${BEYOND}`;
        break;
      }
      yield { ...parsed, key, size };
    }
  }
}
