import { afterAll, beforeAll, describe, expect, it } from "@jest/globals";
import type { FieldValue } from "../../../lambdas/core/record.ts";
import { checksumText, rowChecksummer } from "../../../lambdas/reconcile-table/row-checksum.ts";
import * as c from "../../../schemas/model/column.ts";
import { defineTable } from "../../../schemas/model/table.ts";
import type { AnyTable } from "../../../schemas/model/table.ts";
import { mirrorRows } from "../../../schemas/sql/reconcile/checksums.ts";
import { startLoading } from "../../support/loading/loading.ts";
import type { Loading } from "../../support/loading/loading.ts";

const common = { area: { name: "lab", database: "lab" }, comment: "", partitions: 1, tooLong: "super" } as const;

const articles = defineTable({
  ...common,
  name: "articles",
  columns: {
    id: c.column("id", c.int()),
    body: c.nullable("body", c.mediumtext()),
    note: c.nullable("note", c.varchar(10)),
    file: c.nullable("file", c.varbinary(20)),
    order: c.nullable("order", c.varbinary(20)),
    doc: c.nullable("doc", c.json()),
    day: c.nullable("day", c.date()),
  },
  key: ["id"],
});

/** So many long columns that only the first parts of each are hashed. */
const crowded = defineTable({
  ...common,
  name: "crowded",
  columns: {
    id: c.column("id", c.int()),
    ...Object.fromEntries(
      Array.from({ length: 25 }, (_, i) => [
        [`t${i}`, c.nullable(`t${i}`, c.mediumtext())] as const,
        [`d${i}`, c.nullable(`d${i}`, c.json())] as const,
        [`f${i}`, c.nullable(`f${i}`, c.mediumblob())] as const,
      ]).flat(),
    ),
  },
  key: ["id"],
});

type Values = Readonly<Record<string, FieldValue>>;
const bytes = (count: number): string => Buffer.alloc(count, "bytes").toString("base64");
const AWKWARD = 'é🎈|~"\\\u0001\u007f/\n\0';
const EMPTY = { body: null, note: null, file: null, order: null, doc: null, day: null };

/** Whatever goes to `_raw`, beside what does not. */
const CASES: readonly Values[] = [
  {},
  { body: "short", note: "x", file: "", order: bytes(1), doc: "{}", day: "2024-02-29" },
  { body: "x".repeat(65_535) },
  { body: "x".repeat(65_536), file: "" },
  { body: AWKWARD.repeat(9_000), day: "0000-00-00" },
  { body: AWKWARD.repeat(9_000), file: bytes(50_000), order: "", note: "|".repeat(41), doc: '"x"' },
  { note: "é".repeat(20) },
  { note: "é".repeat(21) },
  { doc: JSON.stringify(Array.from({ length: 9_000 }, (_, i) => `item ${i}`)) },
  { doc: JSON.stringify({ a: ["x"], long: `\u00e9"${"y".repeat(70_000)}` }), day: "2024-02-30" },
  { doc: "null", body: "x".repeat(100_000) },
  { body: "4 MB ".repeat(790_000) },
];
type Rows = readonly (Values & { readonly id: number })[];
const ARTICLES: Rows = CASES.map((values, id) => ({ id, ...EMPTY, ...values }));

const numbers = (count: number): string => JSON.stringify(Array.from({ length: count }, (_, i) => i));
const FULL: readonly Values[] = [
  { t0: "x".repeat(400_000), d0: numbers(40_000), f0: bytes(300_000) },
  { t1: "é".repeat(70_000), d1: numbers(12_000), f1: bytes(32_001), f2: "" },
  { d2: JSON.stringify("y".repeat(200_000)), t24: "z" },
];
const CROWDED: Rows = FULL.map((values, id) => ({
  id,
  ...Object.fromEntries(Object.keys(crowded.columns).flatMap((name) => (name === "id" ? [] : [[name, null]]))),
  ...values,
}));

describe("checksums of values that only _raw can hold", () => {
  let loading: Loading;
  beforeAll(async () => {
    loading = await startLoading();
    await loading.migrate([articles, crowded]);
    await load(articles, ARTICLES);
    await load(crowded, CROWDED);
  }, 60_000);
  afterAll(async () => loading.stop());

  async function load(table: AnyTable, rows: Rows): Promise<void> {
    await loading.land(
      table,
      rows.map((row) => ({ op: "c", at: 100 + row.id, row })),
    );
    expect(loading.quarantine.objects.size).toBe(0);
    expect(await loading.load(table)).toMatchObject({ rows: rows.length });
  }

  async function mirrored(table: AnyTable, rows: Rows): Promise<ReadonlyMap<number, string>> {
    const found = await loading.rows(mirrorRows(table, { identities: rows.map(({ id }) => String(id)) }));
    return new Map(found.map((row) => [Number(row["row_name"]), String(row["checksum"])]));
  }

  function atSource(table: AnyTable, rows: Rows): ReadonlyMap<number, string> {
    const checksum = rowChecksummer(table);
    const texts = rows.map((row) => {
      const fields = Object.keys(table.columns).map((name) => Buffer.from(JSON.stringify(row[name])));
      const ends = fields.reduce<number[]>((all, field) => [...all, (all.at(-1) ?? 0) + field.length], [0]);
      return [row.id, checksumText(checksum({ bytes: Buffer.concat(fields), ends: Int32Array.from(ends) }))] as const;
    });
    return new Map(texts);
  }

  it.each([
    { table: articles, rows: ARTICLES },
    { table: crowded, rows: CROWDED },
  ])("are the source's: $table.name", async ({ table, rows }) => {
    expect(await mirrored(table, rows)).toEqual(atSource(table, rows));
  });

  it("tell a kept text of which one character is another, or that is not kept", async () => {
    const rows = ARTICLES.filter(({ id }) => id === 3);
    const before = await mirrored(articles, rows);
    const isAnother = async (raw: string): Promise<boolean> => {
      await loading.rows(`UPDATE mirror.lab_articles SET _raw = ${raw} WHERE id = 3`);
      return (await mirrored(articles, rows)).get(3) !== before.get(3);
    };
    const piece = "REPEAT('x', 21844)";
    const bodyOf = (end: string): string =>
      `JSON_PARSE('{"body":["' || ${[piece, piece, piece].join(` || '","' || `)} || '","${end}"]}')`;
    expect(await isAnother(bodyOf("xxxx"))).toBe(false);
    expect(await isAnother(bodyOf("xxxy"))).toBe(true);
    expect(await isAnother("NULL")).toBe(true);
  });

  it("tell another size where a table's columns are too many to hash all of a value", () => {
    const of = (t0: string): ReadonlyMap<number, string> => atSource(crowded, [{ ...CROWDED[0], id: 0, t0 }]);
    expect(of("x".repeat(400_000))).not.toEqual(of("x".repeat(400_001)));
  });
});
