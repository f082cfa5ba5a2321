import { describe, expect, it } from "@jest/globals";
import * as c from "../../../schemas/model/column.ts";
import type { ColumnType } from "../../../schemas/model/column.ts";
import type { AnyTable } from "../../../schemas/model/table.ts";
import { tables } from "../../../schemas/sources/index.ts";
import { KEY_COLUMN } from "../../../schemas/sql/keys.ts";
import { loadTransaction } from "../../../schemas/sql/load-transaction.ts";
import { buildTransactions } from "../../../schemas/sql/star-build.ts";
import { warehouseType } from "../../../schemas/types/warehouse.ts";
import { loadPlan } from "../../support/load-plan.ts";

const IDENTIFIER = /^(?:"?\w+"?\.)*"?(\w+)"?$/;

/**
 * Columns that a statement compares bare with another column, or groups or partitions by: what Redshift would compare
 * without trailing blanks. A text with a mark behind it (`x || '.'`) is no bare column.
 */
function comparedColumns(sql: string): readonly string[] {
  const conditions = sql.replace(/\bSET\b[^\n]*/g, "").replace(/'(?:[^']|'')*'/g, "''");
  const operand = String.raw`((?:"?\w+"?\.)*"?\w+"?|'')`;
  const comparison = new RegExp(
    String.raw`(\|\|\s*)?${operand}\s*(?:=|<>|IS DISTINCT FROM)\s*${operand}(\s*(?:\|\||\())?`,
    "g",
  );
  const joined = [...conditions.matchAll(comparison)].flatMap(([, before, left = "", right = "", after]) => {
    const [a, b] = [before === undefined ? left : "", after === undefined ? right : ""].map(
      (text) => IDENTIFIER.exec(text)?.[1],
    );
    const isLiteral = left === "''" || right === "''";
    return isLiteral ? [] : [a, b].filter((name) => name !== undefined);
  });
  const lists = [...conditions.matchAll(/\b(?:GROUP|PARTITION) BY ([^\n)]*?)(?= ORDER BY|\)|\n|$)/g)];
  const grouped = lists.flatMap(([, list = ""]) => list.split(", ").map((item) => IDENTIFIER.exec(item.trim())?.[1]));
  return [...joined, ...grouped.filter((name) => name !== undefined)];
}

const INEXACT = new Set(["VARCHAR", "VARBYTE", "SUPER"]);
const inexactColumns = (table: AnyTable): readonly string[] =>
  Object.entries(table.columns).flatMap(([name, { type }]) => (INEXACT.has(warehouseType(type).name) ? [name] : []));

const KEYS: readonly ColumnType[] = [
  c.varchar(20), c.enumeration("a", "b "), c.set("a"), c.binary(4), c.varbinary(9), c.decimal(39, 0), c.decimal(65, 30), c.text(),
]; // prettier-ignore
const keyedBy = (...types: readonly ColumnType[]): AnyTable => ({
  area: { name: "a", database: "a" },
  name: "t",
  source: "t",
  comment: "",
  columns: Object.fromEntries(
    [...types, c.int(), c.varchar(9)].map((type, i) => [`col_${i}`, c.column(`col_${i}`, type)]),
  ),
  key: ["col_0", ...types.slice(1).map((_, i) => `col_${i + 1}`)],
});

describe("generated SQL compares no text or binary column bare", () => {
  it.each([
    ["SELECT 1 FROM a JOIN b ON a.x = b.y", ["x", "y"]],
    ["SELECT 1 FROM a JOIN b ON a.x || '.' = b.y || '.'", []],
    ["MERGE INTO a USING s ON a.x = s.x WHEN MATCHED THEN UPDATE SET y = s.y\nWHEN NOT", ["x", "x"]],
    ["SELECT x, y FROM a WHERE z = 'z' GROUP BY x, a.y", ["x", "y"]],
    ["ROW_NUMBER() OVER (PARTITION BY s.x, s._v ORDER BY z)", ["x", "_v"]],
  ])("and would be seen to: %s", (sql, columns) => {
    expect(comparedColumns(sql)).toEqual(columns);
  });

  it.each([...KEYS.map((type) => [type]), [c.int(), c.varchar(9)], [c.varchar(9), c.binary(2), c.decimal(50, 1)]])(
    "in the load of a table keyed by %j",
    (...types) => {
      const table = keyedBy(...types.filter((type) => typeof type === "object"));
      const compared = loadTransaction(loadPlan(table)).flatMap(comparedColumns);
      expect(compared).toContain(KEY_COLUMN);
      expect(compared.filter((name) => inexactColumns(table).includes(name))).toEqual([]);
    },
  );

  it("in the loads of all captured tables", () => {
    // A floor's id is no column of the table, which may have one of that name.
    const withoutFloorIds = (sql: string): string => sql.replace(/ GROUP BY id\b/g, "").replace(" seen.id = f.id", "");
    const pictures: AnyTable = {
      ...keyedBy(c.int()),
      columns: {
        col_0: c.column("c", c.int()),
        small: c.nullable("s", c.varbinary(9)),
        large: c.nullable("l", c.blob()),
      },
    };
    for (const table of [...tables, pictures]) {
      const compared = loadTransaction(loadPlan(table)).map(withoutFloorIds).flatMap(comparedColumns);
      expect([table.name, compared.filter((name) => inexactColumns(table).includes(name))]).toEqual([table.name, []]);
    }
  });

  it("in the building of the star", () => {
    const text = new Set(tables.flatMap(inexactColumns));
    const compared = buildTransactions("all").flat().flatMap(comparedColumns);
    expect(compared.length).toBeGreaterThan(50);
    expect(compared.filter((name) => text.has(name.replace(/^\w+__/, "")))).toEqual([]);
  });
});
