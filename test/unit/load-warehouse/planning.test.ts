import { describe, expect, it } from "@jest/globals";
import fc from "fast-check";
import { landedObjects } from "../../../lambdas/core/landed.ts";
import type { LandedObject } from "../../../lambdas/core/landed.ts";
import { csvRecords } from "../../../lambdas/core/csv-lines.ts";
import { planBatch } from "../../../lambdas/load-warehouse/load-batch.ts";
import { landingKey } from "../../../schemas/naming.ts";
import { memoryStore } from "../../support/memory-store.ts";

const LIMITS = { bytes: 1_000_000, objects: 100 };

function object(partition: number, first: number, last: number, definition = "aa"): LandedObject {
  const place = { cluster: "c", topic: "t", definition, partition, first, last, rows: last - first + 1 };
  return { ...place, key: landingKey(place), size: 10 };
}
const runs = (objects: readonly LandedObject[], next: Record<number, number> = {}, limits = LIMITS) => {
  const { batch, gaps } = planBatch(objects, (partition) => next[partition] ?? 0, limits);
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
      objects,
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
