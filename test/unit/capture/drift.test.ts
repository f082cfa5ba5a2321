import { describe, expect, it } from "@jest/globals";
import { wishAfterStatement, wishForAll } from "../../../lambdas/capture-changes/drift.ts";
import type { BinlogEvent } from "../../../lambdas/core/capture-ports.ts";
import { PositionLostError } from "../../../lambdas/core/errors.ts";
import { noteCopied, openWishes, readTableFacts } from "../../../lambdas/core/table-facts.ts";
import type { TableCopy } from "../../../lambdas/core/table-facts.ts";
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
