import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterAll, beforeAll, describe, expect, it, jest } from "@jest/globals";
import type { Connection } from "mysql2/promise";
import { createConnection } from "mysql2/promise";
import type { ImportReport } from "../../cli/import/report.ts";
import type { StatusAnswer } from "../../cli/status.ts";
import { generateShop } from "../../localstack/demo/generator/shop.ts";
import { fillSource } from "../../localstack/demo/source/fill.ts";
import type { RunningSource } from "../../localstack/engines/mysql.ts";
import { startMysql } from "../../localstack/engines/mysql.ts";
import { copyOfCheckout } from "../support/checkout-copy.ts";
import type { Ended } from "./main-job.ts";
import { reportIn, runProgram } from "./main-job.ts";

jest.setTimeout(900_000);

/** Tables of test/fixtures/garden-shop.sql by the names that the import gives them. */
const TABLES = {
  "2fa codes": "table_2fa_codes",
  Customers: "customers_2",
  a_table_whose_name_is_as_long_as_the_server_allows_it_to_be_1234: "a_table_whose_name_is_as_long_as_the_server",
  class: "class",
  customers: "customers",
  index: "index_table",
  log: "log",
  order: "order",
  "order lines": "order_lines",
  visits: "visits",
  日本: "table_11",
} as const;

/** Everything that a shop does to its rows, in tables and columns of every awkward name. */
const CHANGES = `
SET sql_mode = '';
INSERT INTO \`Customers\` (\`firstName\`, \`e-mail\`, \`we\`\`ird\`, \`Größe\`, \`home\`, \`letters\`) VALUES ('Neu ☂', 'neu@example.com', 9007199254740993, 0.1, POINT(3, 4), 'ä');
UPDATE \`Customers\` SET \`first_name\` = 'Adä', \`letters\` = REPEAT('x', 70), \`balance\` = -0.0000000001 WHERE \`id\` = 1;
DELETE FROM \`customers\` WHERE \`id\` = 2;
UPDATE \`order\` SET \`group\` = 'b,c', \`attrs\` = '{"z": [1, {"a": null}]}' WHERE \`Order No\` = 'b 2';
INSERT INTO \`order\` VALUES ('ü 9 ', 1, 'a', 'x,y,z', '2026-03-01 00:00:00.001', NULL, '[]');
INSERT INTO \`order lines\` (\`Order No\`, \`line\`, \`price\`, \`quantity\`) VALUES ('ü 9 ', 65535, 1.5, 2);
UPDATE \`order lines\` SET \`quantity\` = 9 WHERE \`line\` = 2;
UPDATE \`index\` SET \`batch\` = 77 WHERE \`batch\` = 2;
INSERT INTO \`class\` (\`id\`, \`took\`, \`flag\`) VALUES (x'20202020', '-838:59:59', b'1');
UPDATE \`日本\` SET \`名前\` = '鈴木' WHERE \`番号\` = 2;
DELETE FROM \`2fa codes\` WHERE \`kind\` = 'app';
INSERT INTO \`log\` VALUES ('2026-01-01 00:00:00', 'same', NULL);
`;

/** A user's own database beside a copy of the project, by the commands of the README, as a user with reading rights. */
describe("a database of one's own", () => {
  const checkout = copyOfCheckout();
  const data = mkdtempSync(path.join(tmpdir(), "millrace-own-shop-"));
  let server: RunningSource;
  let owner: Connection;
  let url = "";

  const run = (command: string, ...args: string[]): Promise<Ended> =>
    runProgram(command, args, { cwd: checkout.folder });
  const succeeds = async (command: string, ...args: string[]): Promise<Ended> => {
    const ended = await run(command, ...args);
    if (ended.code !== 0) throw new Error(`${command} ${args.join(" ")}\n${ended.stdout}\n${ended.stderr}`);
    return ended;
  };
  const importing = async (...args: string[]): Promise<ImportReport> =>
    JSON.parse(
      (await succeeds("npx", "millrace", "import", `${url}/Garden-Shop`, "--json", ...args)).stdout,
    ) as ImportReport;

  beforeAll(async () => {
    server = await startMysql({ dataDir: data });
    owner = await createConnection({ uri: server.endpoint, multipleStatements: true, charset: "utf8mb4" });
    await owner.query(readFileSync(path.resolve(import.meta.dirname, "../fixtures/garden-shop.sql"), "utf8"));
    // What preflight asks for, and no more.
    await owner.query(
      "CREATE USER reader IDENTIFIED BY 'secret'; GRANT SELECT ON `Garden-Shop`.* TO reader; GRANT REPLICATION SLAVE, REPLICATION CLIENT ON *.* TO reader",
    );
    url = server.endpoint.replace(/\/\/.*@/, "//reader:secret@");
  });
  afterAll(async () => {
    await run("npx", "millrace", "down");
    await owner.end();
    await server.stop();
    checkout.remove();
    rmSync(data, { recursive: true, force: true });
  });

  it("is imported, with what is to be decided as notes", async () => {
    const report = await importing();
    expect(report).toMatchObject({ area: "garden_shop", database: "Garden-Shop" });
    const created = report.tables.filter(({ action }) => action === "created");
    expect(Object.fromEntries(created.map(({ source, table }) => [source, table]))).toEqual(
      Object.fromEntries(Object.entries(TABLES).map(([source, name]) => [source, `garden_shop_${name}`])),
    );
    expect(report.tables.filter(({ action }) => action === "left out")).toMatchObject([{ source: "best customers" }]);
    const notes = (source: string): readonly string[] =>
      report.tables
        .find((table) => table.source === source)
        ?.notes.map(({ kind, column }) => `${kind}: ${column ?? ""}`) ?? [];
    expect(notes("Customers")).toEqual([
      "name: ",
      "name: firstName",
      "personal data: first_name",
      "personal data: e-mail",
      "held as text: balance",
      "name: order",
      "name: xmin",
      "left out: home",
      "too wide: letters",
    ]);
    expect(notes("log")).toEqual(["no key: ", "key: "]);
    expect(notes("order lines")).toEqual(["cascade: ", "generated: total", "generated: half"]);
  });

  it("changes nothing when it is imported again", async () => {
    const report = await importing();
    expect(report.files).toEqual([]);
    expect(new Set(report.tables.map(({ action }) => action))).toEqual(new Set(["unchanged", "left out"]));
  });

  it("leaves a checkout in which everything passes", async () => {
    await succeeds("npx", "tsc");
    await succeeds("npx", "eslint", "schemas");
    await succeeds("npx", "prettier", "--check", "schemas");
    await succeeds("npm", "run", "golden");
    await succeeds("npx", "jest", "--selectProjects", "golden");
    await succeeds("npx", "jest", "--selectProjects", "infra", "--testPathPatterns", "mappings|lint");
    await succeeds("npx", "jest", "--selectProjects", "unit", "--testPathPatterns", "unit/(schemas|architecture)");
  });

  it("arrives whole, and what changes there arrives", async () => {
    const ended = await run("npm", "run", "local", "--", "--keep", "--source-url", url, "--changes", "0", "--json");
    const report = reportIn(ended);
    if (!report.ok) throw new Error(`${report.error ?? ""}\n${ended.stderr}`);
    expect(report.comparisons.map(({ name }) => name).sort()).toEqual(
      Object.values(TABLES)
        .flatMap((name) => [`cells.garden_shop.${name}`, `rows.garden_shop.${name}`])
        .sort(),
    );
    expect(report.star).toBeNull();
    expect(ended.stderr).toContain("area classicmodels is left out");
    expect(ended.stderr).not.toContain("reader:secret");

    await owner.query(`USE \`Garden-Shop\`; ${CHANGES}`);
    await succeeds("npx", "millrace", "status", "--wait", "--timeout", "300");
    const sql = async (statement: string): Promise<unknown> =>
      JSON.parse((await succeeds("npx", "millrace", "sql", statement, "--json")).stdout);
    expect(await sql("SELECT first_name_2, we_ird, letters FROM source.garden_shop_customers_2 ORDER BY id")).toEqual([
      { first_name_2: "Ada", we_ird: "18446744073709551615", letters: "x".repeat(70) },
      { first_name_2: "Zoë 😀", we_ird: null, letters: null },
      { first_name_2: "Neu ☂", we_ird: "9007199254740993", letters: "ä" },
    ]);
    expect(await sql('SELECT order_no, "group" FROM source.garden_shop_order ORDER BY order_no')).toEqual([
      { order_no: "A 1", group: "it's" },
      { order_no: "b 2 ", group: "b,c" },
      { order_no: "ü 9 ", group: "a" },
    ]);
    // Virtual columns are the server's to compute, and arrive like all others.
    expect(await sql("SELECT total, half FROM source.garden_shop_order_lines WHERE line = 65535")).toEqual([
      { total: "3.0000", half: "0.7500" },
    ]);
    const { endpoints } = JSON.parse((await succeeds("npx", "millrace", "status", "--json")).stdout) as StatusAnswer;
    await expectSame(endpoints.warehouse ?? "");
    await succeeds("npx", "millrace", "down");
  });

  it("arrives beside another on the same server", async () => {
    await fillSource(owner, {
      database: "classicmodels",
      rows: generateShop({ orders: 30, seed: 3 }),
      onProgress: () => undefined,
    });
    await owner.query("GRANT SELECT ON classicmodels.* TO reader");
    const ended = await run("npm", "run", "local", "--", "--source-url", url, "--changes", "0", "--json");
    const report = reportIn(ended);
    if (!report.ok) throw new Error(`${report.error ?? ""}\n${ended.stderr}`);
    const names = report.comparisons.map(({ name }) => name);
    expect(names).toEqual(
      expect.arrayContaining(["orderLines", "revenue", "cells.classicmodels.orders", "cells.garden_shop.customers_2"]),
    );
    expect(report.star?.orderLines).toBeGreaterThan(0);
    expect(ended.stderr).not.toContain("is left out");
  });

  /** Every cell of every table, read from both sides once more, now that changes have gone the whole way. */
  async function expectSame(warehouseUrl: string): Promise<void> {
    const { compareAll } = await import("../../localstack/demo/compare/compare.ts");
    const { tables } = (await import(path.join(checkout.folder, "schemas/sources/index.ts"))) as {
      readonly tables: Parameters<typeof compareAll>[0]["tables"];
    };
    const { parseSourceUrl } = await import("../../localstack/demo/source/connection.ts");
    const outcome = await compareAll({
      source: parseSourceUrl(url),
      ask: async (statement) =>
        JSON.parse((await succeeds("npx", "millrace", "sql", statement, "--json")).stdout) as Record<string, unknown>[],
      warehouseUrl,
      tables: tables.filter(({ area }) => area.name === "garden_shop"),
      say: () => undefined,
      signal: new AbortController().signal,
    });
    expect(outcome.differences).toEqual([]);
    expect(outcome.comparisons.filter(({ equal }) => !equal)).toEqual([]);
    expect(outcome.comparisons).toHaveLength(2 * Object.keys(TABLES).length);
  }
});
