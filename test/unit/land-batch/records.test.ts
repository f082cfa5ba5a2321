import { gunzipSync } from "node:zlib";
import { describe, expect, it } from "@jest/globals";
import fc from "fast-check";
import { LossyNumber } from "../../../lambdas/land-batch/values/value.ts";
import { recordVersion } from "../../../lambdas/core/record.ts";
import type { Row } from "../../../lambdas/core/record.ts";
import { recordWriter } from "../../../lambdas/core/record-text.ts";
import { base64Text } from "../../../lambdas/land-batch/base64-text.ts";
import { fastRecordReader } from "../../../lambdas/land-batch/fast-record.ts";
import { gzipWriter } from "../../../lambdas/land-batch/gzip.ts";
import { parseRecord } from "../../../lambdas/land-batch/record-value.ts";
import { rowEncoder } from "../../../lambdas/land-batch/row-encoder.ts";
import { keyEncoder } from "../../../lambdas/core/key-text.ts";
import { versionWriter } from "../../../lambdas/land-batch/version-writer.ts";
import { fileDefinition } from "../../../schemas/hash.ts";
import * as c from "../../../schemas/model/column.ts";
import { defineTable } from "../../../schemas/model/table.ts";
import { orders, tags } from "../../support/loading/tables.ts";

const cells = fc.oneof(
  fc.string({ unit: "binary" }),
  fc.integer(),
  fc.boolean(),
  fc.constant(null),
  fc.double({ noNaN: true, noDefaultInfinity: true }),
);
const rows = fc.dictionary(fc.string(), cells).map((row) => JSON.parse(JSON.stringify(row)) as Row);
const tricky = fc.constantFrom('},"op":"', '},"after":{', '"row":', "}}", '\\"', "{", "");

describe("reading records", () => {
  it("fast reads what parsing reads, whatever is in the rows", () => {
    const read = fastRecordReader();
    const change = fc.record({
      op: fc.constantFrom("c" as const, "u" as const, "r" as const),
      before: fc.option(rows),
      after: rows,
      row: fc.nat(99_999_999),
      pos: fc.nat(3),
      word: tricky,
    });
    fc.assert(
      fc.property(change, ({ op, before, after, row, pos, word }) => {
        const origin = {
          connector: "mysql",
          name: word,
          epoch: 1,
          db: word,
          table: "t",
          serverId: 1,
          gtid: word,
          file: "b.000001",
          pos,
          committedAt: 5,
          snapshot: false,
        } as const;
        const text = recordWriter(origin, 7).change(
          op,
          row,
          before && JSON.stringify({ ...before, [word]: word }),
          JSON.stringify({ ...after, [word]: word }),
        );
        const expected = { ...parseRecord(text, false), before: null };
        expect({ ...read(text), before: null }).toEqual(expected);
      }),
      { numRuns: 300 },
    );
  });

  it("leaves deletes, floors and Debezium's own layout to the parser", () => {
    const read = fastRecordReader();
    const source = '"source":{"file":"b.1","pos":4,"row":0,"ts_ms":1}';
    const texts = [
      `{"before":{"id":1},"after":null,${source},"op":"d","ts_ms":1}`,
      `{"before":null,"after":{"id":1},${source},"op":"c","ts_ms":1}`,
      `{"op":"c","after":{"id":1},"before":null,"ts_ms":1,${source}}`,
    ];
    for (const text of texts) expect(read(text)).toEqual(JSON.parse(text));
  });

  it("is not misled by values that look like structure, as Debezium's geometry may", () => {
    const source = '"source":{"file":"b.1","pos":4,"ts_ms":1,"row":0}';
    const text = `{"before":null,"after":{"g":{"wkb":"x"},"op":"x","id":1},"op":"c","ts_ms":1,${source}}`;
    expect(fastRecordReader()(text)).toEqual(JSON.parse(text));
  });

  it("refuses bytes that are no UTF-8, and takes U+FFFD where it was written", () => {
    const read = base64Text();
    expect(read(Buffer.from("a\ufffd").toString("base64"))).toBe("a\ufffd");
    expect(() => read(Buffer.from("61ff", "hex").toString("base64"))).toThrow("the value is no UTF-8");
  });

  it.each([
    ["not json", /no JSON$/],
    ["[]", /no JSON object/],
    ['{"schema":{},"payload":{}}', /schemas.enable=false/],
    ["{}", /no op/],
    ['{"op":"c"}', /no source/],
    ['{"op":"c","source":{}}', /source.file/],
    ['{"op":"c","source":{"file":"b.1","pos":-1}}', /source.pos/],
    ['{"op":"c","source":{"file":"b.1","pos":1,"row":0.5}}', /source.row/],
    ['{"op":"c","source":{"file":"b.1","pos":1,"row":0,"ts_ms":"x"}}', /source.ts_ms/],
    ['{"op":"c","source":{"file":"b.1","pos":1,"row":0,"ts_ms":1,"epoch":"x"}}', /source.epoch/],
    ['{"op":"c","source":{"file":"b.1","pos":1,"row":0,"ts_ms":1},"after":[]}', /before or after/],
  ])("refuses %s", (text, reason) => expect(() => parseRecord(text, false)).toThrow(reason));

  it("keeps the text of numbers when asked to", () => {
    const source = '"source":{"file":"b.1","pos":4,"row":0,"ts_ms":1}';
    const text = `{"op":"c",${source},"after":{"a":9223372036854775807,"b":1.10,"c":7,"d":1e3}}`;
    expect(parseRecord(text, true).after).toEqual({ a: "9223372036854775807", b: "1.10", c: 7, d: "1e3" });
  });
});

describe("version", () => {
  it("is written fast as recordVersion writes it", () => {
    const write = versionWriter(3);
    const source = fc.record({
      file: fc.constantFrom("b.000001", "b.000002"),
      pos: fc.nat(2),
      row: fc.nat(120),
      epoch: fc.option(fc.nat(2), { nil: undefined }),
    });
    fc.assert(
      fc.property(
        fc.constantFrom("r" as const, "c" as const, "u" as const, "d" as const, "t" as const),
        source,
        (op, place) => {
          const full = {
            ...place,
            version: "1",
            connector: "mysql",
            name: "",
            ts_ms: 0,
            snapshot: "false",
            db: "",
            table: "",
            server_id: 0,
            gtid: null,
          } as const;
          expect(write(op, full)).toBe(recordVersion(op, full, 3));
        },
      ),
    );
  });
});

describe("key text", () => {
  it("is the hex of each part", () => {
    expect(keyEncoder(tags)({ orderId: 7, tag: "a " })).toBe("37-6120");
    expect(keyEncoder(orders)({ id: 7 })).toBe("");
    expect(keyEncoder(tags)({ orderId: 7, tag: "a\udc81😀" })).toBe("37-61edb281f09f9880");
  });

  it("is one for one moment, however it was written", () => {
    const table = defineTable({
      area: tags.area,
      name: "t",
      comment: "",
      columns: { at: c.column("at", c.datetime(3)), b: c.column("b", c.binary(2)) },
      key: ["at", "b"],
    });
    const key = keyEncoder(table);
    expect(key({ at: "2024-01-02T03:04:05.1Z", b: "AP8=" })).toBe(key({ at: "2024-01-02 03:04:05.100", b: "AP8=" }));
    expect(key({ at: "0000-00-00 00:00:00.000", b: "AP8=" })).toMatch(/-00ff$/);
    expect(() => key({ at: "x", b: "?" })).toThrow(/binary key/);
  });
});

describe("a row", () => {
  const source = {
    version: "1",
    connector: "mysql",
    name: "t",
    ts_ms: 1_704_067_200_123,
    snapshot: "false",
    db: "lab",
    table: "orders",
    server_id: 1,
    gtid: null,
    file: "b.000001",
    pos: 4,
    row: 2,
    epoch: 1,
  } as const;
  const counts = () => ({ unmapped: new Map<string, number>(), raw: 0, nulsReplaced: 0, undecodable: 0 });
  const encode = rowEncoder(fileDefinition(orders), 1);

  it("is one line in the order of the landing columns", () => {
    const line = encode(
      { before: null, after: { id: 1, status: "a", amount: "1.00" }, op: "c", ts_ms: 1_704_067_201_000, source },
      3,
      9,
      counts(),
    );
    expect(line).toBe(
      '00001.0000000001.0000000000000004.00000002.1,c,2024-01-01 00:00:00.123000,2024-01-01 00:00:01.000000,3,9,,1,"a",1.00,@NULL@,@NULL@,@NULL@\n',
    );
  });

  it("keeps and counts what the definition does not know", () => {
    const seen = counts();
    const line = encode({ before: null, after: { id: 1, more: 'x\0"' }, op: "c", ts_ms: 0, source }, 0, 0, seen);
    expect(line).toContain(`"{""more"":""x\u2400\\""""}"`);
    expect([...seen.unmapped]).toEqual([["more", 1]]);
  });

  it("keeps unknown columns that SUPER does not take as they are", () => {
    const after = { id: 1, long: "é".repeat(40_000), half: "a\udc81", ["__proto__"]: "own" };
    const line = encode({ before: null, after, op: "c", ts_ms: 0, source }, 0, 0, counts());
    const [, field = ""] = /@NULL@,"({.*})",@NULL@\n$/.exec(line) ?? [];
    const kept = JSON.parse(field.replaceAll('""', '"')) as Record<string, unknown>;
    expect(Object.keys(kept)).toEqual(["long", "half", "__proto__"]);
    expect((kept["long"] as string[]).join("")).toBe(after.long);
    expect(Math.max(...(kept["long"] as string[]).map((piece) => Buffer.byteLength(piece)))).toBeLessThan(65_536);
    expect(kept["half"]).toBe("a\\x81");
    // eslint-disable-next-line no-loss-of-precision -- the loss is what is tested
    const lossy = { before: null, after: { id: 1, big: 9_007_199_254_740_993 }, op: "c", ts_ms: 0, source } as const;
    expect(() => encode(lossy, 0, 0, counts())).toThrow(LossyNumber);
  });

  it("is refused when COPY would not read so long a line", () => {
    const table = { ...orders, columns: { ...orders.columns, blob: c.nullable("blob", c.mediumblob()) } };
    const blob = Buffer.alloc(2_100_000, "x").toString("base64");
    const change = { before: null, after: { id: 1, blob }, op: "c", ts_ms: 0, source } as const;
    expect(() => rowEncoder(fileDefinition(table), 1)(change, 0, 0, counts())).toThrow(/rows of at most 4000000/);
  });

  it("names a floor, Debezium's truncate by its version", () => {
    const floor = { before: null, after: null, op: "t", ts_ms: 0, source } as const;
    expect(encode({ ...floor, floor: { kind: "resync", id: "s-1" } }, 0, 0, counts())).toMatch(/,t,.*,"resync s-1"\n$/);
    expect(encode(floor, 0, 0, counts())).toMatch(/,"truncate 00001\.0000000001/);
    expect(() => encode({ ...floor, floor: { kind: "resync", id: "a b" } }, 0, 0, counts())).toThrow(
      /kind truncate or resync/,
    );
  });

  it("does without the time of capture, and refuses times that no calendar has", () => {
    const change = { before: null, after: { id: 1 }, op: "c", source } as const;
    const missing = { ...change, ts_ms: undefined as unknown as number };
    expect(encode(missing, 0, 0, counts())).toContain("2024-01-01 00:00:00.123000,@NULL@,0,0,");
    expect(() => encode({ ...change, ts_ms: 9e15 }, 0, 0, counts())).toThrow(/after the year 9999/);
  });

  it("needs its side of the record", () => {
    expect(() => encode({ before: null, after: null, op: "d", ts_ms: 0, source }, 0, 0, counts())).toThrow(
      "op d without its row",
    );
  });
});

describe("gzip", () => {
  it("makes one member that any reader reads, the same each time", async () => {
    const text = Array.from({ length: 40_000 }, (_, i) => `${i},"Zeile ä ${i % 97}"\n`);
    const make = async (): Promise<Buffer> => {
      const writer = gzipWriter();
      for (const line of text) writer.write(line);
      return writer.finish();
    };
    const body = await make();
    expect(gunzipSync(body).toString("utf8")).toBe(text.join(""));
    expect((await make()).equals(body)).toBe(true);
  });

  it("takes nothing, and lines longer than a block", async () => {
    expect(gunzipSync(await gzipWriter().finish())).toHaveLength(0);
    const writer = gzipWriter();
    writer.write("a");
    writer.write("é".repeat(600_000));
    expect(gunzipSync(await writer.finish()).toString("utf8")).toHaveLength(600_001);
  });
});
