import { describe, expect, it } from "@jest/globals";
import { wantedBy } from "../../../lambdas/migrate-warehouse/migrate-warehouse.ts";
import type { Existing, Step } from "../../../lambdas/migrate-warehouse/plan-migration.ts";
import { planMigration, transactions } from "../../../lambdas/migrate-warehouse/plan-migration.ts";
import * as c from "../../../schemas/model/column.ts";
import type { AnyTable } from "../../../schemas/model/table.ts";
import { defineTable } from "../../../schemas/model/table.ts";
import type { ColumnSpec } from "../../../schemas/sql/columns.ts";
import { tableRecord, viewRecord } from "../../../schemas/sql/migrations.ts";
import type { ExistingColumn } from "../../../schemas/sql/widen.ts";
import { everything, lines, orders, tags } from "../../support/loading/tables.ts";

const wanted = (...tables: AnyTable[]) => wantedBy({ tables, starTables: [], starRows: [], starViews: [] });

const NAMES: Readonly<Record<string, string>> = {
  VARCHAR: "character varying",
  VARBYTE: "binary varying",
  TIMESTAMP: "timestamp without time zone",
  TIMESTAMPTZ: "timestamp with time zone",
};

function existingColumn(table: string, { name, type }: ColumnSpec): ExistingColumn {
  return {
    table,
    name,
    type: NAMES[type.name] ?? type.name.toLowerCase(),
    length: "bytes" in type ? type.bytes : null,
    precision: type.name === "NUMERIC" ? type.precision : null,
    scale: type.name === "NUMERIC" ? type.scale : null,
  };
}

/** The warehouse as these definitions left it. */
function left(...tables: AnyTable[]): Existing {
  const { tables: specs, views } = wanted(...tables);
  return {
    columns: [
      ...specs.flatMap((spec) => spec.columns.map((column) => existingColumn(spec.name, column))),
      ...views.map(({ view }) => ({
        table: view.name,
        name: "x",
        type: "",
        length: null,
        precision: null,
        scale: null,
      })),
    ],
    migrated: [...specs.map(tableRecord), ...views.map(({ view }) => viewRecord(view))],
  };
}

const text = (steps: readonly Step[]): string =>
  steps.map((step) => (step.kind === "alone" ? `ALONE ${step.statement}` : step.statements.join("\n"))).join("\n");

describe("migration", () => {
  it("makes everything in an empty warehouse, nothing in a finished one", () => {
    const all = [orders, tags, lines, everything];
    const first = planMigration(wanted(...all), { columns: [], migrated: [] });
    expect(first.refusals).toEqual([]);
    expect(text(first.steps)).toContain("CREATE TABLE IF NOT EXISTS mirror.lab_everything");
    expect(planMigration(wanted(...all), left(...all))).toEqual({ steps: [], refusals: [] });
  });

  it("adds columns, and makes the view again", () => {
    const grown: AnyTable = { ...orders, columns: { ...orders.columns, extra: c.nullable("extra", c.date()) } };
    const { steps, refusals } = planMigration(wanted(grown), left(orders));
    expect(refusals).toEqual([]);
    for (const table of ["mirror", "history"]) {
      expect(text(steps)).toContain(`ALTER TABLE ${table}.lab_orders ADD COLUMN extra DATE ENCODE AZ64\n`);
    }
    expect(text(steps)).toMatch(
      /^DROP VIEW IF EXISTS source.lab_orders[\s\S]*CREATE VIEW source.lab_orders AS\nSELECT id, status, amount, extra/,
    );
  });

  it("widens text outside a transaction, with the view out of the way", () => {
    const wide: AnyTable = { ...orders, columns: { ...orders.columns, status: c.nullable("status", c.varchar(100)) } };
    const { steps } = planMigration(wanted(wide), left(orders));
    const texts = text(steps).split("\n");
    const at = (start: string): number => texts.findIndex((line) => line.startsWith(start));
    expect(at("DROP VIEW")).toBeLessThan(at("ALONE ALTER TABLE mirror"));
    expect(texts).toContain("ALONE ALTER TABLE mirror.lab_orders ALTER COLUMN status TYPE VARCHAR(400)");
    expect(at("CREATE VIEW")).toBeGreaterThan(at("ALONE ALTER TABLE mirror"));
  });

  it("leaves wider text and columns that are no longer defined alone", () => {
    const narrow: AnyTable = {
      ...orders,
      columns: { id: orders.columns.id, status: c.nullable("status", c.varchar(2)) },
    };
    const { steps, refusals } = planMigration(wanted(narrow), left(orders));
    expect(refusals).toEqual([]);
    expect(text(steps)).not.toMatch(/DROP COLUMN|ALTER COLUMN/);
  });

  it("writes comments again when they change", () => {
    const { steps } = planMigration(wanted({ ...orders, comment: "Better said." }), left(orders));
    expect(text(steps)).toContain("COMMENT ON VIEW source.lab_orders IS 'Better said.'");
  });

  it.each<[string, AnyTable, AnyTable, RegExp]>([
    [
      "another type",
      orders,
      { ...orders, columns: { ...orders.columns, amount: c.nullable("amount", c.int()) } },
      /amount is NUMERIC\(10,2\) and should be INTEGER: add a column/,
    ],
    [
      "another scale",
      orders,
      { ...orders, columns: { ...orders.columns, amount: c.nullable("amount", c.decimal(12, 4)) } },
      /should be NUMERIC\(12,4\)/,
    ],
    [
      "another key",
      orders,
      { ...orders, key: ["id", "status"] },
      /lacks its key column _key: the table's key has changed/,
    ],
    ["another distribution", orders, { ...orders, distribution: "all" }, /should have .*diststyle ALL/],
    [
      "a wider text key",
      tags,
      { ...tags, columns: { ...tags.columns, tag: c.column("tag", c.varchar(40)) } },
      /_key is CHARACTER VARYING.* and is a key/,
    ],
    [
      "wider bytes",
      everything,
      { ...everything, columns: { ...everything.columns, bin: c.nullable("bin", c.binary(8)) } },
      /bin is BINARY VARYING\(4\) and should be VARBYTE\(8\)/,
    ],
  ])("refuses %s, naming the migration by hand", (_, before, after, reason) => {
    expect(planMigration(wanted(after), left(before)).refusals.join("\n")).toMatch(reason);
  });

  it("sends at most 40 statements at a time", () => {
    const steps = transactions(Array.from({ length: 85 }, (_, i) => String(i)));
    expect(steps.map((step) => (step.kind === "transaction" ? step.statements.length : 0))).toEqual([40, 40, 5]);
  });
});

describe("a column that became personal data", () => {
  const table = (pii: boolean) =>
    defineTable({
      area: orders.area,
      name: "marked",
      comment: "",
      columns: {
        id: c.column("id", c.int()),
        mail: pii ? c.column("mail", c.varchar(50), { pii: "pseudonymise" }) : c.column("mail", c.varchar(50)),
      },
      key: ["id"],
    });

  it("is refused while the old values are there, and is no change once it holds pseudonyms", () => {
    const { steps, refusals } = planMigration(wanted(table(true)), left(table(false)));
    expect(steps.length).toBeGreaterThan(0);
    expect(refusals).toHaveLength(2);
    expect(refusals[0]).toContain("from before it became personal data: drop the column by hand");
    expect(planMigration(wanted(table(true)), left(table(true)))).toEqual({ steps: [], refusals: [] });
  });
});
