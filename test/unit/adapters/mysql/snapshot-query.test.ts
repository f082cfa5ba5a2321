import { describe, expect, it } from "@jest/globals";
import { literal, quoteName } from "../../../../lambdas/adapters/mysql/literal.ts";
import type { RowRoute } from "../../../../lambdas/adapters/mysql/route.ts";
import { selectText } from "../../../../lambdas/adapters/mysql/table-reader.ts";
import type { SourceColumn, SourceTable } from "../../../../lambdas/core/capture-ports.ts";

const column = (name: string, dataType: string): SourceColumn => ({
  name,
  dataType,
  columnType: dataType,
  nullable: false,
  charset: dataType === "varchar" ? "utf8mb4" : null,
  length: null,
  precision: null,
  scale: null,
  fsp: null,
});

const table: SourceTable = {
  db: "shop",
  name: "odd`name",
  columns: [
    column("a", "int"),
    column("b", "varchar"),
    column("f", "float"),
    column("place", "geometry"),
    column("pin", "varchar"),
  ],
  primaryKey: ["a", "b"],
  silentForeignKeys: [],
};

const route: RowRoute = {
  table: "shop.odd`name",
  key: ["a", "b"],
  required: new Set(["a", "b", "f", "pin"]),
  types: new Map(),
  treatments: new Map([["pin", "drop"]]),
};

const open = { above: null, upTo: null, after: null };

describe("the snapshot's SELECT", () => {
  it("reads what travels in key order: no dropped column, no unknown type, FLOAT with all its digits", () => {
    expect(selectText(table, route, open)).toBe("SELECT `a`, `b`, `f` * 1E0 FROM `shop`.`odd``name` ORDER BY `a`, `b`");
  });

  it("goes on after a whole key, within its range", () => {
    expect(selectText(table, route, { above: "5", upTo: "10", after: ["7", "x'y\\"] })).toBe(
      "SELECT `a`, `b`, `f` * 1E0 FROM `shop`.`odd``name` WHERE `a` > 5 AND `a` <= 10 AND (`a` > 7 OR `a` = 7 AND `b` > 'x\\'y\\\\') ORDER BY `a`, `b`",
    );
  });

  it("without a key reads the table as it comes", () => {
    expect(selectText(table, { ...route, key: [] }, open)).toMatch(/`odd``name`$/);
  });
});

describe("values as SQL", () => {
  it("cannot end early", () => {
    expect(literal("1 OR 1=1", { dataType: "int", charset: null })).toBe("'1 OR 1=1'");
    expect(literal("-12.5", { dataType: "decimal", charset: null })).toBe("-12.5");
    expect(literal(Buffer.from("00ff", "hex"), { dataType: "binary", charset: null })).toBe("x'00ff'");
    expect(literal(Buffer.from("815f", "hex"), { dataType: "varchar", charset: "sjis" })).toBe("_sjis x'815f'");
    expect(literal(Buffer.alloc(0), { dataType: "binary", charset: null })).toBe("''");
    expect(quoteName("a`b")).toBe("`a``b`");
  });
});
