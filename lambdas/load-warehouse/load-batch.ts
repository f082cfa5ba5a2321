import type { Landed, LandedObject, NextOffset } from "../core/landed.ts";

/** Objects of one partition that join up, from its position on. */
interface Run {
  readonly partition: number;
  readonly definition: string;
  readonly first: number;
  readonly last: number;
  readonly objects: readonly LandedObject[];
}

/** Offsets that are landed by nobody, though later ones are. */
export interface OffsetGap {
  readonly partition: number;
  readonly from: number;
  readonly to: number;
}

/** A plan of what to load next. */
interface Planned {
  readonly batch: LoadBatch | null;
  /** Holes that stop their partition. */
  readonly gaps: readonly OffsetGap[];
  /** Holes that a resync stands for. */
  readonly passed: readonly OffsetGap[];
}

type Hole = Omit<OffsetGap, "partition">;

/** What one transaction will load. */
export interface LoadBatch {
  readonly definition: string;
  readonly runs: readonly Run[];
}

export interface Limits {
  /** Compressed bytes. One object is always taken. */
  readonly bytes: number;
  readonly objects: number;
}

/**
 * Chooses what to load next: from each partition's position on, objects that join up, under one file definition, up to
 * the limits. A hole stops its partition and is reported; the others go on. Below the offset of a finished resync a hole
 * holds nothing that the resync has not read anew, and is passed.
 */
export function planBatch(
  { objects, wholeTo }: Landed,
  next: NextOffset,
  limits: Limits,
  resynced: NextOffset = () => 0,
): Planned {
  const partitions = [...new Set(objects.map(({ partition }) => partition))].sort((a, b) => a - b);
  const gaps: OffsetGap[] = [];
  const passed: OffsetGap[] = [];
  const chains = partitions.map((partition) => {
    const own = objects.filter((object) => object.partition === partition);
    const joined = joinUp(own, next(partition), resynced(partition), wholeTo(partition));
    const { chain, gap } = joined;
    if (gap !== null) gaps.push({ partition, ...gap });
    passed.push(...joined.passed.map((hole) => ({ partition, ...hole })));
    return chain;
  });
  const definition = chains.find((chain) => chain.length > 0)?.[0]?.definition;
  if (definition === undefined) return { batch: null, gaps, passed };
  const taken = takeInTurn(
    chains.map((chain) => leading(chain, definition)),
    limits,
  );
  const runs = taken.flatMap((chosen) => toRun(chosen, next));
  return { batch: { definition, runs }, gaps, passed };
}

/**
 * The shortest chain of objects without a hole: of those that cover the next offset, the one that reaches farthest.
 * Overlaps are welcome, since batches move when they are tried again. Past where the list is whole the chain ends without a
 * hole: what is missing there may only be unlisted. Once the chain so far is loaded, the next list has it.
 */
function joinUp(
  objects: readonly LandedObject[],
  position: number,
  resynced: number,
  wholeTo: number,
): { readonly chain: readonly LandedObject[]; readonly gap: Hole | null; readonly passed: readonly Hole[] } {
  const byFirst = [...objects].sort((a, b) => a.first - b.first);
  const chain: LandedObject[] = [];
  const passed: Hole[] = [];
  let at = position;
  let i = 0;
  for (;;) {
    let best: LandedObject | undefined;
    for (let candidate = byFirst[i]; candidate !== undefined && candidate.first <= at; candidate = byFirst[++i]) {
      if (candidate.last >= at && (best === undefined || isBetter(candidate, best))) best = candidate;
    }
    if (best !== undefined) {
      chain.push(best);
      at = best.last + 1;
      continue;
    }
    const beyond = byFirst[i];
    if (beyond === undefined || at > wholeTo) return { chain, gap: null, passed };
    const hole = { from: at, to: beyond.first - 1 };
    if (beyond.first > resynced) return { chain, gap: hole, passed };
    passed.push(hole);
    at = beyond.first;
  }
}

/** Reaches farther; or as far with fewer rows left out. */
function isBetter(a: LandedObject, b: LandedObject): boolean {
  return a.last > b.last || (a.last === b.last && a.rows > b.rows);
}

function leading(chain: readonly LandedObject[], definition: string): readonly LandedObject[] {
  const end = chain.findIndex((object) => object.definition !== definition);
  return end === -1 ? chain : chain.slice(0, end);
}

/** One object of each partition in turn, so that none falls behind. */
function takeInTurn(
  chains: readonly (readonly LandedObject[])[],
  limits: Limits,
): readonly (readonly LandedObject[])[] {
  const taken: LandedObject[][] = chains.map(() => []);
  let bytes = 0;
  let count = 0;
  const longest = Math.max(0, ...chains.map((chain) => chain.length));
  for (let turn = 0; turn < longest; turn++) {
    for (const [i, chain] of chains.entries()) {
      const object = chain[turn];
      if (object === undefined) continue;
      if (count > 0 && (bytes + object.size > limits.bytes || count >= limits.objects)) return taken;
      taken[i]?.push(object);
      bytes += object.size;
      count += 1;
    }
  }
  return taken;
}

function toRun(objects: readonly LandedObject[], next: NextOffset): readonly Run[] {
  const [head] = objects;
  const last = objects.at(-1);
  if (head === undefined || last === undefined) return [];
  const { partition, definition } = head;
  return [{ partition, definition, first: next(partition), last: last.last, objects }];
}
