import { describe, expect, it } from "@jest/globals";
import { qualifiedName } from "../../schemas/naming.ts";
import { createTable, createView, tableComments, viewComments } from "../../schemas/sql/ddl.ts";
import { buildTransactions, MOST_STATEMENTS, pendingQuery, recordTransaction } from "../../schemas/sql/star-build.ts";
import { starRows, starTables as tableSpecs } from "../../schemas/sql/star-ddl.ts";
import { starViews } from "../../schemas/sql/star-views.ts";
import { starTables } from "../../schemas/warehouse/star.ts";
import { expectGolden, script } from "../support/golden.ts";

const BATCH = "0123456789abcdef0123456789abcdef";
const pendingOf = (...names: string[]): ReadonlyMap<string, readonly string[]> =>
  new Map(names.map((name) => [name, [BATCH]]));
const everything = pendingOf(...starTables().map(qualifiedName));

/** Transactions one after another, each between BEGIN and COMMIT. */
const transactions = (list: readonly (readonly string[])[]): string =>
  list.map((statements) => script(["BEGIN", ...statements, "COMMIT"])).join("\n");

describe("the star", () => {
  for (const spec of tableSpecs()) {
    it(`makes ${spec.name}`, () => {
      expectGolden(`star/ddl/${spec.name}.sql`, script([createTable(spec), ...tableComments(spec)]));
    });
  }

  for (const { view } of starViews()) {
    it(`makes ${view.name}`, () => {
      expectGolden(`star/views/${view.name}.sql`, script([createView(view), ...viewComments(view)]));
    });
  }

  it("starts with days and unknown members", () => {
    expectGolden("star/rows.sql", script(starRows()));
  });

  it("names its columns", () => {
    const lines = tableSpecs()
      .filter(({ name }) => name.startsWith("mart."))
      .flatMap(({ name, columns }) => columns.map((column) => `${name}.${column.name}`));
    const ofViews = starViews().flatMap(({ view }) => view.columns.map((column) => `${view.name}.${column.name}`));
    expectGolden("star/columns.txt", `${[...lines, ...ofViews].join("\n")}\n`);
  });

  it("is built from all that is touched", () => {
    expectGolden("star/build-touched.sql", transactions(buildTransactions(everything)));
  });

  it("is built from everything there is", () => {
    expectGolden("star/build-all.sql", transactions(buildTransactions("all")));
  });

  it("is built from order lines alone without any dimension", () => {
    const sql = transactions(buildTransactions(pendingOf("classicmodels_orderdetails")));
    expect(sql).not.toMatch(/(INSERT INTO|DELETE FROM) mart\.dim_/);
    expectGolden("star/build-order-lines.sql", sql);
  });

  it("looks for pending loads and records built ones", () => {
    expectGolden("star/pending.sql", script([pendingQuery()]));
    expectGolden("star/record.sql", transactions([recordTransaction(everything, "2026-01-01 00:00:00.000")]));
  });

  it("fits into one transaction, whatever is touched", () => {
    for (const scope of [everything, "all"] as const) {
      const built = buildTransactions(scope);
      expect(built.map((statements) => statements.length <= MOST_STATEMENTS)).toEqual([true]);
    }
  });

  it("compares no text where trailing blanks must count", () => {
    // Columns of the star that hold text, in any position of an equality that is not with a literal.
    const text = tableSpecs().flatMap(({ columns }) =>
      columns.filter(({ type, name }) => type.name === "VARCHAR" && !TECHNICAL.has(name)).map(({ name }) => name),
    );
    const bare = new RegExp(
      `\\b\\w+\\.(?:${[...new Set(text)].join("|")}) = \\w|= \\w+\\.(?:${text.join("|")})\\b(?! \\|\\|)`,
    );
    for (const sql of buildTransactions(everything).flat()) expect(sql).not.toMatch(bare);
  });
});

/** Texts of ours that never end in a blank. */
const TECHNICAL = new Set(["batch", "table_name", "fact", "dimension", "member", "day_name", "month_name"]);
