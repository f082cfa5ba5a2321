import { describe, expect, it } from "@jest/globals";
import { takeUpNews } from "../../../lambdas/capture-changes/news.ts";
import { noteCopied, notePlanned, openWishes, readTableFacts } from "../../../lambdas/core/table-facts.ts";
import type { TableCopy } from "../../../lambdas/core/table-facts.ts";
import { columnShapes } from "../../../schemas/hash.ts";
import type { AnyTable } from "../../../schemas/model/table.ts";
import { offices } from "../../../schemas/sources/classicmodels/offices.ts";
import { orders } from "../../../schemas/sources/classicmodels/orders.ts";
import { memoryStore } from "../../support/memory-store.ts";

const NOW = Date.parse("2026-03-01T12:00:00Z");
const ORDERS = "classicmodels_orders";
const all = Object.keys(orders.columns);
const fewer = all.slice(0, -2);
/** The definition before it knew its last two columns. */
const older: AnyTable = {
  ...orders,
  columns: Object.fromEntries(Object.entries(orders.columns).filter(([name]) => fewer.includes(name))),
};
const moved: AnyTable = {
  ...orders,
  columns: { ...orders.columns, status: { ...orders.columns.status, source: "state" } },
};

const copy = (columns: readonly string[], changes: Partial<TableCopy> = {}): TableCopy => ({
  snapshotId: "s1",
  kind: "copy",
  anchor: { epoch: 1, file: "mysql-bin.000009", pos: 100 },
  pass: 0,
  takenAt: NOW - 1_000,
  columns: [...columns],
  ...changes,
});
/** A later one. */
const next = (columns: readonly string[], changes: Partial<TableCopy> = {}): TableCopy =>
  copy(columns, {
    ...{ snapshotId: "s2", kind: "resync", takenAt: NOW - 500 },
    anchor: { epoch: 1, file: "mysql-bin.000009", pos: 200 },
    ...changes,
  });

function world() {
  const state = memoryStore();
  let time = NOW;
  const takeUp = (tables: readonly AnyTable[], present = tables) =>
    takeUpNews({ sourceName: "test", tables, present }, { state, now: () => time });
  const wishes = async (table: string) => openWishes((await readTableFacts(state)).get(table) ?? empty);
  return { state, takeUp, wishes, pass: (ms: number) => (time += ms) };
}
const empty = { copied: null, wishes: [] };

describe("definitions that know more than was copied", () => {
  it("ask for nothing before the first copy was planned", async () => {
    const { state, takeUp } = world();
    await takeUp([orders, offices]);
    expect([...state.objects.keys()]).toEqual(["state/captured/test.json"]);
  });

  it("ask for nothing while the first copy runs, or when all was copied", async () => {
    const { state, takeUp, wishes } = world();
    await notePlanned(state, "classicmodels_orders", copy(all));
    await takeUp([orders]);
    await noteCopied(state, "classicmodels_orders", copy(all));
    await takeUp([orders]);
    expect(await wishes("classicmodels_orders")).toEqual([]);
  });

  it("ask for a table that no snapshot has taken up, once, until one has", async () => {
    const { state, takeUp, wishes } = world();
    await notePlanned(state, "classicmodels_orders", copy(all));
    await takeUp([orders, offices]);
    await takeUp([orders, offices]);
    expect(await wishes("classicmodels_offices")).toEqual([expect.objectContaining({ reason: "new-table" })]);
    const columns = Object.keys(offices.columns);
    await noteCopied(state, "classicmodels_offices", copy(columns, { takenAt: NOW + 1 }));
    expect(await wishes("classicmodels_offices")).toEqual([]);
  });

  it("ask for columns that the newest copy did not read, and name them", async () => {
    const { state, takeUp, wishes } = world();
    await notePlanned(state, "classicmodels_orders", copy(all.slice(0, -2)));
    await noteCopied(state, "classicmodels_orders", copy(all.slice(0, -2)));
    await takeUp([orders]);
    expect(await wishes("classicmodels_orders")).toEqual([
      expect.objectContaining({
        reason: "new-column",
        detail: `new in the definition: ${all.slice(-2).join(", ")}`,
      }),
    ]);
  });
});

describe("columns that a definition reads otherwise", () => {
  it("ask for a copy, and name them", async () => {
    const { state, takeUp, wishes } = world();
    await notePlanned(state, ORDERS, copy(all, { shapes: { ...columnShapes(orders) } }));
    await takeUp([orders]);
    expect(await wishes(ORDERS)).toEqual([]);
    state.objects.delete("state/captured/test.json");
    await takeUp([moved]);
    expect(await wishes(ORDERS)).toEqual([
      expect.objectContaining({ reason: "redefined", detail: "read otherwise by the definition: status" }),
    ]);
  });

  it("ask for nothing where the copy does not say how it read", async () => {
    const { state, takeUp, wishes } = world();
    await notePlanned(state, ORDERS, copy(all));
    await takeUp([moved]);
    expect(await wishes(ORDERS)).toEqual([]);
  });
});

describe("a copy with the new columns", () => {
  const begun = async () => {
    const test = world();
    await notePlanned(test.state, ORDERS, copy(fewer));
    await noteCopied(test.state, ORDERS, copy(fewer));
    await notePlanned(test.state, ORDERS, next(all));
    return test;
  };

  it("that fails after its plan leaves a wish", async () => {
    const { takeUp, wishes } = await begun();
    await takeUp([orders]);
    expect(await wishes(ORDERS)).toEqual([expect.objectContaining({ reason: "new-column" })]);
  });

  it("that finishes has met the wish: no second one is made", async () => {
    const { state, takeUp, wishes } = await begun();
    await takeUp([orders]);
    await noteCopied(state, ORDERS, next(all));
    expect(await wishes(ORDERS)).toEqual([]);
    await takeUp([orders]);
    expect(await wishes(ORDERS)).toEqual([]);
  });

  it("that another without them has overtaken does not count as one under way", async () => {
    const { state, takeUp, wishes } = await begun();
    await noteCopied(state, ORDERS, next(fewer, { snapshotId: "s3", takenAt: NOW - 100 }));
    await takeUp([orders]);
    expect(await wishes(ORDERS)).toHaveLength(1);
  });
});

describe("a definition that was taken back for a time", () => {
  const copied = async () => {
    const test = world();
    await notePlanned(test.state, ORDERS, copy(all));
    await noteCopied(test.state, ORDERS, copy(all, { shapes: { ...columnShapes(orders) } }));
    await test.takeUp([orders, offices]);
    test.pass(60_000);
    return test;
  };

  it.each([
    ["lacked columns", [older, offices], "new-column", `new in the definition: ${all.slice(-2).join(", ")}`],
    ["read one otherwise", [moved, offices], "redefined", "read otherwise by the definition: status"],
    ["lacked the table", [offices], "new-table", "the table was not captured until now"],
  ])("that %s meanwhile asks for a copy once it is back, once", async (_, meanwhile, reason, detail) => {
    const { state, takeUp, wishes, pass } = await copied();
    await takeUp(meanwhile, meanwhile);
    const before = await wishes(ORDERS);
    pass(60_000);
    await takeUp([orders, offices]);
    expect(await wishes(ORDERS)).toContainEqual(
      expect.objectContaining({ reason, detail, since: new Date(NOW + 120_000).toISOString() }),
    );
    expect(await wishes(ORDERS)).toHaveLength(before.length + 1);
    await noteCopied(state, ORDERS, next(all, { takenAt: NOW + 120_001, shapes: { ...columnShapes(orders) } }));
    pass(60_000);
    await takeUp([orders, offices]);
    expect(await wishes(ORDERS)).toEqual([]);
  });

  it("asks for nothing by losing a column, nor by a table that is away for a time", async () => {
    const { takeUp, wishes } = await copied();
    await takeUp([older, offices]);
    await takeUp([older, offices], [offices]);
    await takeUp([older, offices]);
    expect(await wishes(ORDERS)).toEqual([]);
  });

  it("asks for nothing where another source fed the table: that needs a new epoch", async () => {
    const { state, takeUp, wishes } = await copied();
    await takeUp([offices]);
    await notePlanned(state, ORDERS, copy(all, { source: "another" }));
    await takeUp([orders, offices]);
    expect(await wishes(ORDERS)).toEqual([]);
  });
});
