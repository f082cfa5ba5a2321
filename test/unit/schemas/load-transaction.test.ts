import { describe, expect, it } from "@jest/globals";
import * as c from "../../../schemas/model/column.ts";
import type { AnyTable } from "../../../schemas/model/table.ts";
import { tables } from "../../../schemas/sources/index.ts";
import {
  checkFiles,
  COPY_STATEMENT,
  loadTransaction,
  POSITION_STATEMENT,
} from "../../../schemas/sql/load-transaction.ts";
import { loadPlan } from "../../support/load-plan.ts";
import { everything, lines, orders } from "../../support/loading/tables.ts";

/** As many columns of bytes as no batch has room for, one statement each. */
const binaries: AnyTable = {
  ...orders,
  name: "binaries",
  columns: {
    id: c.column("id", c.int()),
    ...Object.fromEntries(
      Array.from({ length: 100 }, (_, i) => [`b${i}`, c.nullable(`b${i}`, c.varbinary(i % 2 === 0 ? 16 : 70_000))]),
    ),
  },
};

describe("load transaction", () => {
  it.each([...tables, everything, lines].map((table) => ({ name: table.name, table })))(
    "$name fits one batch of the Data API",
    ({ table }) => {
      const statements = loadTransaction(loadPlan(table));
      expect(statements.length).toBeLessThanOrEqual(40);
      for (const statement of statements) expect(Buffer.byteLength(statement)).toBeLessThan(100_000);
    },
  );

  it.each([
    ["a load", {}],
    ["a replay", { replayInto: binaries }],
  ])("%s of a hundred columns of bytes fits one batch too", (_, changes) => {
    for (const erased of [[], ["id", "b1", "b2,b3"]]) {
      const statements = loadTransaction(loadPlan(binaries, { ...changes, erasedBy: erased }));
      expect(statements.length).toBeLessThanOrEqual(40);
      for (const statement of statements) expect(Buffer.byteLength(statement)).toBeLessThan(100_000);
    }
  });

  it("makes empty bytes of all columns in one statement, and none where there are no bytes", () => {
    const restoring = (table: AnyTable) =>
      loadTransaction(loadPlan(table)).filter((statement) => statement.includes("FROM_HEX"));
    expect(restoring(binaries)).toHaveLength(1);
    expect(restoring(orders)).toEqual([]);
  });

  it("locks first, then looks where the ledger is", () => {
    const statements = loadTransaction(loadPlan(orders));
    expect(statements[0]).toBe("LOCK ops.ledger_lab_orders");
    expect(statements[POSITION_STATEMENT]).toContain("has moved since the load was planned");
    expect(statements[COPY_STATEMENT]).toMatch(/^COPY load_stage/);
  });

  it("never locks or rewrites what readers look at", () => {
    const text = loadTransaction(loadPlan(orders)).join(";\n");
    expect(text).not.toMatch(/LOCK (?:mirror|history)|TRUNCATE|DROP|ALTER/);
  });

  it("is the same for the same plan", () => {
    expect(loadTransaction(loadPlan(orders))).toEqual(loadTransaction(loadPlan(orders)));
  });

  it("advances the ledger alone when the files hold no row", () => {
    const statements = loadTransaction(loadPlan(orders, { manifest: null, rows: 0 }));
    expect(statements.map((statement) => statement.split(/\s+/).slice(0, 3).join(" "))).toEqual([
      "LOCK ops.ledger_lab_orders",
      "SELECT CAST(CASE WHEN",
      "INSERT INTO ops.ledger_lab_orders",
      "INSERT INTO ops.batch",
    ]);
  });

  it("keeps no touched keys for tables that no star reads", () => {
    expect(loadTransaction(loadPlan(orders, { starred: false })).join("\n")).not.toContain("ops.touched");
  });

  it("appends to history only, without a key", () => {
    const text = loadTransaction(loadPlan(lines)).join("\n");
    expect(text).toContain("INSERT INTO history.lab_lines");
    expect(text).not.toMatch(/MERGE|mirror\./);
  });

  it("checks files without loading them", () => {
    const [, copy] = checkFiles(loadPlan(orders), "s3://b/m");
    expect(copy).toContain("NOLOAD MAXERROR 100000");
  });
});
