import { describe, expect, it } from "@jest/globals";
import * as types from "../../../schemas/model/column.ts";
import { defineTable } from "../../../schemas/model/table.ts";
import { canonicalColumn, sourceTable } from "../../../localstack/demo/compare/canonical.ts";
import { compareCells, compareHeaps } from "../../../localstack/demo/compare/cells.ts";
import { compareSums, comparison } from "../../../localstack/demo/compare/comparison.ts";
import type { TextRow } from "../../../localstack/demo/compare/rows.ts";
import { canonicalTable, copyValue } from "../../../localstack/demo/compare/rows.ts";

const table = defineTable({
  area: { name: "shop", database: "shop" },
  name: "things",
  comment: "",
  columns: {
    id: types.column("id", types.int()),
    code: types.column("code", types.varchar(10)),
    price: types.nullable("price", types.decimal(10, 2)),
  },
  key: ["id", "code"],
});
const of = canonicalTable(table);

async function* rows(...list: TextRow[]): AsyncGenerator<TextRow> {
  yield* list;
}
const compare = (source: TextRow[], warehouse: TextRow[]) => compareCells(of, rows(...source), rows(...warehouse));

describe("compareHeaps", () => {
  const heap = canonicalTable({ ...table, key: "none" });
  const same: TextRow[] = [
    ["1", "a", "1.00"],
    ["1", "a", "1.00"],
    ["2", "b", null],
  ];
  const compareThem = async (warehouse: TextRow[]) =>
    (await compareHeaps(heap, rows(...same), rows(...warehouse))).comparison;

  it("finds equal the same rows in any order", async () => {
    const found = await compareThem([...same].reverse());
    expect(found).toMatchObject({ name: "cells.shop.things", equal: true });
    expect(found.source).toMatch(/^9 cells [0-9a-f]{16}$/);
  });

  it.each<[string, TextRow[]]>([
    ["a row that is there once and not twice", same.slice(1)],
    ["one row twice in place of another", [...same.slice(1), ["2", "b", null]]],
    ["a changed cell", [["1", "a", "1.01"], ...same.slice(1)]],
    [
      "values that have changed places",
      [
        ["1", "a", "1.00"],
        ["1", "b", "1.00"],
        ["2", "a", null],
      ],
    ],
    ["nothing", []],
  ])("finds %s", async (_what, warehouse) => {
    expect((await compareThem(warehouse)).equal).toBe(false);
  });
});

describe("names of the source", () => {
  it("stand as they are, whatever characters they have", () => {
    const area = { name: "a", database: "a`b" };
    expect(sourceTable({ ...table, area, source: "c d" })).toBe("`a``b`.`c d`");
    expect(canonicalColumn("x", types.column("e`f", types.int())).source).toContain("`e``f`");
  });
});

describe("compareCells", () => {
  const same: TextRow[] = [
    ["2", "a", "1.00"],
    ["10", "A", null],
    ["10", "a", "2.50"],
  ];

  it("finds equal what is equal, and says how much that was", async () => {
    const { comparison: found, rows: read, differences } = await compare(same, same);
    expect(found).toMatchObject({ name: "cells.shop.things", equal: true });
    expect(found.source).toMatch(/^9 cells [0-9a-f]{16}$/);
    expect(found.source).toBe(found.warehouse);
    expect(read).toBe(3);
    expect(differences).toEqual([]);
  });

  it.each<[string, TextRow[], string]>([
    [
      "a changed cell",
      [["2", "a", "1.01"], ...same.slice(1)],
      'id=2, code=a price: "1.00" at the source, "1.01" in the warehouse',
    ],
    ["NULL for text", [["2", "a", null], ...same.slice(1)], 'price: "1.00" at the source, null'],
    ["a missing row", same.slice(1), "id=2, code=a is missing in the warehouse"],
    ["a missing last row", same.slice(0, 2), "id=10, code=a is missing in the warehouse"],
    ["a surplus row", [...same, ["11", "x", null]], "id=11, code=x is in the warehouse only"],
    ["a row twice", [...same, ["10", "a", "2.50"]], "is in the warehouse only"],
    ["another key", [["3", "a", "1.00"], ...same.slice(1)], "id=3, code=a is in the warehouse only"],
  ])("finds %s", async (_what, warehouse, sentence) => {
    const { comparison: found, differences } = await compare(same, warehouse);
    expect(found.equal).toBe(false);
    expect(differences.join("\n")).toContain(sentence);
  });

  it("shows a few differences, however many there are", async () => {
    const many = Array.from({ length: 50 }, (_, id): TextRow => [String(id), "a", null]);
    expect((await compare(many, [])).differences).toHaveLength(5);
  });
});

describe("canonicalColumn", () => {
  const normalise = (type: types.ColumnType, text: string) =>
    canonicalColumn("c", types.column("c", type)).normalise(text);

  it.each<[string, types.ColumnType, string, string]>([
    ["ZEROFILL", types.int(), "00042", "42"],
    ["zero", types.int(), "000", "0"],
    ["float32", types.float(), "3.141590118408203", "3.141590118408203"],
    ["float32 from its double", types.float(), "3.14159", "3.141590118408203"],
    ["float64", types.double(), "1e3", "1000"],
    ["datetime without fraction", types.datetime(), "2003-01-06 10:00:00.000000", "2003-01-06 10:00:00"],
    ["datetime with fraction", types.datetime(3), "2003-01-06 10:00:00.120", "2003-01-06 10:00:00.12"],
    ["zero date", types.datetime(), "0000-00-00 00:00:00", "0000-00-00 00:00:00"],
    ["time", types.time(), "-838:59:59.5", "-3020399500000"],
    ["time as the warehouse has it", types.time(), "-3020399500000", "-3020399500000"],
    ["NUL", types.varchar(10), "a\0b", "a\u2400b"],
    ["JSON", types.json(), '{ "b": [1, 2.50], "a": "x" }', '{"a":"x","b":[1,"number 2.50"]}'],
    ["large number in JSON", types.json(), "12345678901234567890", '"number 12345678901234567890"'],
    ["bytes", types.blob(), "00ff", "00FF"],
  ])("takes the form away from %s", (_what, type, text, expected) => {
    expect(normalise(type, text)).toBe(expected);
  });

  it.each<[string, types.ColumnType, readonly string[]]>([
    ["numbers by value", types.int(), ["-10", "-9", "2", "10"]],
    ["large numbers by every digit", types.bigint(), ["9007199254740992", "9007199254740993"]],
    ["decimals by value", types.decimal(38, 2), ["-1.50", "0.10", "9.99", "10.00"]],
    ["text by bytes", types.varchar(10), ["A", "a", "é", "中", "🚂"]],
    ["dates by time", types.date(), ["2003-01-06", "2003-10-06"]],
  ])("orders %s", (_what, type, ordered) => {
    const { compare: order } = canonicalColumn("c", types.column("c", type));
    expect([...ordered].reverse().sort(order)).toEqual(ordered);
  });

  it("asks both servers for the order of bytes", () => {
    const column = canonicalColumn("c", types.column("theName", types.varchar(10)));
    expect(column.sourceOrder).toBe("CAST(CONVERT(`theName` USING utf8mb4) AS BINARY)");
    expect(column.warehouseOrder).toBe('"c" COLLATE "C"');
  });
});

describe("a pseudonymised column", () => {
  it("is compared by form and by NULL, since only the pipeline has the key", () => {
    const column = canonicalColumn("c", types.column("theName", types.varchar(10), { pii: "pseudonymise" }));
    expect(column.source).toBe("CASE WHEN `theName` IS NOT NULL THEN 'pseudonym' END");
    expect(column.warehouse).toContain(`CASE WHEN "c" ~ '^[0-9a-f]{64}$' THEN 'pseudonym' ELSE "c" END`);
  });
});

describe("copyValue", () => {
  it.each([
    ["\\N", null],
    ["", ""],
    ["\\\\N", "\\N"],
    ["a\\tb\\nc\\r", "a\tb\nc\r"],
    ["C:\\\\temp", "C:\\temp"],
  ])("reads %j", (text, expected) => {
    expect(copyValue(text)).toBe(expected);
  });
});

describe("comparison", () => {
  it("finds nothing equal to nothing", () => {
    expect(comparison("x", null, null).equal).toBe(false);
    expect(comparison("x", "1.00", "1.00").equal).toBe(true);
    expect(comparison("x", 1, "1").equal).toBe(false);
  });

  it("compares sums by name, and misses none on either side", () => {
    const [source, warehouse] = [
      new Map([
        ["a", "1.00"],
        ["b", "2.00"],
      ]),
      new Map([
        ["b", "2.00"],
        ["c", "3.00"],
      ]),
    ];
    expect(compareSums("revenue.office", source, warehouse)).toEqual([
      { name: "revenue.office.a", source: "1.00", warehouse: null, equal: false },
      { name: "revenue.office.b", source: "2.00", warehouse: "2.00", equal: true },
      { name: "revenue.office.c", source: null, warehouse: "3.00", equal: false },
    ]);
  });
});
