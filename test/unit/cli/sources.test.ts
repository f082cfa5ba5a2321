import { describe, expect, it } from "@jest/globals";
import { merged } from "../../../cli/reconcile.ts";
import { bySource } from "../../../cli/sources.ts";
import { OUTPUTS, outputsIn } from "../../../cli/stack-outputs.ts";

const sources = [
  { name: "source", areas: ["classicmodels"] },
  { name: "orders", areas: ["orders_eu"] },
] as const;

describe("tables by source", () => {
  it("go to the source that feeds their area; a source with none of them is left alone", () => {
    expect(bySource(sources, ["classicmodels_orders", "classicmodels_payments"])).toEqual([
      { source: sources[0], tables: ["classicmodels_orders", "classicmodels_payments"] },
    ]);
  });

  it("are all of every source when none are named", () => {
    expect(bySource(sources, null)).toEqual(sources.map((source) => ({ source, tables: null })));
  });

  it("of an area that nobody feeds are refused, with what to do", () => {
    expect(() => bySource(sources.slice(1), ["classicmodels_orders"])).toThrow(
      "No deployed source feeds classicmodels_orders: deploy the definitions, with their area in the areas of a source",
    );
  });
});

describe("outputs of the stacks", () => {
  const own = (suffix: string) =>
    Object.fromEntries(
      ["CopyMachineArn", "CaptureChangesName", "MeasureLagName", "ReconcileTableName"].map((name) => [
        `${name}${suffix}`,
        `${name} of ${suffix}`,
      ]),
    );
  const shared = Object.fromEntries(OUTPUTS.filter((name) => name !== "Sources").map((name) => [name, name]));
  const listed = [
    { name: "source", areas: ["classicmodels"], suffix: "" },
    { name: "orders-eu", areas: ["orders"], suffix: "OrdersEu" },
  ];

  it("give each source its own", () => {
    const found = outputsIn({ ...shared, ...own(""), ...own("OrdersEu"), Sources: JSON.stringify(listed) }, "prod");
    expect(found.sources.map(({ name, CopyMachineArn }) => [name, CopyMachineArn])).toEqual([
      ["source", "CopyMachineArn of "],
      ["orders-eu", "CopyMachineArn of OrdersEu"],
    ]);
    expect(found.LandingBucket).toBe("LandingBucket");
  });

  it("of an older deployment, or of one source too few, are named", () => {
    expect(() => outputsIn({ ...shared, ...own("") }, "prod")).toThrow("lack the outputs Sources: deploy them again");
    expect(() => outputsIn({ ...shared, ...own(""), Sources: JSON.stringify(listed) }, "prod")).toThrow(
      "CopyMachineArnOrdersEu",
    );
  });
});

describe("reconciliations of several sources", () => {
  it("make one report", () => {
    const table = (name: string) => ({
      ...{ table: name, phase: "done" as const, verdict: "equal" as const, rows: 1, expected: 1, ranges: 0 },
      ...{ changed: 0, missing: 0, surplus: 0, repaired: 0, examples: [], message: null },
    });
    const report = (runId: string, name: string, done: boolean) => ({
      ...{ runId, done, tables: [table(name)], skipped: [{ table: `${name}_log`, reason: "no key" }] },
    });
    expect(merged([report("a", "x", true), report("b", "y", false)])).toMatchObject({
      ...{ runId: "a, b", done: false, tables: [{ table: "x" }, { table: "y" }] },
      skipped: [{ table: "x_log" }, { table: "y_log" }],
    });
  });
});
