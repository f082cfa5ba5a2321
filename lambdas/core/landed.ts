import { landingPrefix, landingTopicPrefix, padOffset, parseLandingKey } from "../../schemas/naming.ts";
import type { LandingKey } from "../../schemas/naming.ts";
import type { ObjectStore } from "./ports.ts";

/** A landing object: what its key says, and where and how big it is. */
export interface LandedObject extends LandingKey {
  readonly key: string;
  readonly size: number;
}

interface Place {
  readonly cluster: string;
  readonly topic: string;
}

/** The first offset of a partition that is not loaded yet. */
export type NextOffset = (partition: number) => number;

/** What a listing has found of a topic. */
export interface Landed {
  readonly objects: readonly LandedObject[];
  /** Up to which offset all objects of a partition are among them: past it, a listing that was cut has left some out. */
  readonly wholeTo: (partition: number) => number;
}

/** Sorts after every offset. */
const BEYOND = "~";

/**
 * Objects of a topic that hold anything not yet loaded, each definition and partition in the order of last offsets.
 * Because keys begin with the last offset, what is loaded is jumped over: the calls made grow with the partitions and
 * definitions, not with the objects that were ever written.
 * @param atMost objects of one definition and partition
 * @param cutAt told of the last object taken where there are more
 */
export async function* landedObjects(
  store: Pick<ObjectStore, "list">,
  place: Place,
  next: NextOffset,
  atMost = Number.POSITIVE_INFINITY,
  cutAt: (last: LandedObject) => void = () => undefined,
): AsyncIterable<LandedObject> {
  const prefix = landingTopicPrefix(place.cluster, place.topic);
  let after: string | null = prefix;
  while (after !== null) {
    const from: string = after;
    after = null;
    let last: LandedObject | null = null;
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
      if (last === null || !last.key.startsWith(its)) taken = 0;
      else if (taken >= atMost) {
        cutAt(last);
        after = `${its}${BEYOND}`;
        break;
      }
      taken += 1;
      last = { ...parsed, key, size };
      yield last;
    }
  }
}

/** `landedObjects` at once, and where it was cut: what seems to be missing past such a place may only be unlisted. */
export async function listLanded(
  store: Pick<ObjectStore, "list">,
  place: Place,
  next: NextOffset,
  atMost: number,
): Promise<Landed> {
  const cuts = new Map<number, number>();
  const wholeTo = (partition: number): number => cuts.get(partition) ?? Number.POSITIVE_INFINITY;
  const cutAt = ({ partition, last }: LandedObject): unknown => cuts.set(partition, Math.min(last, wholeTo(partition)));
  const objects: LandedObject[] = [];
  for await (const object of landedObjects(store, place, next, atMost, cutAt)) objects.push(object);
  return { objects, wholeTo };
}
