import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterAll, beforeAll, describe, expect, it, jest } from "@jest/globals";
import { openCatalogue, parseMysqlUrl } from "../../../lambdas/adapters/mysql/index.ts";
import { openSession } from "../../../lambdas/adapters/mysql/session.ts";
import type { RunningSource } from "../../../localstack/engines/mysql.ts";
import { startMysql } from "../../../localstack/engines/mysql.ts";
import { runProgram } from "../../e2e/main-job.ts";

jest.setTimeout(300_000);

let folder = "";
let server: RunningSource;
const urlOf = (user: string, database: string): string =>
  `${server.endpoint.replace(/\/\/.*@/, `//${user}:secret@`)}/${database}`;

beforeAll(async () => {
  folder = await mkdtemp(path.join(tmpdir(), "millrace-import-"));
  server = await startMysql({ dataDir: folder });
  const session = await openSession(parseMysqlUrl(server.endpoint));
  for (const statement of [
    "CREATE DATABASE bakery",
    "CREATE DATABASE closed",
    "CREATE DATABASE empty",
    "CREATE TABLE bakery.orders (id INT PRIMARY KEY COMMENT 'the number', secret INT)",
    "CREATE TABLE bakery.`order lines` (id INT PRIMARY KEY, of INT, doc JSON, twice INT AS (id * 2) VIRTUAL, UNIQUE KEY u (of), UNIQUE KEY part (of, id), CONSTRAINT `of` FOREIGN KEY (of) REFERENCES bakery.orders (id) ON DELETE SET NULL) COMMENT 'lines'",
    "CREATE VIEW bakery.v AS SELECT 1 AS one",
    "CREATE TABLE closed.t (id INT PRIMARY KEY)",
    "CREATE USER reader IDENTIFIED BY 'secret'",
    "GRANT SELECT ON bakery.* TO reader",
    "GRANT SELECT ON empty.* TO reader",
    "CREATE USER half IDENTIFIED BY 'secret'",
    "GRANT SELECT (id) ON bakery.orders TO half",
    "GRANT INSERT ON bakery.`order lines` TO half",
  ]) {
    await session.query(statement);
  }
  session.close();
});
afterAll(async () => {
  await server.stop();
  await rm(folder, { recursive: true, force: true });
});

describe("the catalogue of a database", () => {
  it("tells a user who may only select all that an import needs", async () => {
    const catalogue = await openCatalogue(parseMysqlUrl(urlOf("reader", "bakery")));
    expect(catalogue.databases).toEqual(["bakery", "empty"]);
    const { tables, others } = await catalogue.read("bakery");
    catalogue.close();
    expect(others).toEqual([{ name: "v", kind: "view" }]);
    const [lines, orders] = tables;
    expect(orders).toMatchObject({ name: "orders", refusal: null, silentForeignKeys: [], primaryKey: ["id"] });
    expect(orders?.columns[0]?.comment).toBe("the number");
    expect(lines).toMatchObject({ name: "order lines", comment: "lines", silentForeignKeys: ["of"] });
    expect(lines?.uniqueKeys).toEqual([
      { name: "part", columns: ["of", "id"] },
      { name: "u", columns: ["of"] },
    ]);
    expect(lines?.columns.map(({ generated }) => generated !== null)).toEqual([false, false, false, true]);
    expect(lines?.columns[2]).toMatchObject(
      lines?.columns[2]?.dataType === "json" ? {} : { dataType: "longtext", checkedJson: true },
    );
  });

  it("says which tables may not be read", async () => {
    const catalogue = await openCatalogue(parseMysqlUrl(urlOf("half", "bakery")));
    const { tables } = await catalogue.read("bakery");
    catalogue.close();
    // Of a table some columns of which may be read, the server shows those.
    expect(tables.map(({ name, refusal, columns }) => [name, refusal === null, columns.length])).toEqual([
      ["order lines", false, 4],
      ["orders", true, 1],
    ]);
  });
});

/** Nothing is written: all of these end before. */
describe("millrace import, asked for what it cannot do", () => {
  it.each<[string, () => string[], RegExp]>([
    ["no URL", () => ["localhost"], /The source URL cannot be read/],
    ["no user", () => ["mysql://127.0.0.1/x"], /names no user/],
    ["no server", () => ["mysql://a:b@127.0.0.1:1/x"], /127\.0\.0\.1:1.*start the server, or correct host and port/],
    ["a wrong password", () => [urlOf("reader", "bakery").replace("secret", "wrong")], /Correct the user, password/],
    ["no database", () => [urlOf("reader", "")], /names no database: .* sees: bakery, empty/],
    ["an unknown database", () => [urlOf("reader", "backery")], /no database backery.* Is it bakery\?.*GRANT SELECT/],
    ["a database without rights", () => [urlOf("reader", "closed")], /no database closed, or .* has no right to it/],
    ["an empty database", () => [urlOf("reader", "empty")], /Database empty has no table that reader@/],
    [
      "unknown tables",
      () => [urlOf("reader", "bakery"), "--tables", "order,v,nothing"],
      /No table order in database bakery\. Is it orders( or order lines)?\?\nv is a view.*\nNo table nothing in database bakery\.\n/,
    ],
    ["an area's name", () => [urlOf("reader", "bakery"), "--area", "My Shop"], /'My Shop' cannot be an area's name/],
    ["a taken area", () => [urlOf("reader", "bakery"), "--area", "classicmodels"], /Area classicmodels is database/],
  ])("says so: %s", async (_what, args, sentence) => {
    const ended = await runProgram(process.execPath, ["bin/millrace.mjs", "import", ...args()]);
    expect(ended.stderr).toMatch(sentence);
    expect(ended).toMatchObject({ code: 1, stdout: "" });
    expect(ended.stderr).not.toMatch(/secret[^']|\bat .*\.ts:/);
  });
});
