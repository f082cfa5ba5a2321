import { describe, expect, it } from "@jest/globals";
import * as c from "../../../schemas/model/column.ts";
import type { AnyTable } from "../../../schemas/model/table.ts";
import { tables } from "../../../schemas/sources/index.ts";
import { distribution, joinColumns, usesKeyColumn } from "../../../schemas/sql/keys.ts";
import { loadTransaction } from "../../../schemas/sql/load-transaction.ts";
import { loadPlan } from "../../support/load-plan.ts";
import { everything, lines, orders, tags } from "../../support/loading/tables.ts";

const keyed = (type: c.ColumnType): AnyTable => ({
  area: { name: "a", database: "a" },
  name: "t",
  source: "t",
  comment: "",
  columns: { k: c.column("k", type) },
  key: ["k"],
});

describe("keys", () => {
  it.each([c.int(), c.bigint(true), c.decimal(10, 2), c.year(), c.time(), c.bit(8)])(
    "%j is matched as it is",
    (type) => {
      expect(joinColumns(keyed(type))).toEqual(["k"]);
      expect(distribution(keyed(type))).toEqual({ key: "k" });
    },
  );

  it.each([
    c.varchar(5),
    c.decimal(39, 2),
    c.binary(4),
    c.enumeration("a"),
    c.set("a"),
    c.date(),
    c.datetime(),
    c.timestamp(),
  ])("%j is matched by its bytes", (type) => {
    expect(joinColumns(keyed(type))).toEqual(["_key"]);
    expect(usesKeyColumn(keyed(type))).toBe(true);
    expect(distribution(keyed(type))).toEqual({ key: "_key" });
  });

  it("keeps the exact parts of a mixed key, which rows may be spread by", () => {
    expect(joinColumns(tags)).toEqual(["order_id", "_key"]);
    expect(distribution(tags)).toEqual({ key: "order_id" });
  });

  it("has none without a key", () => {
    expect(joinColumns(lines)).toEqual([]);
    expect(distribution(lines)).toEqual({ style: "EVEN" });
  });
});

/** Redshift ignores trailing blanks in comparisons, the local stand-in does not: only this keeps keys apart. */
describe("no statement of a load compares text or binary columns of the source", () => {
  const all = [...tables, everything, lines, orders, tags].map(ownNames);
  it.each(all.map((table) => ({ name: table.name, table })))("$name", ({ table }) => {
    const inexact = Object.entries(table.columns)
      .filter(([, { type }]) => ["string", "enum", "set", "bytes", "json"].includes(type.kind))
      .map(([name]) => name);
    for (const statement of loadTransaction(loadPlan(table))) {
      for (const condition of conditionsOf(statement)) {
        for (const name of inexact) expect(condition).not.toMatch(new RegExp(`\\b${name}\\b\\s*(=|<|>)`));
      }
    }
  });

  /** The same table with column names that no statement uses for something else, as `id` or `kind` of floors. */
  function ownNames(table: AnyTable): AnyTable {
    const names = Object.keys(table.columns);
    const own = (name: string): string => `own_${names.indexOf(name)}`;
    const columns = Object.entries(table.columns).map(([name, column]) => [own(name), column] as const);
    const [first, ...rest] = table.key === "none" ? [] : table.key;
    return {
      ...table,
      columns: Object.fromEntries(columns),
      key: first === undefined ? "none" : [own(first), ...rest.map(own)],
      ...(table.distribution !== undefined && {
        distribution: table.columns[table.distribution] === undefined ? table.distribution : own(table.distribution),
      }),
    };
  }

  /** What stands after ON, WHERE, GROUP BY and PARTITION BY. */
  function conditionsOf(statement: string): string[] {
    return [
      ...statement.matchAll(
        /\b(?:ON|WHERE|GROUP BY|PARTITION BY)\b([\s\S]*?)(?=\bWHEN\b|\bGROUP BY\b|\bORDER BY\b|$)/g,
      ),
    ].map(([, condition = ""]) => condition);
  }

  it("groups by the matched columns only", () => {
    const grouped = loadTransaction(loadPlan(tags)).filter((statement) => /GROUP BY|PARTITION BY/.test(statement));
    expect(grouped.join("\n")).not.toMatch(/(?:GROUP|PARTITION) BY[^\n]*\btag\b/);
  });
});
