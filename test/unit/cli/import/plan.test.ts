import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterAll, describe, expect, it } from "@jest/globals";
import { areaOf } from "../../../../cli/import/area.ts";
import { planImport } from "../../../../cli/import/plan.ts";
import type { CatalogueColumn, CatalogueTable } from "../../../../lambdas/adapters/mysql/index.ts";
import { column, int, nullable, varchar } from "../../../../schemas/model/column.ts";
import { defineTable } from "../../../../schemas/model/table.ts";
import type { AnyTable } from "../../../../schemas/model/table.ts";

const root = mkdtempSync(path.join(tmpdir(), "millrace-import-"));
afterAll(() => rmSync(root, { recursive: true }));
function put(file: string, text: string): void {
  mkdirSync(path.dirname(path.join(root, file)), { recursive: true });
  writeFileSync(path.join(root, file), text);
}
put(
  "schemas/sources/index.ts",
  `import { oldTables } from "./old/index.ts";\n\nexport const tables: readonly AnyTable[] = [...oldTables];\n`,
);

const columnOf = (name: string, columnType: string, more: Partial<CatalogueColumn> = {}): CatalogueColumn => ({
  name,
  columnType,
  dataType: /^[a-z]+/.exec(columnType)?.[0] ?? "",
  nullable: false,
  charset: /char|text/.test(columnType) ? "utf8mb4" : null,
  length: Number(/\((\d+)\)/.exec(columnType)?.[1] ?? 0),
  precision: 10,
  scale: 0,
  fsp: 0,
  comment: "",
  generated: null,
  checkedJson: false,
  ...more,
});
const tableOf = (
  name: string,
  columns: readonly CatalogueColumn[],
  more: Partial<CatalogueTable> = {},
): CatalogueTable => ({
  db: "Shop",
  name,
  columns,
  primaryKey: [columns[0]?.name ?? ""],
  silentForeignKeys: [],
  comment: "",
  uniqueKeys: [],
  refusal: null,
  ...more,
});
const id = columnOf("id", "int(11)");

const plan = (tables: readonly CatalogueTable[], definitions: readonly AnyTable[] = [], update = false) =>
  planImport({
    root,
    place: areaOf(root, "Shop", undefined, definitions),
    catalogue: { tables, others: [] },
    wanted: null,
    definitions,
    update,
  });
const notesOf = (table: CatalogueTable): readonly string[] =>
  plan([table]).outcomes.flatMap(({ notes }) => notes.map(({ kind, text }) => `${kind}: ${text}`));

describe("a new area", () => {
  const { files, outcomes } = plan([tableOf("orders", [id, columnOf("total", "int(11)")]), tableOf("shop", [id])]);

  it("gets its files, its index and a line in the index of areas, which comes last", () => {
    expect([...files.keys()]).toEqual([
      "schemas/sources/shop/orders.ts",
      "schemas/sources/shop/shop.ts",
      "schemas/sources/shop/area.ts",
      "schemas/sources/shop/index.ts",
      "schemas/sources/index.ts",
    ]);
    expect(files.get("schemas/sources/index.ts")).toBe(
      `import { oldTables } from "./old/index.ts";\nimport { shopTables } from "./shop/index.ts";\n\nexport const tables: readonly AnyTable[] = [...oldTables, ...shopTables];\n`,
    );
    expect(files.get("schemas/sources/shop/area.ts")).toContain('shop: Area = { name: "shop", database: "Shop" }');
  });

  it("lets no table's constant hide the area's", () => {
    expect(files.get("schemas/sources/shop/shop.ts")).toContain("export const shopTable = defineTable({");
    expect(outcomes.map(({ table, action }) => [table, action])).toEqual([
      ["shop_orders", "created"],
      ["shop_shop", "created"],
    ]);
  });

  it("cannot have a name that is another's, or that derived names would share", () => {
    const taken = defineTable({
      area: { name: "shop", database: "another" },
      name: "t",
      comment: "",
      columns: { id: column("id", int()) },
      key: ["id"],
    });
    expect(() => areaOf(root, "Shop", undefined, [taken])).toThrow("Area shop is database another already");
    expect(() => areaOf(root, "日本", undefined, [])).toThrow("--area NAME");
    expect(() => areaOf(root, "another", "more", [taken])).toThrow("leave --area out");
    expect(areaOf(root, "another", "more", [taken], true).area).toEqual({ name: "more", database: "another" });
    const prefixed = { ...taken, area: { name: "shop_eu", database: "eu" }, name: "orders" };
    const { outcomes: found } = plan([tableOf("eu_orders", [id])], [prefixed]);
    expect(found[0]?.table).toBe("shop_eu_orders_2");
  });
});

describe("notes", () => {
  it.each<[string, CatalogueTable, RegExp]>([
    ["no key", tableOf("t", [id], { primaryKey: [] }), /no key: no primary key.*ALTER TABLE `Shop`\.`t`/],
    [
      "a key that could be",
      tableOf("t", [id], { primaryKey: [], uniqueKeys: [{ name: "u", columns: ["id"] }] }),
      /ADD PRIMARY KEY \(`id`\)/,
    ],
    [
      "a key that may be NULL",
      tableOf("t", [{ ...id, nullable: true }], { primaryKey: [], uniqueKeys: [{ name: "u", columns: ["id"] }] }),
      /key: unique index `u` cannot be the key: `id` may be NULL/,
    ],
    ["a cascade", tableOf("t", [id], { silentForeignKeys: ["fk"] }), /cascade: foreign key `fk`/],
    ["a type refused", tableOf("t", [id, columnOf("g", "geometry")]), /left out: its type geometry/],
    ["bytes compressed", tableOf("t", [id, columnOf("v", "varchar(9) compressed")]), /left out: compressed columns/],
    [
      "a character set",
      tableOf("t", [id, columnOf("v", "varchar(9)", { charset: "klingon" })]),
      /character set klingon/,
    ],
    [
      "a long text",
      tableOf("t", [id, columnOf("v", "mediumtext", { length: 16_777_215 })]),
      /too wide: mediumtext can be longer than VARCHAR\(65535\)/,
    ],
    [
      "text that becomes longer as UTF-8",
      tableOf("t", [id, columnOf("v", "text", { length: 65_535, charset: "latin1" })]),
      /too wide: text can be longer/,
    ],
    [
      "a decimal that NUMERIC cannot hold",
      tableOf("t", [id, columnOf("v", "decimal(65,30)", { precision: 65, scale: 30 })]),
      /held as text: decimal\(65,30\).*VARCHAR\(67\)/,
    ],
    ["a generated column", tableOf("t", [id, columnOf("v", "int(11)", { generated: "`id` + 1" })]), /generated: /],
    ["a reserved word", tableOf("t", [id, columnOf("order", "int(11)")]), /name: is a reserved word/],
    ["personal data", tableOf("t", [id, columnOf("email", "varchar(99)")]), /personal data: looks like an e-mail/],
    ["a wide row", tableOf("t", [id, columnOf("v", "mediumblob", { length: 16_777_215 })]), /too wide: .* 4 MB/],
    [
      "too many columns",
      tableOf("t", [id, ...Array.from({ length: 1_700 }, (_, i) => columnOf(`c${i}`, "int(11)"))]),
      /too many columns: 1701 columns are more .*_unmapped/,
    ],
  ])("tell of %s", (_what, table, note) => {
    expect(notesOf(table).join("\n")).toMatch(note);
  });

  it("say nothing of what is plain", () => {
    expect(
      notesOf(tableOf("orders", [id, columnOf("orderDate", "date"), columnOf("t", "text", { length: 65_535 })])),
    ).toEqual([]);
  });

  it("keep a table out that cannot be read", () => {
    expect(plan([tableOf("t", [id], { refusal: "SELECT command denied" })]).outcomes).toMatchObject([
      { action: "left out", differences: ["it cannot be read: SELECT command denied"] },
    ]);
  });

  it("cannot break out of their comment", () => {
    const { files } = plan([tableOf("t", [id, columnOf("em\nail", "geometry")])]);
    const lines = (files.get("schemas/sources/shop/t.ts") ?? "").split("\n").filter((line) => line.includes("ail"));
    expect(lines.length).toBeGreaterThan(0);
    for (const line of lines) expect(line).toMatch(/^\/\//);
  });
});

describe("an area that is there", () => {
  const orders = defineTable({
    area: { name: "shop", database: "Shop" },
    name: "orders",
    comment: "",
    columns: { order_id: column("id", int()), note: column("note", varchar(10)), gone: nullable("gone", int()) },
    key: ["order_id"],
  });
  const text = `import { column, int, nullable, varchar } from "../../model/column.ts";
import { defineTable } from "../../model/table.ts";
import { shop } from "./area.ts";

/** Ours. */
export const orders = defineTable({
  area: shop,
  name: "orders",
  comment: "",
  columns: {
    order_id: column("id", int()), // the key
    note: column("note", varchar(10))
  },
  key: ["order_id"],
});
`;
  put("schemas/sources/shop/area.ts", `export const shop: Area = { name: "shop", database: "Shop" };\n`);
  put(
    "schemas/sources/shop/index.ts",
    `import { orders } from "./orders.ts";\n\nexport const shopTables = [orders] as const;\n`,
  );
  put("schemas/sources/shop/orders.ts", text);
  const source = tableOf("orders", [id, columnOf("note", "varchar(20)", { nullable: true }), columnOf("paid", "date")]);

  it("is left as it is, and how the source differs is said", () => {
    const { files, outcomes } = plan([source], [orders]);
    expect([...files.keys()]).toEqual([]);
    expect(outcomes[0]?.action).toBe("differs");
    expect(outcomes[0]?.differences).toEqual([
      'the source has a column more: paid: column("paid", date())',
      "gone: the source has no column gone any more",
      "note: defined as varchar(10), and the source has varchar(20) now",
      'note: defined as NOT NULL, and may be NULL at the source: note: nullable("note", varchar(20))',
    ]);
  });

  it("gets the columns it lacks when asked, and keeps all that stands there", () => {
    const { files, outcomes } = plan([source], [orders], true);
    expect(outcomes[0]?.action).toBe("updated");
    expect(files.get("schemas/sources/shop/orders.ts")).toBe(
      text
        .replace("nullable, varchar }", "nullable, varchar, date }")
        .replace("varchar(10))\n", 'varchar(10)),\npaid: column("paid", date()),\n'),
    );
  });

  it("is not touched where its form is not known", () => {
    put(
      "schemas/sources/shop/orders.ts",
      text.replace("columns: {", "columns: { ...others, }, more: {").replace("columns: {", "columns: others, x: {"),
    );
    const { files, outcomes } = plan([source], [orders], true);
    expect([...files.keys()]).toEqual([]);
    expect(outcomes[0]?.differences.at(-1)).toContain("add by hand what it lacks");
    put("schemas/sources/shop/orders.ts", text);
  });

  it("takes a further table into its index, and tells of one that has gone", () => {
    const { files, outcomes } = plan([tableOf("items", [id])], [orders]);
    expect(files.get("schemas/sources/shop/index.ts")).toBe(
      `import { orders } from "./orders.ts";\nimport { items } from "./items.ts";\n\nexport const shopTables = [orders, items] as const;\n`,
    );
    expect(files.has("schemas/sources/index.ts")).toBe(false);
    expect(outcomes.at(-1)).toMatchObject({ source: "orders", action: "differs" });
  });

  it("overwrites no file that its index does not know", () => {
    put("schemas/sources/shop/items.ts", "// mine\n");
    const { files, outcomes } = plan([tableOf("items", [id])], [orders]);
    expect([...files.keys()]).toEqual([]);
    expect(outcomes[0]).toMatchObject({ action: "left out" });
  });
});
