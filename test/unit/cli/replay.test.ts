import { describe, expect, it } from "@jest/globals";
import { byDefinition } from "../../../cli/replay/batches.ts";
import { joinedUp, uncovered } from "../../../cli/replay/plan.ts";
import { landingKey } from "../../../schemas/naming.ts";

const stretch = (partition: number, first: number, last: number) => ({ partition, first, last });

describe("what a replay covers", () => {
  it("joins the loads of a partition up", () => {
    const loads = [stretch(1, 0, 4), stretch(0, 10, 19), stretch(0, 0, 9), stretch(0, 25, 30), stretch(0, 5, 12)];
    expect(joinedUp(loads)).toEqual([stretch(0, 0, 19), stretch(0, 25, 30), stretch(1, 0, 4)]);
    expect(joinedUp([])).toEqual([]);
  });

  it("finds what no object has, at the ends and between, however objects overlap", () => {
    const objects = [stretch(0, 5, 9), stretch(0, 7, 12), stretch(0, 15, 15), stretch(1, 0, 99), stretch(0, 30, 40)];
    expect(uncovered(stretch(0, 0, 20), objects)).toEqual([stretch(0, 0, 4), stretch(0, 13, 14), stretch(0, 16, 20)]);
    expect(uncovered(stretch(0, 5, 12), objects)).toEqual([]);
    expect(uncovered(stretch(2, 3, 4), objects)).toEqual([stretch(2, 3, 4)]);
  });

  it("asks for objects of one definition, not too many and not too much at once", () => {
    const key = (definition: string, first: number) =>
      landingKey({ cluster: "c", topic: "t", definition, partition: 0, first, last: first, rows: 1 });
    const keys = Array.from({ length: 450 }, (_, i) => key(i % 2 === 0 ? "aa" : "bb", i));
    const groups = byDefinition([...keys, key("aa", 0), "state/x.json"]);
    expect(groups.map((group) => group.length)).toEqual([200, 25, 200, 25]);
    expect(groups.flat().sort()).toEqual([...keys].sort());
    expect(byDefinition(keys.slice(0, 3), () => 1e9).map((group) => group.length)).toEqual([1, 1, 1]);
  });
});
