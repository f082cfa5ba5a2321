import { describe, expect, it } from "@jest/globals";
import { preflight } from "../../../lambdas/capture-snapshot/preflight.ts";
import type { Preflight } from "../../../lambdas/capture-snapshot/preflight.ts";
import { lackingOn } from "../../../lambdas/capture-snapshot/privileges.ts";
import type { ServerFacts, SourceTable } from "../../../lambdas/core/capture-ports.ts";
import { orders } from "../../../schemas/sources/classicmodels/orders.ts";
import { asSource, facts } from "../../support/source.ts";

const table = asSource(orders);
const allOf = ({ problems, unfit }: Preflight): readonly string[] => [...problems, ...[...unfit.values()].flat()];
const problems = (change: Partial<ServerFacts>, found: readonly SourceTable[] = [table]): readonly string[] =>
  allOf(preflight({ ...facts, ...change }, found, [orders]));
const set = (variables: Record<string, string>): readonly string[] =>
  problems({ variables: { ...facts.variables, ...variables } });

describe("preflight", () => {
  it("finds nothing wrong with a server that is ready", () => {
    expect(preflight(facts, [table], [orders])).toEqual({ problems: [], unfit: new Map(), warnings: [] });
  });

  it.each([
    [{ log_bin: "OFF" }, "--log-bin=binlog"],
    [{ binlog_format: "MIXED" }, "SET GLOBAL binlog_format = 'ROW'"],
    [{ binlog_row_image: "MINIMAL" }, "SET GLOBAL binlog_row_image = 'FULL'"],
    [{ binlog_row_metadata: "NO_LOG" }, "SET GLOBAL binlog_row_metadata = 'FULL'"],
    [{ binlog_transaction_compression: "ON" }, "SET GLOBAL binlog_transaction_compression = OFF"],
    [{ binlog_row_value_options: "PARTIAL_JSON" }, "SET GLOBAL binlog_row_value_options = ''"],
  ])("names the fix for %j", (variables, fix) => {
    expect(set(variables)).toEqual([expect.stringContaining(fix)]);
  });

  it("refuses a replica that does not log what it replicates, and takes one that does", () => {
    const replication = { from: "primary:3306", behindSeconds: 0 };
    const variables = (updates: string) => ({ ...facts.variables, log_slave_updates: updates });
    expect(problems({ replication, variables: variables("OFF") })).toEqual([
      expect.stringMatching(/replica of primary:3306 and log_slave_updates is OFF.*--log-slave-updates=ON, or capture/),
    ]);
    expect(problems({ replication, variables: variables("ON") })).toEqual([]);
    expect(problems({ variables: variables("OFF") })).toEqual([]);
  });

  it("says how to see the lag of a replica", () => {
    const change = { replication: { from: null, behindSeconds: null }, user: "app@%" };
    const variables = { ...facts.variables, log_replica_updates: "ON" };
    expect(preflight({ ...facts, ...change, variables }, [table], [orders])).toEqual({
      problems: [],
      unfit: new Map(),
      warnings: [expect.stringContaining("GRANT SLAVE MONITOR ON *.* TO 'app'@'%'")],
    });
  });

  it("asks for an upgrade where row metadata is unknown", () => {
    expect(problems({ variables: { log_bin: "ON", binlog_format: "ROW", binlog_row_image: "FULL" } })).toEqual([
      expect.stringContaining("MariaDB 10.5"),
    ]);
  });

  it("names missing privileges with the GRANT, in the server's own words", () => {
    const grants = ["GRANT SELECT ON *.* TO `app`@`%`"];
    expect(problems({ grants, user: "app@%" })).toEqual([
      "User app@% lacks REPLICATION SLAVE, BINLOG MONITOR ON *.*. Run: GRANT REPLICATION SLAVE, BINLOG MONITOR ON *.* TO 'app'@'%'.",
    ]);
  });

  it.each<[string, string]>([
    ["SELECT on another database", "GRANT SELECT ON `other`.* TO `app`@`%`"],
    ["SELECT on another table", "GRANT SELECT ON `classicmodels`.`offices` TO `app`@`%`"],
    ["SELECT on single columns", "GRANT SELECT (`status`, `comments`) ON `classicmodels`.`orders` TO `app`@`%`"],
    ["a database whose name looks like a right", "GRANT INSERT ON `select`.* TO `app`@`%`"],
    ["an escaped underscore", "GRANT SELECT ON `classicmodel\\_`.* TO `app`@`%`"],
  ])("is not content with %s, and does not say that the table is missing", (_, grant) => {
    const grants = ["GRANT REPLICATION SLAVE, BINLOG MONITOR ON *.* TO `app`@`%`", grant];
    expect(problems({ grants, user: "app@%" }, [])).toEqual([
      "User app@% lacks SELECT ON classicmodels.*. Run: GRANT SELECT ON classicmodels.* TO 'app'@'%'.",
    ]);
  });

  it.each([
    "GRANT SELECT, INSERT ON *.* TO `app`@`%`",
    "GRANT SELECT ON `classic%`.* TO `app`@`%`",
    "GRANT SELECT ON `classicmodel_`.* TO `app`@`%`",
    "GRANT ALL PRIVILEGES ON `classicmodels`.* TO `app`@`%` WITH GRANT OPTION",
    "GRANT SELECT, UPDATE (`status`) ON `classicmodels`.`orders` TO `app`@`%`",
    'GRANT SELECT ON "classicmodels"."orders" TO "app"@"%"',
  ])("is content with %s", (grant) => {
    expect(problems({ grants: ["GRANT REPLICATION SLAVE, SUPER ON *.* TO `app`@`%`", grant] })).toEqual([]);
  });

  it("knows which rights a user lacks on a whole database", () => {
    const grants = [
      "GRANT SELECT ON *.* TO `a`@`%`",
      "GRANT INSERT ON `shop`.* TO `a`@`%`",
      "GRANT DELETE ON `shop`.`t` TO `a`@`%`",
    ];
    expect(lackingOn("shop", ["SELECT", "INSERT", "DELETE"], { grants })).toEqual(["DELETE"]);
    expect(lackingOn("shop", ["DROP"], { grants: ["GRANT ALL PRIVILEGES ON *.* TO `a`@`%`"] })).toEqual([]);
  });

  it("warns of a log that is kept too short", () => {
    const short = { ...facts, variables: { ...facts.variables, binlog_expire_logs_seconds: "3600" } };
    expect(preflight(short, [table], [orders]).warnings).toEqual([expect.stringContaining("3600 s only")]);
  });

  it("lists every problem of a table at once", () => {
    const drifted: SourceTable = {
      ...table,
      primaryKey: [],
      columns: [
        ...table.columns
          .filter((column) => column.name !== "comments")
          .map((column) => (column.name === "status" ? { ...column, length: 99, columnType: "varchar(99)" } : column)),
      ],
    };
    const found = problems({}, [drifted]);
    expect(found).toHaveLength(3);
    expect(found.join("\n")).toMatch(
      /status is varchar\(99\)[^]*comments does not exist[^]*ADD PRIMARY KEY \(orderNumber\)/,
    );
  });

  it("lets a resync follow a source that has moved on, as far as no value is bent", () => {
    const columns = table.columns.flatMap((column) =>
      column.name === "comments"
        ? []
        : column.name === "status"
          ? [{ ...column, length: 99, columnType: "varchar(99)" }]
          : column,
    );
    const of = (changed: SourceTable) => preflight(facts, [changed], [orders], "resync");
    expect(of({ ...table, columns })).toEqual({
      problems: [],
      unfit: new Map(),
      warnings: [expect.stringContaining("status is varchar(99)"), expect.stringContaining("comments does not exist")],
    });
    const keyless = table.columns.filter(({ name }) => name !== "orderNumber");
    expect(allOf(of({ ...table, columns: keyless }))).toEqual([expect.stringContaining("orderNumber does not exist")]);
    const retyped = table.columns.map((c) =>
      c.name === "status" ? { ...c, dataType: "date", columnType: "date" } : c,
    );
    expect(allOf(of({ ...table, columns: retyped }))).toEqual([expect.stringContaining("status is date")]);
  });

  it.each([
    ["geometry", "geometry"],
    ["vector", "vector(3)"],
  ])("refuses %s, which cannot be captured, by the column's name", (dataType, columnType) => {
    const columns = table.columns.map((c) => (c.name === "comments" ? { ...c, dataType, columnType } : c));
    expect(problems({}, [{ ...table, columns }])).toEqual([expect.stringContaining(`comments is ${columnType}`)]);
  });

  it("says which table is missing", () => {
    expect(problems({}, [])).toEqual([expect.stringContaining("classicmodels.orders does not exist")]);
  });

  it("warns of columns that land in _unmapped and of keys that change rows silently", () => {
    const extra = { ...(table.columns[0] ?? never()), name: "colour" };
    const odd = { ...table, columns: [...table.columns, extra], silentForeignKeys: ["orders_ibfk_1"] };
    expect(preflight(facts, [odd], [orders]).warnings).toEqual([
      expect.stringContaining("colour"),
      expect.stringContaining("orders_ibfk_1"),
    ]);
  });
});

function never(): never {
  throw new Error("the table has no columns");
}
