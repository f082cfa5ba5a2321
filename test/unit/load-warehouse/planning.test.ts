import { describe, expect, it } from "@jest/globals";
import fc from "fast-check";
import { landedObjects, listLanded } from "../../../lambdas/core/landed.ts";
import type { Landed, LandedObject } from "../../../lambdas/core/landed.ts";
import { csvRecords } from "../../../lambdas/core/csv-lines.ts";
import { planBatch } from "../../../lambdas/load-warehouse/load-batch.ts";
import { landingKey } from "../../../schemas/naming.ts";
import { memoryStore } from "../../support/memory-store.ts";

const LIMITS = { bytes: 1_000_000, objects: 100 };

function object(partition: number, first: number, last: number, definition = "aa"): LandedObject {
  const place = { cluster: "c", topic: "t", definition, partition, first, last, rows: last - first + 1 };
  return { ...place, key: landingKey(place), size: 10 };
}
const whole = (objects: readonly LandedObject[]): Landed => ({ objects, wholeTo: () => Number.POSITIVE_INFINITY });
const runs = (objects: readonly LandedObject[], next: Record<number, number> = {}, limits = LIMITS) => {
  const { batch, gaps } = planBatch(whole(objects), (partition) => next[partition] ?? 0, limits);
  return {
    gaps,
    definition: batch?.definition,
    runs: batch?.runs.map(({ partition, first, last, objects: of }) => [partition, first, last, of.length]),
  };
};

describe("what to load next", () => {
  it("joins up objects from the ledger's position on", () => {
    expect(runs([object(0, 10, 19), object(0, 0, 9), object(1, 5, 7)], { 1: 5 })).toEqual({
      definition: "aa",
      runs: [
        [0, 0, 19, 2],
        [1, 5, 7, 1],
      ],
      gaps: [],
    });
  });

  it("takes overlaps, as few objects as will do", () => {
    expect(runs([object(0, 0, 9), object(0, 0, 4), object(0, 5, 14), object(0, 8, 20)], { 0: 3 }).runs).toEqual([
      [0, 3, 20, 2],
    ]);
  });

  it("stops a partition at a hole and says which", () => {
    expect(runs([object(0, 0, 4), object(0, 7, 9), object(1, 3, 4)])).toEqual({
      definition: "aa",
      runs: [[0, 0, 4, 1]],
      gaps: [
        { partition: 0, from: 5, to: 6 },
        { partition: 1, from: 0, to: 2 },
      ],
    });
  });

  it("passes holes that a resync stands for, and no others", () => {
    const objects = [object(0, 0, 4), object(0, 7, 9), object(0, 12, 14), object(1, 3, 4)];
    const { batch, gaps, passed } = planBatch(
      whole(objects),
      () => 0,
      LIMITS,
      (partition) => [7, 2][partition] ?? 0,
    );
    expect(batch?.runs.map(({ partition, first, last }) => [partition, first, last])).toEqual([[0, 0, 9]]);
    expect(passed).toEqual([{ partition: 0, from: 5, to: 6 }]);
    expect(gaps).toEqual([
      { partition: 0, from: 10, to: 11 },
      { partition: 1, from: 0, to: 2 },
    ]);
  });

  it("takes one definition at a time, in the order of offsets", () => {
    const objects = [object(0, 0, 4), object(0, 5, 9, "bb"), object(0, 10, 14), object(1, 0, 3, "bb")];
    expect(runs(objects)).toMatchObject({ definition: "aa", runs: [[0, 0, 4, 1]] });
    expect(runs(objects, { 0: 5 })).toMatchObject({
      definition: "bb",
      runs: [
        [0, 5, 9, 1],
        [1, 0, 3, 1],
      ],
    });
  });

  it("keeps to the limits, partitions in turn, and takes one object whatever its size", () => {
    const objects = [object(0, 0, 4), object(0, 5, 9), object(1, 0, 4), object(1, 5, 9)];
    expect(runs(objects, {}, { bytes: 35, objects: 100 }).runs).toEqual([
      [0, 0, 9, 2],
      [1, 0, 4, 1],
    ]);
    expect(runs(objects, {}, { bytes: 1000, objects: 1 }).runs).toEqual([[0, 0, 4, 1]]);
    expect(runs(objects, {}, { bytes: 1, objects: 100 }).runs).toEqual([[0, 0, 4, 1]]);
  });

  it("has nothing to do when nothing is new", () =>
    expect(runs([])).toEqual({ definition: undefined, runs: undefined, gaps: [] }));

  it("covers all offsets that it can, whatever the files look like", () => {
    const files = fc.array(fc.tuple(fc.nat(30), fc.nat(6)), { maxLength: 15 });
    fc.assert(
      fc.property(files, (pairs) => {
        const objects = pairs.map(([first, length]) => object(0, first, first + length));
        const covered = new Set(
          objects.flatMap(({ first, last }) => Array.from({ length: last - first + 1 }, (_, i) => first + i)),
        );
        let end = 0;
        while (covered.has(end)) end += 1;
        expect(runs(objects).runs ?? []).toEqual(end === 0 ? [] : [[0, 0, end - 1, expect.any(Number)]]);
      }),
    );
  });
});

describe("listing what has landed", () => {
  it("jumps over what is loaded, in any definition and partition", async () => {
    const store = memoryStore();
    for (const definition of ["aa", "bb"])
      for (const partition of [0, 1, 11])
        for (let i = 0; i < 50; i++)
          await store.put(object(partition, i * 10, i * 10 + 9, definition).key, Buffer.from("x"));
    await store.put("landing/c/t/something-else", Buffer.from("x"));
    await store.put(object(0, 0, 9).key.replace("/t/", "/t2/"), Buffer.from("x"));
    let calls = 0;
    let seen = 0;
    const counting = {
      list: (prefix: string, after?: string) => {
        calls += 1;
        return (async function* () {
          for await (const item of store.list(prefix, after)) {
            seen += 1;
            yield item;
          }
        })();
      },
    };
    const found: string[] = [];
    for await (const { definition, partition, last } of landedObjects(
      counting,
      { cluster: "c", topic: "t" },
      () => 485,
    ))
      found.push(`${definition} ${partition} ${last}`);
    expect(found).toEqual(["aa", "bb"].flatMap((d) => [0, 1, 11].flatMap((p) => [`${d} ${p} 489`, `${d} ${p} 499`])));
    expect(calls).toBeLessThanOrEqual(7);
    expect(seen).toBeLessThan(30);
  });

  it("takes so many of each at most", async () => {
    const store = memoryStore();
    for (const partition of [0, 1])
      for (let i = 0; i < 9; i++) await store.put(object(partition, i, i).key, Buffer.from("x"));
    const found: number[] = [];
    for await (const { last } of landedObjects(store, { cluster: "c", topic: "t" }, () => 2, 3)) found.push(last);
    expect(found).toEqual([2, 3, 4, 2, 3, 4]);
  });
});

describe("planning from a listing that is cut", () => {
  const place = { cluster: "c", topic: "t" };
  const storeOf = async (objects: readonly LandedObject[]) => {
    const store = memoryStore();
    for (const { key } of objects) await store.put(key, Buffer.from("x"));
    return store;
  };

  it("tells how far each partition is whole", async () => {
    const many = [0, 1, 2, 3].map((i) => object(0, i * 10, i * 10 + 9));
    const store = await storeOf([...many, object(0, 40, 49, "bb"), object(1, 0, 9), object(1, 10, 19)]);
    const at = async (most: number): Promise<readonly number[]> => {
      const { wholeTo } = await listLanded(store, place, () => 0, most);
      return [0, 1].map(wholeTo);
    };
    expect(await at(4)).toEqual([Infinity, Infinity]);
    expect(await at(3)).toEqual([29, Infinity]);
    expect(await at(1)).toEqual([9, 9]);
  });

  it("takes no jump to another definition's objects for a hole", async () => {
    const backlog = Array.from({ length: 600 }, (_, i) => object(0, i * 10, i * 10 + 9));
    const behind = Array.from({ length: 20 }, (_, i) => object(0, 6000 + i * 10, 6009 + i * 10, "bb"));
    const planned = async (objects: readonly LandedObject[]) =>
      planBatch(await listLanded(await storeOf(objects), place, () => 0, 500), () => 0, { ...LIMITS, objects: 500 });
    const { batch, gaps } = await planned([...backlog, ...behind]);
    expect(gaps).toEqual([]);
    expect(batch?.runs.map(({ first, last }) => [first, last])).toEqual([[0, 4999]]);
    const holed = await planned([...backlog.filter(({ first }) => first !== 30), ...behind]);
    expect(holed.gaps).toEqual([{ partition: 0, from: 30, to: 39 }]);
  });

  it("loads all that joins up and finds just the holes there are, wherever it is cut", async () => {
    const some = fc.record({
      partition: fc.nat(1),
      definition: fc.constantFrom("aa", "bb", "cc"),
      length: fc.integer({ min: 1, max: 3 }),
      isMissing: fc.integer({ min: 0, max: 11 }).map((n) => n === 0),
    });
    await fc.assert(
      fc.asyncProperty(fc.array(some, { maxLength: 40 }), fc.integer({ min: 1, max: 5 }), async (parts, most) => {
        const ends = [0, 0];
        const reach = [0, 0];
        const holes: unknown[] = [];
        const landed: LandedObject[] = [];
        for (const { partition, definition, length, isMissing } of parts) {
          const first = ends[partition] ?? 0;
          const last = first + length - 1;
          ends[partition] = last + 1;
          if (isMissing) continue;
          landed.push(object(partition, first, last, definition));
          const from = reach[partition] ?? 0;
          if (first === from) reach[partition] = last + 1;
        }
        for (const partition of [0, 1]) {
          const from = reach[partition] ?? 0;
          const beyond = landed.find((each) => each.partition === partition && each.first > from);
          if (beyond !== undefined) holes.push({ partition, from, to: beyond.first - 1 });
        }
        const store = await storeOf(landed);
        const next = [0, 0];
        const seen = new Set<string>();
        for (;;) {
          const position = (partition: number): number => next[partition] ?? 0;
          const list = await listLanded(store, place, position, most);
          const { batch, gaps } = planBatch(list, position, { ...LIMITS, objects: most });
          for (const gap of gaps) seen.add(JSON.stringify(gap));
          if (batch === null) break;
          for (const { partition, last } of batch.runs) next[partition] = last + 1;
        }
        expect(next).toEqual(reach);
        expect([...seen].sort()).toEqual(holes.map((hole) => JSON.stringify(hole)).sort());
      }),
    );
  });
});

describe("records of a CSV text", () => {
  it("know the lines they span", () => {
    const text = 'a,"b\nc"\nd,"e""\n\nf"\nlast';
    expect([...csvRecords(text)]).toEqual([
      { text: 'a,"b\nc"\n', firstLine: 1, lastLine: 2 },
      { text: 'd,"e""\n\nf"\n', firstLine: 3, lastLine: 5 },
      { text: "last", firstLine: 6, lastLine: 6 },
    ]);
  });
});
