import { describe, expect, it } from "@jest/globals";
import fc from "fast-check";
import { CsvRecordReader } from "../../../../localstack/services/sql/copy/csv-records.ts";
import { CsvScanner, NotPlainError } from "../../../../localstack/services/sql/copy/csv-scan.ts";
import { isLoadError, readRecord } from "../../../../localstack/services/sql/copy/load-errors.ts";
import type { CopyOptions } from "../../../../localstack/services/sql/copy/options.ts";
import type { ColumnKind, TargetColumn } from "../../../../localstack/services/sql/copy/target.ts";
import { translate } from "../../../../localstack/services/sql/statements/index.ts";

function options(more = ""): CopyOptions {
  const plan = translate(`COPY t FROM 's3://b/k' IAM_ROLE default CSV NULL AS '@NULL@' ${more}`);
  if (plan.kind !== "copy") throw new Error("COPY was expected");
  return plan.options;
}
const column = (kind: ColumnKind, more: Partial<TargetColumn> = {}): TargetColumn => ({
  name: kind,
  kind,
  bytes: null,
  precision: 10,
  scale: 2,
  notNull: false,
  ...more,
});

/** What a scanner passes on for a file cut into pieces of this size. */
function scan(text: string | Buffer, columns: readonly TargetColumn[], more = "", size = 3): string {
  const scanner = new CsvScanner(columns, options(more));
  const bytes = Buffer.from(text);
  scanner.begin(options(more).ignoreHeader);
  const out: Buffer[] = [];
  for (let at = 0; at < bytes.length; at += size) out.push(...scanner.scan(bytes.subarray(at, at + size)));
  out.push(...scanner.end());
  return Buffer.concat(out).toString("utf8");
}

/** What the careful reader makes of a file: rows, or `code message` of an error. */
function read(text: string | Buffer, columns: readonly TargetColumn[], more = ""): unknown[] {
  const chosen = options(more);
  const records = new CsvRecordReader(chosen.delimiter, chosen.quote, chosen.ignoreHeader);
  const found = [...records.read(Buffer.from(text)), ...records.end()];
  return found.map((record) => {
    const reading = readRecord(record, columns, chosen, "f");
    return reading !== null && isLoadError(reading) ? `${reading.line}: ${reading.code} ${reading.message}` : reading;
  });
}

describe("the scanner", () => {
  const columns = [column("int4"), column("varchar"), column("numeric"), column("varbyte"), column("timestamp")];

  it("passes plain bytes on as they are", () => {
    const text =
      '1,"a ""b"", c\nd",1.25,@NULL@,2024-01-31 10:00:00\n-2,é,"7.5","@NULL@","2024-01-31T10:00:00.123456Z"\n';
    for (const size of [1, 2, 7, 1000]) expect(scan(text, columns, "", size)).toBe(text);
  });

  it("changes in passing what Redshift reads otherwise", () => {
    expect(scan('"",,1.2399,6162,\n,"",-0.999,"","2024-01-31"', columns)).toBe(
      '""@NULL@,,1.23,\\x6162,@NULL@\n@NULL@,"",-0.99,"","2024-01-31"\n',
    );
    expect(scan("1,a,1.999,,", columns, "ROUNDEC")).toBe("1,a,1.999,,@NULL@\n");
    expect(scan('1,"",1,61,\n', columns, "EMPTYASNULL")).toBe('1,""@NULL@,1,\\x61,@NULL@\n');
    expect(scan("head,er\n1,a,1,61,", columns, "IGNOREHEADER 1")).toBe("1,a,1,\\x61,@NULL@\n");
  });

  it.each([
    ["0x1F,a,1,61,", "a value"],
    ["1_0,a,1,61,", "a value"],
    ["1,a,NaN,61,", "a value"],
    ["1,a,1e3,61,", "a value"],
    ["1,a,1,6g,", "a value"],
    ["1,a,1,61,now", "a value"],
    ["1,a,1,61,infinity", "a value"],
    ["1,a,1,61", "another number of columns"],
    ["1,a,1,61,,", "another number of columns"],
    ["1,a\r\n", "carriage return"],
    ['1,a"b,1,61,', "a quote inside"],
    ['1,"a"b,1,61,', "after a closing quote"],
    ['1,"a', "open quote"],
  ])("leaves %j to the careful reader", (text, reason) => {
    expect(() => scan(text, columns)).toThrow(NotPlainError);
    expect(() => scan(text, columns)).toThrow(reason);
  });

  it("agrees with the careful reader on every file that it passes", () => {
    const cell = fc.oneof(
      fc.constantFrom("", "@NULL@", "1", "-2.345", "abc", "6162", "2024-01-31", "t", "x,y", 'q"q', "l\nl"),
      fc.string(),
    );
    const kinds = fc.array(fc.constantFrom<ColumnKind>("int4", "varchar", "numeric", "varbyte", "date", "float8"), {
      minLength: 1,
      maxLength: 4,
    });
    const file = kinds.chain((chosen) =>
      fc.record({
        chosen: fc.constant(chosen),
        rows: fc.array(fc.array(fc.tuple(cell, fc.boolean()), { minLength: chosen.length, maxLength: chosen.length })),
        size: fc.integer({ min: 1, max: 9 }),
      }),
    );
    fc.assert(
      fc.property(file, ({ chosen, rows, size }) => {
        const target = chosen.map((kind) => column(kind, { precision: 30 }));
        const quote = ([text, quoted]: readonly [string, boolean]): string =>
          quoted ? `"${text.replaceAll('"', '""')}"` : text;
        const text = rows.map((row) => `${row.map(quote).join(",")}\n`).join("");
        let passed: string;
        try {
          passed = scan(text, target, "", size);
        } catch (error) {
          if (error instanceof NotPlainError) return;
          throw error;
        }
        const before = read(text, target);
        // PostgreSQL would refuse these as well, and then the careful reader takes over.
        if (before.some((row) => typeof row === "string")) return;
        const plain = target.map(({ name }) => ({ ...column("varchar"), name }));
        // PostgreSQL reads an empty quoted field with NULL text behind it as that text.
        const after = read(passed.replaceAll(/(^|,)""@NULL@/gm, "$1@NULL@"), plain) as (string | null)[][];
        const numbers = (row: readonly (string | null)[]) =>
          row.map((value, i) => (chosen[i] === "numeric" && value !== null ? Number(value) : value));
        // A date of blanks is one that PostgreSQL refuses.
        const day = (value: string | null): string | null =>
          value === null || value.trim() === "" ? null : value.slice(0, 10);
        const kept = (row: unknown) =>
          numbers((row as (string | null)[]).map((value, i) => (chosen[i] === "date" ? day(value) : value)));
        expect(after.map(kept).map(hex)).toEqual(before.map(kept).map(hex));
      }),
      { numRuns: 1500 },
    );
  });
});

/** An empty VARBYTE has no prefix on its way; both mean the same. */
const hex = (row: readonly (string | number | null)[]) => row.map((value) => (value === "\\x" ? "" : value));

describe("the careful reader", () => {
  it("reads values by Redshift's rules", () => {
    const kinds: ColumnKind[] = [
      "int2",
      "numeric",
      "bool",
      "date",
      "timestamptz",
      "varbyte",
      "super",
      "varchar",
      "float8",
    ];
    const columns = kinds.map((kind) => column(kind));
    expect(read(' 12 ,1.239,YES,2024-02-29,2024-01-31 10:00:00+01,6162,"{""a"": 1}", x ,1e3\r\n', columns)).toEqual([
      ["12", "1.23", "t", "2024-02-29", "2024-01-31 10:00:00+01", "\\x6162", '{"a": 1}', " x ", "1e3"],
    ]);
    expect(read(",,,,,,,,", columns)).toEqual([[null, null, null, null, null, "\\x", null, "", null]]);
  });

  it.each<[string, TargetColumn, string]>([
    ["12a", column("int4"), "1: 1207 Invalid digit, Value 'a', Pos 2, Type: Integer"],
    ["40000", column("int2"), "1: 1204 Overflow, Value '40000', Type: Short"],
    ["123456789.1", column("numeric"), "1: 1204 Overflow for NUMERIC(10,2)"],
    ["x", column("numeric"), "1: 1207 Invalid digit, Value 'x', Pos 0, Type: Decimal"],
    ["maybe", column("bool"), "1: 1210 Unknown boolean format: 'maybe'"],
    ["2024-02-30", column("date"), "1: 1205 Invalid Date Format: '2024-02-30'"],
    ["24-1-1", column("date"), "1: 1205 Invalid Date Format - length must be 10 or more"],
    ["0000-00-00 00:00:00", column("timestamp"), "1: 1206 Invalid timestamp format or value [YYYY-MM-DD HH24:MI:SS]"],
    ["ééé", column("varchar", { bytes: 5 }), "1: 1204 String length exceeds DDL length"],
    ["{", column("super"), "1: 1224 Invalid JSON for a SUPER column"],
    ["616", column("varbyte"), "1: 1219 Odd number of hexadecimal digits for a VARBYTE column"],
    ["@NULL@", column("varchar", { notNull: true }), "1: 1213 Missing data for not-null field"],
    ["a,b", column("varchar"), "1: 1202 Extra column(s) found"],
    ['"a', column("varchar"), "1: 1216 Invalid quote formatting for CSV"],
    ["a\0b", column("varchar"), "1: 1214 NUL byte: it ends the record"],
  ])("refuses %j", (text, target, error) => {
    expect(read(text, [target])).toEqual([error]);
  });

  it("counts lines within quotes, and goes on after an error", () => {
    expect(read('1,"a\nb"\nx,c\n2\n3,d', [column("int4"), column("varchar")])).toEqual([
      ["1", "a\nb"],
      "3: 1207 Invalid digit, Value 'x', Pos 0, Type: Integer",
      "4: 1214 Delimiter not found",
      ["3", "d"],
    ]);
  });

  it("follows its options", () => {
    const text = [column("varchar", { bytes: 3 })];
    expect(read("éé", text, "TRUNCATECOLUMNS")).toEqual([["é"]]);
    expect(read("  ", text, "BLANKSASNULL")).toEqual([[null]]);
    expect(read(Buffer.from([0x61, 0xff, 0x62]), text)).toEqual([
      "1: 1220 String contains invalid or unsupported UTF8 codepoints. Bad UTF8 hex sequence: ff62 (error 1)",
    ]);
    expect(read(Buffer.from([0x61, 0xff, 0x62]), text, "ACCEPTINVCHARS '^'")).toEqual([["a^b"]]);
    expect(read("1.005", [column("numeric")], "ROUNDEC")).toEqual([["1.005"]]);
    expect(read("1", [column("int4"), column("varchar")], "FILLRECORD")).toEqual([["1", null]]);
    expect(read("\n1,a", [column("int4"), column("varchar")], "IGNOREBLANKLINES")).toEqual([null, ["1", "a"]]);
  });
});
