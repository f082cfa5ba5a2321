import { afterAll, beforeAll, describe, expect, it } from "@jest/globals";
import { startLoading } from "../../support/loading/loading.ts";
import type { Loading } from "../../support/loading/loading.ts";
import { everything } from "../../support/loading/tables.ts";
import type { FieldValue } from "../../../lambdas/core/record.ts";

/** Record text, and what the warehouse then holds; numerics, large integers and times come as text. */
const CASES: readonly (readonly [column: string, source: string, value: FieldValue, held: FieldValue])[] = [
  ["tiny", "tiny", -128, -128],
  ["tiny", "tiny", true, 1],
  ["small_u", "smallU", 65535, 65535],
  ["medium", "medium", -8388608, -8388608],
  ["int_u", "intU", 4294967295, 4294967295],
  ["big", "big", "-9223372036854775808", "-9223372036854775808"],
  ["big", "big", 9007199254740991, 9007199254740991],
  ["big_u", "bigU", "18446744073709551615", "18446744073709551615"],
  ["dec", "dec", "-1234567890123456789012345678.0123456789", "-1234567890123456789012345678.0123456789"],
  ["dec", "dec", "0.5", "0.5000000000"],
  ["wide_dec", "wideDec", "12345678901234567890123456789012345.1", "12345678901234567890123456789012345.1"],
  ["f32", "f32", 3.14159, 3.14159],
  ["f64", "f64", 1.7976931348623157e308, 1.7976931348623157e308],
  ["f64", "f64", 5e-324, 5e-324],
  ["day", "day", "0001-01-01", "0001-01-01"],
  ["day", "day", "9999-12-31", "9999-12-31"],
  ["day", "day", "2024-02-29Z", "2024-02-29"],
  ["moment", "moment", "2024-02-03 04:05:06.123456", "2024-02-03 04:05:06.123456"],
  ["moment", "moment", "2024-02-03T04:05:06Z", "2024-02-03 04:05:06"],
  ["instant", "instant", "2024-02-03 04:05:06.1Z", "2024-02-03 04:05:06.1+00"],
  ["span", "span", "-838:59:59.000001", -3020399000001],
  ["span", "span", "00:00:00", 0],
  ["yr", "yr", 0, 0],
  ["yr", "yr", 2155, 2155],
  ["label", "label", 'd"e', 'd"e'],
  ["label", "label", "", ""],
  ["labels", "labels", "x,y", "x,y"],
  ["text", "text", "", ""],
  ["text", "text", "\\N", "\\N"],
  ["text", "text", "NULL", "NULL"],
  ["text", "text", "  blanks  ", "  blanks  "],
  ["text", "text", 'a,"b"\r\nc', 'a,"b"\r\nc'],
  ["text", "text", "Gräße 🎈", "Gräße 🎈"],
  ["text", "text", "nul\0here", "nul\u2400here"],
  ["text", "text", "@NULL@", "@NULL@"],
  ["text", "text", "@NULL1@", "@NULL1@"],
  ["bit1", "bit1", true, true],
  ["bit1", "bit1", 0, false],
  ["bits", "bits", "18446744073709551615", "18446744073709551615"],
  ["bits", "bits", "AQAAAAAAAIA=", "9223372036854775809"],
  ["bin", "bin", "AAECAA==", "00010200"],
  ["blob", "blob", "", ""],
  ["blob", "blob", "/w==", "ff"],
  ["doc", "doc", '{"a":[1,1.10,"x"],"b":null}', '{"a":[1,1.10,"x"],"b":null}'],
];

describe("every kind of value, from record to mirror", () => {
  let loading: Loading;
  beforeAll(async () => {
    loading = await startLoading();
    await loading.migrate([everything]);
    await loading.land(
      everything,
      CASES.map(([, source, value], id) => ({ op: "c", at: 100 + id, row: { id, [source]: value } })),
    );
    expect(await loading.load(everything)).toMatchObject({ rows: CASES.length });
  }, 60_000);
  afterAll(async () => loading.stop());

  it.each(CASES.map(([column, , value, held], id) => ({ column, value, held, id })))(
    "$column $value",
    async ({ column, held, id }) => {
      for (const table of ["mirror.lab_everything", "history.lab_everything", "source.lab_everything"]) {
        const [row] = await loading.rows(`SELECT ${column} AS held, id FROM ${table} WHERE id = ${id}`);
        expect(row).toEqual({ held, id });
      }
    },
  );

  it("leaves absent and NULL columns NULL", async () => {
    const [row] = await loading.rows("SELECT text, doc, blob, _raw, _unmapped FROM mirror.lab_everything WHERE id = 0");
    expect(row).toEqual({ text: null, doc: null, blob: null, _raw: null, _unmapped: null });
  });

  it("keeps dates that no warehouse holds as text", async () => {
    const day = "0000-00-00";
    const row = { id: 1000, day, moment: "2024-02-30 10:00:00.000000", instant: "0000-00-00 00:00:00Z" };
    await loading.land(everything, [{ op: "c", at: 9000, row }], { offset: 10_000 - 10_000 + CASES.length });
    await loading.load(everything);
    const [held] = await loading.rows("SELECT day, moment, instant, _raw FROM mirror.lab_everything WHERE id = 1000");
    expect(held).toMatchObject({ day: null, moment: null, instant: null });
    expect(JSON.parse(String(held?.["_raw"]))).toEqual({ day, moment: row.moment, instant: row.instant });
  });

  it("keeps columns that the definition does not know", async () => {
    const row = { id: 1001, added: 'x"y', other: 12 };
    await loading.land(everything, [{ op: "c", at: 9001, row }], { offset: CASES.length + 1 });
    await loading.load(everything);
    const [held] = await loading.rows("SELECT _unmapped FROM mirror.lab_everything WHERE id = 1001");
    expect(JSON.parse(String(held?.["_unmapped"]))).toEqual({ added: 'x"y', other: 12 });
  });

  it("keeps numbers that JavaScript cannot hold, as Debezium writes them", async () => {
    const text =
      '{"before":null,"after":{"id":1002,"big":9223372036854775807,"bigU":18446744073709551615,"dec":0.10},' +
      '"source":{"file":"binlog.000001","pos":9002,"row":0,"ts_ms":1704067200000},"op":"c","ts_ms":1704067200000}';
    await loading.land(everything, [text], { offset: CASES.length + 2 });
    await loading.load(everything);
    const [held] = await loading.rows("SELECT big, big_u, dec FROM mirror.lab_everything WHERE id = 1002");
    expect(held).toEqual({ big: "9223372036854775807", big_u: "18446744073709551615", dec: "0.1000000000" });
  });
});
