import { afterAll, beforeAll, describe, expect, it } from "@jest/globals";
import * as c from "../../../schemas/model/column.ts";
import { defineTable } from "../../../schemas/model/table.ts";
import { startLoading } from "../../support/loading/loading.ts";
import type { Loading } from "../../support/loading/loading.ts";

const common = { area: { name: "lab", database: "lab" }, comment: "", partitions: 1, tooLong: "super" } as const;

/** Names of which one is the other's pattern in LIKE. */
const twins = defineTable({
  ...common,
  name: "twins",
  columns: {
    id: c.column("id", c.int()),
    body: c.nullable("body", c.mediumtext()),
    a_b: c.nullable("aB", c.varbinary(20)),
    axb: c.nullable("axb", c.varbinary(20)),
  },
  key: ["id"],
});

const binaries = Array.from({ length: 17 }, (_, i) => `b${i}`);
const wide = defineTable({
  ...common,
  name: "wide",
  columns: {
    id: c.column("id", c.int()),
    ...Object.fromEntries(binaries.map((name) => [name, c.nullable(name, c.varbinary(8))])),
  },
  key: ["id"],
});

const LONG = 'é\\"\n'.repeat(25_000);

describe("empty and missing bytes", () => {
  let loading: Loading;
  beforeAll(async () => {
    loading = await startLoading();
    await loading.migrate([twins, wide]);
  }, 60_000);
  afterAll(async () => loading.stop());

  it("stay apart beside a text that a VARCHAR cannot hold, and under names that are alike", async () => {
    const rows = [
      { id: 1, body: LONG, aB: null, axb: null },
      { id: 2, body: LONG, aB: "", axb: null },
      { id: 3, body: "short", aB: null, axb: "" },
      { id: 4, body: null, aB: "", axb: "" },
      { id: 5, body: LONG, aB: "/w==", axb: Buffer.alloc(50_000, 7).toString("base64") },
      { id: 6, body: '"a_b":""', aB: null, axb: null },
    ];
    await loading.land(
      twins,
      rows.map((row) => ({ op: "c", at: 100 + row.id, row })),
    );
    expect(await loading.load(twins)).toMatchObject({ rows: rows.length });
    expect(await loading.rows("SELECT id, a_b, axb FROM mirror.lab_twins ORDER BY id")).toEqual([
      { id: 1, a_b: null, axb: null },
      { id: 2, a_b: "", axb: null },
      { id: 3, a_b: null, axb: "" },
      { id: 4, a_b: "", axb: "" },
      { id: 5, a_b: "ff", axb: null },
      { id: 6, a_b: null, axb: null },
    ]);
    expect(loading.quarantine.objects.size).toBe(0);
  });

  it("load whatever the number of columns, and again by a replay", async () => {
    const empty = Object.fromEntries(binaries.map((name, i) => [name, i % 3 === 0 ? "" : i % 3 === 1 ? null : "AQI="]));
    const held = Object.fromEntries(binaries.map((name, i) => [name, i % 3 === 0 ? "" : i % 3 === 1 ? null : "0102"]));
    const before = new Set(loading.landing.objects.keys());
    await loading.land(wide, [{ op: "c", at: 200, row: { id: 1, ...empty } }]);
    expect(await loading.load(wide)).toMatchObject({ rows: 1 });
    expect(await loading.rows("SELECT * FROM source.lab_wide")).toEqual([{ id: 1, ...held }]);
    const landed = [...loading.landing.objects.keys()].filter((key) => !before.has(key) && key.endsWith(".csv.gz"));
    await loading.rows("DELETE FROM history.lab_wide");
    await loading.rows("DELETE FROM mirror.lab_wide");
    expect(await loading.replay(wide, landed)).toMatchObject({ rows: 1 });
    expect(await loading.rows("SELECT * FROM source.lab_wide")).toEqual([{ id: 1, ...held }]);
  });
});
