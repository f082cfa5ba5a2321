import { describe, expect, it } from "@jest/globals";
import { UnfitValueError } from "../../../lambdas/core/errors.ts";
import { cellEncoder } from "../../../lambdas/land-batch/values/index.ts";
import { LossyNumber, noNotes, VariantNeeded } from "../../../lambdas/land-batch/values/value.ts";
import type { RowNotes } from "../../../lambdas/land-batch/values/value.ts";
import * as c from "../../../schemas/model/column.ts";
import type { ColumnType, TooLong } from "../../../schemas/model/column.ts";

function encode(type: ColumnType, value: unknown, tooLong: TooLong = "widen"): { text: string; notes: RowNotes } {
  const notes: RowNotes = noNotes();
  const cell = cellEncoder({ name: "x", column: c.nullable("x", type), isKey: false, nullMarker: "@NULL@", tooLong });
  return { text: cell(value, notes), notes };
}

describe("text of a cell", () => {
  it.each<[ColumnType, unknown, string]>([
    [c.int(), null, "@NULL@"],
    [c.int(), undefined, "@NULL@"],
    [c.tinyint(), true, "1"],
    [c.int(), "12", "12"],
    [c.bigint(), "9223372036854775807", "9223372036854775807"],
    [c.decimal(5, 2), "-123.40", "-123.40"],
    [c.decimal(5, 2), "000123.4000", "000123.4000"],
    [c.decimal(5, 2), 12, "12"],
    [c.double(), -0, "-0"],
    [c.double(), 1e21, "1e+21"],
    [c.double(), "1.50", "1.5"],
    [c.date(), "2024-02-29", "2024-02-29"],
    [c.datetime(6), "2024-02-29T01:02:03.5Z", "2024-02-29 01:02:03.5"],
    [c.timestamp(6), "2024-02-29 01:02:03.500000Z", "2024-02-29 01:02:03.500000+00"],
    [c.timestamp(), "2024-02-29 01:02:03", "2024-02-29 01:02:03+00"],
    [c.time(), "-00:00:01", "-1000000"],
    [c.time(6), "838:59:59.000001", "3020399000001"],
    [c.year(), "0000", "0"],
    [c.varchar(5), "", '""'],
    [c.varchar(5), 'a"b', '"a""b"'],
    [c.varchar(5), " a,\n", '" a,\n"'],
    [c.enumeration("a"), "", '""'],
    [c.bit(1), "1", "1"],
    [c.bit(8), "BQ==", "5"],
    [c.bit(8), 255, "255"],
    [c.binary(2), "AP8=", "00ff"],
    [c.json(), '{"a": "b"}', '"{""a"": ""b""}"'],
  ])("%j of %j is %j", (type, value, text) => expect(encode(type, value).text).toBe(text));

  it.each<[ColumnType, string]>([
    [c.date(), "0000-00-00"],
    [c.date(), "2024-02-30"],
    [c.date(), "2024-00-10"],
    [c.date(), "0000-01-01"],
    [c.datetime(), "2023-02-29 00:00:00"],
    [c.timestamp(), "0000-00-00 00:00:00Z"],
  ])("%j of %j is NULL and keeps its text", (type, value) => {
    expect(encode(type, value)).toEqual({ text: "@NULL@", notes: { ...noNotes(), kept: 1, raw: { x: value } } });
  });

  it("keeps empty bytes apart from NULL", () => {
    expect(encode(c.blob(), "").notes.raw).toEqual({ x: "" });
  });

  it("counts the NULs that it replaces", () => {
    expect(encode(c.varchar(5), "a\0b\0")).toMatchObject({ text: '"a\u2400b\u2400"', notes: { nulsReplaced: 2 } });
    expect(encode(c.json(), String.raw`{"a":"\u0000\u0000","b":"\\u0000"}`)).toMatchObject({
      text: String.raw`"{""a"":""␀␀"",""b"":""\\u0000""}"`,
      notes: { nulsReplaced: 2 },
    });
  });

  it.each<[ColumnType, unknown, RegExp]>([
    [c.tinyint(), 32768, /16 bits/],
    [c.int(), 1.5, /whole numbers/],
    [c.int(), 2147483648, /widen it in the definition/],
    [c.int(), "x", /whole number/],
    [c.bigint(), "9223372036854775808", /64 bits/],
    [c.bigint(true), "-1", /not negative/],
    [c.bigint(true), "18446744073709551616", /64 bits/],
    [c.decimal(5, 2), "1234.00", /at most 3 digits before/],
    [c.decimal(5, 2), "1.234", /2 after the point/],
    [c.decimal(5, 2), "MTI=", /decimal.handling.mode=string/],
    [c.decimal(5, 2), ".", /decimal text/],
    [c.double(), "NaN", /a number is needed/],
    [c.date(), 19000, /time.precision.mode=isostring/],
    [c.date(), "24-1-1", /YYYY-MM-DD/],
    [c.datetime(), "2024-01-01 25:00:00", /HH:MM:SS/],
    [c.timestamp(), "2024-01-01 00:00:00+02:00", /Z as text/],
    [c.time(), "839:00:00", /HH:MM:SS/],
    [c.year(), 1.5, /year from 0/],
    [c.varchar(5), 5, /text is needed/],
    [c.varchar(5), "\ud800", /surrogate/],
    [c.bit(8), 256, /8 bits/],
    [c.bit(8), -1, /8 bits/],
    [c.bit(8), "zzz!", /8 bits/],
    [c.bit(8), "A", /8 bits/],
    [c.binary(2), "AP8", /base64/],
    [c.binary(2), "AAAAAA==", /2 bytes fit/],
    [c.json(), "{", /no JSON/],
    [c.json(), { a: 1 }, /JSON as text/],
    [c.json(), JSON.stringify({ a: "x".repeat(70_000) }), /a string in it/],
  ])("%j refuses %j", (type, value, reason) => {
    expect(() => encode(type, value)).toThrow(UnfitValueError);
    expect(() => encode(type, value)).toThrow(reason);
    expect(() => encode(type, value)).toThrow(/^column x cannot hold/);
  });

  it.each<[ColumnType, number]>([
    [c.bigint(), 2 ** 53],
    [c.decimal(20, 2), 1.1],
    [c.bit(64), 2 ** 60],
  ])("%j asks for the text of %j, which JSON.parse may have bent", (type, value) => {
    expect(() => encode(type, value)).toThrow(LossyNumber);
  });

  it("asks for another text in place of NULL when a value equals it", () => {
    expect(() => encode(c.varchar(10), "@NULL@")).toThrow(VariantNeeded);
  });

  it("never lets a key be NULL", () => {
    const key = cellEncoder({
      name: "id",
      column: c.column("id", c.int()),
      isKey: true,
      nullMarker: "@NULL@",
      tooLong: "widen",
    });
    expect(() => key(null, noNotes())).toThrow(/key columns are never NULL/);
  });
});

describe("bytes that are no character", () => {
  it("become U+FFFD, are counted, and stand in _raw", () => {
    expect(encode(c.varchar(9), "a\udc81\\\udcff")).toEqual({
      text: '"a\ufffd\\\ufffd"',
      notes: { ...noNotes(), kept: 1, undecodable: 2, raw: { x: "a\\x81\\\\\\xff" } },
    });
  });

  it("are none of ours as other half pairs", () => {
    expect(() => encode(c.varchar(9), "a\ud800")).toThrow(/half a surrogate pair/);
    expect(() => encode(c.varchar(9), "a\udd00")).toThrow(/half a surrogate pair/);
  });
});

describe("a value too long for its column", () => {
  const long = "ä".repeat(30);

  it("widens the column", () => {
    expect(() => encode(c.varchar(10), long)).toThrow(VariantNeeded);
  });

  it("goes to quarantine beyond what any column holds", () => {
    expect(() => encode(c.varchar(10), "x".repeat(65_536))).toThrow(/takes 65536 bytes of UTF-8, 40 fit/);
  });

  it("goes to quarantine by policy, and always in a key", () => {
    expect(() => encode(c.varchar(10), long, "quarantine")).toThrow(UnfitValueError);
    const key = cellEncoder({
      name: "k",
      column: c.column("k", c.varchar(10)),
      isKey: true,
      nullMarker: "@NULL@",
      tooLong: "widen",
    });
    expect(() => key(long, noNotes())).toThrow(UnfitValueError);
  });

  it("is kept beside the row by policy, in pieces that SUPER can hold", () => {
    const text = "🎈".repeat(40_000);
    const { text: cell, notes } = encode(c.varchar(10), text, "super");
    const kept = notes.raw?.["x"];
    expect(cell).toBe("@NULL@");
    expect(Array.isArray(kept) && kept.join("")).toBe(text);
    for (const piece of kept ?? []) expect(Buffer.byteLength(piece)).toBeLessThanOrEqual(65_535);
  });
});
