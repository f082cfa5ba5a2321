import { describe, expect, it } from "@jest/globals";
import { wishAfterStatement, wishForAll, wishForNews } from "../../../lambdas/capture-changes/drift.ts";
import type { BinlogEvent } from "../../../lambdas/core/capture-ports.ts";
import { PositionLostError } from "../../../lambdas/core/errors.ts";
import { noteCopied, notePlanned, openWishes, readTableFacts } from "../../../lambdas/core/table-facts.ts";
import type { TableCopy } from "../../../lambdas/core/table-facts.ts";
import { columnShapes } from "../../../schemas/hash.ts";
import { offices } from "../../../schemas/sources/classicmodels/offices.ts";
import { orders } from "../../../schemas/sources/classicmodels/orders.ts";
import { memoryStore } from "../../support/memory-store.ts";

const NOW = Date.parse("2026-03-01T12:00:00Z");

const alter: Extract<BinlogEvent, { kind: "ddl" }> = {
  kind: "ddl",
  verb: "alter",
  tables: [{ db: "classicmodels", name: "orders" }],
  place: { file: "mysql-bin.000009", pos: 700 },
  next: { file: "mysql-bin.000009", pos: 900 },
  committedAt: NOW,
  statement: "ALTER TABLE orders MODIFY status VARCHAR(9)",
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

function world() {
  const state = memoryStore();
  const ports = { state, now: () => NOW };
  const wishes = async (table: string) => openWishes((await readTableFacts(state)).get(table) ?? empty);
  return { state, ports, wishes };
}
const empty = { copied: null, wishes: [] };

describe("a statement that may have changed stored rows", () => {
  it("asks for a copy anchored behind it, once", async () => {
    const { state, ports, wishes } = world();
    await wishAfterStatement(orders, alter, 1, ports);
    await wishAfterStatement(orders, alter, 1, ports);
    expect(await wishes("classicmodels_orders")).toEqual([
      expect.objectContaining({ reason: "altered", detail: "ALTER at mysql-bin.000009:700" }),
    ]);
    await noteCopied(state, "classicmodels_orders", copy([], { anchor: { epoch: 1, ...alter.place } }));
    expect(await wishes("classicmodels_orders")).toHaveLength(1);
    await noteCopied(state, "classicmodels_orders", copy([], { anchor: { epoch: 1, ...alter.next } }));
    expect(await wishes("classicmodels_orders")).toEqual([]);
  });
});

describe("definitions that know more than was copied", () => {
  const all = Object.keys(orders.columns);

  it("ask for nothing before the first copy was planned", async () => {
    const { state, ports } = world();
    await wishForNews([orders, offices], ports);
    expect(state.objects.size).toBe(0);
  });

  it("ask for nothing while the first copy runs, or when all was copied", async () => {
    const { state, ports, wishes } = world();
    await notePlanned(state, "classicmodels_orders", copy(all));
    await wishForNews([orders], ports);
    await noteCopied(state, "classicmodels_orders", copy(all));
    await wishForNews([orders], ports);
    expect(await wishes("classicmodels_orders")).toEqual([]);
  });

  it("ask for a table that no snapshot has taken up, once, until one has", async () => {
    const { state, ports, wishes } = world();
    await notePlanned(state, "classicmodels_orders", copy(all));
    await wishForNews([orders, offices], ports);
    await wishForNews([orders, offices], ports);
    expect(await wishes("classicmodels_offices")).toEqual([expect.objectContaining({ reason: "new-table" })]);
    const columns = Object.keys(offices.columns);
    await noteCopied(state, "classicmodels_offices", copy(columns, { takenAt: NOW + 1 }));
    expect(await wishes("classicmodels_offices")).toEqual([]);
  });

  it("ask for columns that the newest copy did not read, and name them", async () => {
    const { state, ports, wishes } = world();
    await notePlanned(state, "classicmodels_orders", copy(all.slice(0, -2)));
    await noteCopied(state, "classicmodels_orders", copy(all.slice(0, -2)));
    await wishForNews([orders], ports);
    expect(await wishes("classicmodels_orders")).toEqual([
      expect.objectContaining({
        reason: "new-column",
        detail: `new in the definition: ${all.slice(-2).join(", ")}`,
      }),
    ]);
  });
});

describe("columns that a definition reads otherwise", () => {
  it("ask for a copy, and name them; a copy that does not say how it read asks for nothing", async () => {
    const columns = Object.keys(orders.columns);
    const moved = { ...orders, columns: { ...orders.columns, status: { ...orders.columns.status, source: "state" } } };
    const { state, ports, wishes } = world();
    await notePlanned(state, "classicmodels_orders", copy(columns));
    await wishForNews([moved], ports);
    expect(await wishes("classicmodels_orders")).toEqual([]);
    await notePlanned(state, "classicmodels_orders", copy(columns, { shapes: { ...columnShapes(orders) } }));
    await wishForNews([orders], ports);
    expect(await wishes("classicmodels_orders")).toEqual([]);
    await wishForNews([moved], ports);
    expect(await wishes("classicmodels_orders")).toEqual([
      expect.objectContaining({ reason: "redefined", detail: "read otherwise by the definition: status" }),
    ]);
  });
});

describe("a place that is lost", () => {
  it("asks for a copy of every table, with the reason", async () => {
    const { ports, wishes } = world();
    const error = new PositionLostError("the source has purged binlog.000001");
    await wishForAll([orders, offices], error, { epoch: 1, file: "binlog.000001", pos: 4 }, ports);
    for (const table of ["classicmodels_orders", "classicmodels_offices"]) {
      expect(await wishes(table)).toEqual([expect.objectContaining({ reason: "lost", detail: error.message })]);
    }
  });
});
