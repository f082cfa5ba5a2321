import { describe, expect, it } from "@jest/globals";
import fc from "fast-check";
import { TYPE } from "../../../../lambdas/adapters/binlog/column-types.ts";
import { decimalSize, writeDecimalDigits } from "../../../../lambdas/adapters/binlog/decimal.ts";
import { encodeGtidSet } from "../../../../lambdas/adapters/binlog/dump.ts";
import { gtidTracker } from "../../../../lambdas/adapters/binlog/gtid-tracker.ts";
import { mysqlDoubleText } from "../../../../lambdas/adapters/binlog/json-scalars.ts";
import { readQuery } from "../../../../lambdas/adapters/binlog/query-event.ts";
import { readOptionalMetadata } from "../../../../lambdas/adapters/binlog/table-metadata.ts";
import { ByteReader } from "../../../../lambdas/adapters/mysql/values/byte-reader.ts";
import { ByteWriter } from "../../../../lambdas/core/byte-writer.ts";

const UUID = "3e11fa47-71ca-11e1-9e33-c80aa9429562";

describe("signs in a table map", () => {
  // As MariaDB 10.11 and MySQL 9.7 write it for (YEAR, INT, INT UNSIGNED): a bit for each, YEAR being unsigned.
  it.each(["mariadb", "mysql"] as const)("of %s belong to their columns behind a YEAR", (flavour) => {
    const metadata = new ByteReader(Buffer.from([1, 1, 0b1010_0000]));
    const { unsigned } = readOptionalMetadata(metadata, [TYPE.year, TYPE.long, TYPE.long], flavour);
    expect([...unsigned]).toEqual([0, 2]);
  });
});

describe("packed decimals", () => {
  // The example of the server's own documentation (strings/decimal.cc, decimal2bin).
  it.each([
    ["810dfb38d204d2", "1234567890.1234"],
    ["7ef204c72dfb2d", "-1234567890.1234"],
  ])("%s is %s", (hex, text) => {
    const bytes = Buffer.from(hex, "hex");
    expect(decimalSize(14, 4)).toBe(bytes.length);
    const out = new ByteWriter();
    writeDecimalDigits(new ByteReader(bytes), out, 14, 4);
    expect(out.text()).toBe(text);
  });
});

describe("GTIDs of committed transactions", () => {
  it("add up to a set of intervals, in whatever order they come", () => {
    const numbers = fc.shuffledSubarray(Array.from({ length: 30 }, (_, i) => i + 1));
    fc.assert(
      fc.property(numbers, (order) => {
        const tracker = gtidTracker("mysql", "");
        for (const n of order) tracker.add(`${UUID}:${n}`);
        const sorted = [...order].sort((a, b) => a - b);
        const text = sorted.reduce<[number, number][]>((spans, n) => {
          const last = spans.at(-1);
          if (last !== undefined && last[1] === n - 1) last[1] = n;
          else spans.push([n, n]);
          return spans;
        }, []);
        const wanted = text.map(([a, b]) => (a === b ? `${a}` : `${a}-${b}`)).join(":");
        expect(tracker.text()).toBe(order.length === 0 ? "" : `${UUID}:${wanted}`);
      }),
    );
  });

  it("go on from what was executed before", () => {
    const tracker = gtidTracker("mysql", `${UUID}:1-5:8`);
    tracker.add(`${UUID}:6`);
    expect(tracker.text()).toBe(`${UUID}:1-6:8`);
    tracker.add(`${UUID}:7`);
    expect(tracker.text()).toBe(`${UUID}:1-8`);
  });

  it("with tags keep each tag apart", () => {
    const tracker = gtidTracker("mysql", `${UUID}:1-5:backup:1-2:4`);
    tracker.add(`${UUID}:6`);
    tracker.add(`${UUID}:backup:3`);
    expect(tracker.text()).toBe(`${UUID}:1-6,${UUID}:backup:1-4`);
  });

  it("on MariaDB are the last of each domain", () => {
    const tracker = gtidTracker("mariadb", "0-97-5,1-97-9");
    tracker.add("0-98-6");
    expect(tracker.text()).toBe("0-98-6,1-97-9");
  });

  it("are sent as intervals whose ends are exclusive", () => {
    const bytes = encodeGtidSet(`${UUID}:1-5:7`);
    expect(bytes.readBigUInt64LE(0)).toBe(1n);
    expect(bytes.toString("hex", 8, 24)).toBe(UUID.replaceAll("-", ""));
    expect([24, 32, 40, 48, 56].map((at) => bytes.readBigUInt64LE(at))).toEqual([2n, 1n, 6n, 7n, 8n]);
    expect(() => encodeGtidSet("nonsense")).toThrow(/'nonsense' is not a GTID set/);
  });
});

describe("doubles inside JSON", () => {
  // As MySQL 9.7 prints JSON_ARRAY(1e0, ...).
  it.each([
    [1, "1.0"],
    [-0, "-0.0"],
    [1e14, "100000000000000.0"],
    [1e15, "1e15"],
    [123456789012345, "123456789012345.0"],
    [1234567890123456, "1.234567890123456e15"],
    [3198315941218208.5, "3198315941218208.5"],
    [1.5e17, "1.5e17"],
    [0.1, "0.1"],
    [1e-15, "0.000000000000001"],
    [1e-16, "1e-16"],
    [5e-324, "5e-324"],
  ])("%d prints as %s", (value, text) => expect(mysqlDoubleText(value)).toBe(text));
});

describe("statements that frame transactions", () => {
  const control = (sql: string): unknown => {
    const head = Buffer.alloc(13);
    return readQuery(new ByteReader(Buffer.concat([head, Buffer.from(`\0${sql}`)])), false).control;
  };
  it.each([
    ["BEGIN", "begin"],
    ["XA START X'61',X'',1", "begin"],
    ["COMMIT", "commit"],
    ["XA COMMIT X'61',X'',1", "commit-prepared"],
    ["ROLLBACK", "rollback"],
    ["SAVEPOINT `a`", "savepoint"],
    ["ROLLBACK TO `a`", "savepoint"],
    ["UPDATE t SET a = 1", null],
  ])("%s", (sql, expected) => expect(control(sql)).toBe(expected));
});
