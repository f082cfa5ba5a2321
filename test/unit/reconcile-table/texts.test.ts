import { describe, expect, it } from "@jest/globals";
import * as c from "../../../schemas/model/column.ts";
import type { AnyTable } from "../../../schemas/model/table.ts";
import { cellForms, floatSteps } from "../../../schemas/sql/reconcile/cells.ts";
import { cellWriter } from "../../../lambdas/reconcile-table/cells.ts";
import { checksumOf, checksumText } from "../../../lambdas/reconcile-table/row-checksum.ts";
import { rowNames } from "../../../lambdas/reconcile-table/row-identity.ts";
import { differing, Sums, sumText } from "../../../lambdas/reconcile-table/sums.ts";
import { ByteWriter } from "../../../lambdas/core/byte-writer.ts";

const area = { name: "lab", database: "lab" };
const tableOf = (columns: AnyTable["columns"], key: readonly [string, ...string[]] = ["id"]): AnyTable => ({
  ...{ area, name: "t", source: "t", comment: "", columns, key },
});

/** The canonical text of one value as its record has it. */
function textOf(type: c.ColumnType, json: string): string {
  const [form] = cellForms(tableOf({ id: c.column("id", type) }));
  if (form === undefined) throw new Error("a table has columns");
  const out = new ByteWriter();
  const bytes = Buffer.from(`xx${json}yy`);
  cellWriter(form)(out, bytes, 2, bytes.length - 2);
  return out.view().toString("utf8");
}

describe("canonical texts", () => {
  it.each([
    [c.bigint(), '"9223372036854775807"', "9223372036854775807"],
    [c.int(), "-5", "-5"],
    [c.decimal(10, 2), '"-0.05"', "-0.05"],
    [c.decimal(10, 2), '"7"', "7.00"],
    [c.decimal(10, 2), '"7.5"', "7.50"],
    [c.decimal(10, 2), '"7.5000"', "7.50"],
    [c.decimal(10, 2), '"7.123"', "7.123"],
    [c.decimal(10, 0), '"70"', "70"],
    [c.decimal(10, 0), '"70.00"', "70"],
    [c.date(), '"2024-02-29"', "2024-02-29"],
    [c.date(), '"0000-00-00"', "0000-00-00"],
    [c.datetime(0), '"2024-02-29 23:59:59"', "2024-02-29 23:59:59.000000"],
    [c.datetime(2), '"2024-02-30 23:59:59.12"', "2024-02-30 23:59:59.12"],
    [c.timestamp(3), '"2024-02-29T23:59:59.123Z"', "2024-02-29 23:59:59.123000"],
    [c.timestamp(0), '"0000-00-00 00:00:00"', "0000-00-00 00:00:00"],
    [c.time(6), '"-838:59:59.000001"', "-3020399000001"],
    [c.time(0), '"-00:00:00"', "0"],
    [c.varchar(20), '""', ""],
    [c.varchar(20), '"é|~"', "é|.~"],
    [c.varchar(20), '"a\\"\\u0000b"', 'a"\u2400b'],
    [c.bit(9), '"257"', "257"],
    [c.bit(9), "257", "257"],
    [c.binary(2), '"AP8="', "00ff"],
    [c.json(), '"null"', "|~"],
  ] as const)("%j %s", (type, json, text) => expect(textOf(type, json)).toBe(text));

  it("a document is the same with and without blanks outside its strings", () => {
    expect(textOf(c.json(), '"{\\"a b\\": [1, 2]}"')).toBe(textOf(c.json(), '"{\\"a b\\":[1,2]}"'));
    expect(textOf(c.json(), '"{\\"a b\\":1}"')).not.toBe(textOf(c.json(), '"{\\"ab\\":1}"'));
  });

  it("wide tables are digested until a row fits a VARCHAR", () => {
    const wide = Object.fromEntries(
      Array.from({ length: 40 }, (_, i) => [`c${i}`, c.column(`c${i}`, c.varchar(2_000))]),
    );
    expect(cellForms(tableOf(wide, ["c0"])).every(({ digested }) => digested)).toBe(true);
    expect(cellForms(tableOf({ id: c.column("id", c.varchar(100)) }))[0]?.digested).toBe(false);
  });
});

describe("floats", () => {
  it("are cut without rounding, so that equal texts are equal values", () => {
    const values = [1, -1, 0.1, 1 / 3, 5e-324, 2 ** -1022, Number.MAX_VALUE, 2 ** 60, 2 ** -60, 123_456.789, 1e21];
    for (const value of values) {
      const [, sign = "", whole = "0", fraction = "0", k = "0"] =
        /^(-?)(\d+)\.(\d+)e(-?\d+)$/.exec(textOf(c.double(), JSON.stringify(value))) ?? [];
      const y = Number(whole) + Number(fraction) / 2 ** 53;
      const [a, b] = [Math.trunc((60 * Number(k)) / 2), 60 * Number(k) - Math.trunc((60 * Number(k)) / 2)];
      expect((sign === "-" ? -1 : 1) * y * 2 ** a * 2 ** b).toBe(value);
    }
    expect(textOf(c.double(), "-0")).toBe("0");
  });

  it("have a step for every value", () => {
    for (const bits of [32, 64] as const) {
      for (const { times } of floatSteps(bits)) {
        expect(times.every((factor) => Number.isFinite(factor) && factor > 0)).toBe(true);
      }
    }
  });
});

describe("checksums", () => {
  it("are the first 15 hex digits of the MD5 as a number", () => {
    // md5('abc') = 900150983cd24fb0d6963f7d28e17f72
    expect(checksumText(checksumOf("abc"))).toBe(String(0x900150983cd24fbn));
    // md5('i') = 865c0c0b4ab0e063e5caa3387c1a8741
    expect(checksumText(checksumOf("i"))).toBe(String(0x865c0c0b4ab0e06n));
  });

  it("add up exactly, also when they are broken off and go on", () => {
    const [a, b] = [new Sums(2), new Sums(2)];
    let exact = 0n;
    for (let i = 0; i < 500_000; i++) {
      const sum = { high: 2 ** 28 - 1, low: 2 ** 32 - 1 - (i % 7) };
      exact += BigInt(checksumText(sum));
      a.add(1, sum);
      if (i < 250_000) b.add(1, sum);
    }
    const again = Sums.from(2, JSON.parse(JSON.stringify(b)) as number[][]);
    for (let i = 250_000; i < 500_000; i++) again.add(1, { high: 2 ** 28 - 1, low: 2 ** 32 - 1 - (i % 7) });
    expect(a.texts()).toEqual(new Map([[1, sumText(500_000, exact)]]));
    expect(again.texts()).toEqual(a.texts());
    expect(differing(a.texts(), new Map([[0, "1 5"]]))).toEqual([0, 1]);
  });
});

describe("names of rows", () => {
  const keyOf = (type: c.ColumnType, identity: string) => {
    const names = rowNames(tableOf({ id: c.column("ID", type) }));
    return { row: names.keyRow(identity), values: names.keyValues(identity) };
  };
  const hex = (text: string): string => Buffer.from(text).toString("hex");

  it.each([
    [c.int(), "-7", { ID: -7 }, ["-7"]],
    [c.bigint(), "9223372036854775807", { ID: "9223372036854775807" }, ["9223372036854775807"]],
    [c.decimal(5, 2), "1.50", { ID: "1.50" }, ["1.50"]],
    [c.varchar(9), hex("é-1"), { ID: "é-1" }, ["é-1"]],
    [c.binary(2), "00ff", { ID: "AP8=" }, [Buffer.from([0, 255])]],
    [c.time(2), "-3600250000", { ID: "-01:00:00.25" }, ["-01:00:00.25"]],
    [c.timestamp(0), hex("2024-01-31 10:00:00"), { ID: "2024-01-31T10:00:00Z" }, ["2024-01-31 10:00:00"]],
    [c.date(), hex("2024-01-31"), { ID: "2024-01-31" }, ["2024-01-31"]],
  ] as const)("lead back to the key: %j %s", (type, identity, row, values) => {
    expect(keyOf(type, identity)).toEqual({ row, values });
  });

  it("that no key can have are refused with a sentence", () => {
    expect(() => keyOf(c.varchar(9), "not hex")).toThrow("has a _key that no key of the source has");
  });
});
