import { describe, expect, it } from "@jest/globals";
import { ALL_FAULTS, CATALOGUE, nameOf, STAGES } from "../../faults/catalogue.ts";
import { parseArguments } from "../../faults/options.ts";
import { planRounds } from "../../faults/plan.ts";
import { Frames } from "../../faults/wire/frames.ts";
import { Traps } from "../../faults/wire/fault.ts";
import type { Trap } from "../../faults/wire/fault.ts";

const names = (seed: number, count: number): readonly string[] => planRounds(seed, count).flat().map(nameOf);

describe("the plan of faults", () => {
  it("has at least 200 faults by default, each of the catalogue once", () => {
    expect(new Set(ALL_FAULTS.map(nameOf)).size).toBe(ALL_FAULTS.length);
    expect(ALL_FAULTS.length).toBeGreaterThanOrEqual(200);
    const { faults } = parseArguments([], () => undefined);
    expect(names(1, faults).toSorted()).toEqual(ALL_FAULTS.map(nameOf).toSorted());
    expect(new Set(CATALOGUE.map(({ stage }) => stage))).toEqual(new Set(STAGES));
  });

  it("is the same for the same seed, and another for another", () => {
    expect(names(7, 100)).toEqual(names(7, 100));
    expect(names(7, 100)).not.toEqual(names(8, 100));
  });

  it.each([1, 2, 7])("has something of every stage in its beginning (seed %i)", (seed) => {
    const stages = new Set(names(seed, 24).map((name) => name.split(":")[0]));
    expect([...stages].toSorted()).toEqual([...STAGES, "delivery"].toSorted());
  });

  it("goes through the catalogue again when more faults are asked for", () => {
    expect(names(1, ALL_FAULTS.length * 2 + 5)).toHaveLength(ALL_FAULTS.length * 2 + 5);
  });
});

describe("traps", () => {
  const trap: Trap = {
    ...{ wire: "aws", call: /^Put /, kind: "refused", nth: 2, times: 2, bytes: 1 },
    kill: () => undefined,
  };

  it("hit the calls they wait for, from the one asked for on, so many times", () => {
    const traps = new Traps();
    traps.set(trap);
    const hits = ["Put a", "Get a", "Put b", "Put c", "Put d"].map((call) => traps.hit("aws", call) !== null);
    expect(hits).toEqual([false, false, true, true, false]);
    expect(traps.hit("kafka", "Put b")).toBeNull();
    expect(traps.clear()).toBe(2);
    expect(traps.hit("aws", "Put e")).toBeNull();
  });
});

describe("frames", () => {
  it("are the same however the bytes come", () => {
    const stream = Buffer.from("\x01a\x03bcd\x02ef", "latin1");
    for (const size of [1, 2, 3, 9]) {
      const frames = new Frames(1, (head) => head.readUInt8(0) + 1);
      const found: string[] = [];
      for (let at = 0; at < stream.length; at += size) {
        found.push(...frames.push(stream.subarray(at, at + size)).map((frame) => frame.toString("latin1", 1)));
      }
      expect(found).toEqual(["a", "bcd", "ef"]);
    }
  });
});
