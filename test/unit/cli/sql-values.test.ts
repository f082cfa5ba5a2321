import { describe, expect, it } from "@jest/globals";
import type { Field } from "@aws-sdk/client-redshift-data";
import { resultTable } from "../../../cli/sql.ts";
import { jsonValue, rowObjects } from "../../../cli/sql-values.ts";

const value = (field: Field, type: string) => jsonValue(field, { name: "x", type });

describe("jsonValue", () => {
  it.each<[string, Field, string, unknown]>([
    ["null", { isNull: true }, "varchar", null],
    ["a boolean", { booleanValue: false }, "bool", false],
    ["a safe integer", { longValue: 42 }, "int8", 42],
    ["the largest safe integer", { longValue: Number.MAX_SAFE_INTEGER }, "int8", 9007199254740991],
    ["an integer given as text", { stringValue: "-7" }, "int4", -7],
    ["a larger integer given as text", { stringValue: "9007199254740993" }, "int8", "9007199254740993"],
    ["a double", { doubleValue: 0.1 }, "float8", 0.1],
    ["a double that JSON has no number for", { doubleValue: Number.NaN }, "float8", "NaN"],
    ["a numeric", { stringValue: "9604190.610" }, "numeric", "9604190.610"],
    ["a date", { stringValue: "2003-01-06" }, "date", "2003-01-06"],
    ["a timestamp", { stringValue: "2003-01-06 10:00:00.123456" }, "timestamp", "2003-01-06T10:00:00.123456"],
    ["a timestamp in UTC", { stringValue: "2003-01-06 10:00:00+00" }, "timestamptz", "2003-01-06T10:00:00Z"],
    ["a timestamp elsewhere", { stringValue: "2003-01-06 10:00:00+02" }, "timestamptz", "2003-01-06T10:00:00+02:00"],
    ["an infinite timestamp", { stringValue: "infinity" }, "timestamp", "infinity"],
    ["digits in text", { stringValue: "0012" }, "varchar", "0012"],
    ["empty text", { stringValue: "" }, "varchar", ""],
    ["bytes", { blobValue: new Uint8Array([0, 255]) }, "varbyte", "00ff"],
  ])("gives %s", (_what, field, type, expected) => {
    expect(value(field, type)).toBe(expected);
  });
});

describe("results", () => {
  const columns = [
    { name: "a", type: "int4" },
    { name: "b", type: "varchar" },
  ];

  it("become objects by column name, [] for no rows", () => {
    const rows: Field[][] = [[{ longValue: 1 }, { stringValue: "x" }]];
    expect(rowObjects({ columns, rows, hasResult: true })).toEqual([{ a: 1, b: "x" }]);
    expect(JSON.stringify(rowObjects({ columns, rows: [], hasResult: true }))).toBe("[]");
  });

  it("become a table in which NULL and line ends can be seen", () => {
    const rows: Field[][] = [
      [{ longValue: 1 }, { isNull: true }],
      [{ longValue: 2 }, { stringValue: "two\r\nlines" }],
    ];
    const text = resultTable({ columns, rows, hasResult: true });
    expect(text).toContain("NULL");
    expect(text).toContain("two\\r\\nlines");
    expect(text).toMatch(/2 rows$/);
    expect(resultTable({ columns: [], rows: [], hasResult: false })).toBe("Done.");
  });
});
