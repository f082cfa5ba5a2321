import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "@jest/globals";
import { binlogOf } from "../../../lambdas/adapters/binlog/index.ts";
import { connectSource, parseMysqlUrl } from "../../../lambdas/adapters/mysql/index.ts";
import type { MysqlSession } from "../../../lambdas/adapters/mysql/session.ts";
import type { BinlogEvent } from "../../../lambdas/core/capture-ports.ts";
import { startMysql } from "../../../localstack/engines/mysql.ts";
import type { RunningSource } from "../../../localstack/engines/mysql.ts";
import { readTools } from "../../../localstack/engines/tools.ts";
import { column, int } from "../../../schemas/model/column.ts";
import { defineTable } from "../../../schemas/model/table.ts";
import { freshDatabase, openWriter } from "./servers.ts";

const common = { comment: "", columns: { id: column("id", int()) }, key: ["id"] } as const;
const tables = [
  defineTable({ ...common, area: { name: "names", database: "millrace_names" }, name: "orders" }),
  defineTable({ ...common, area: { name: "mixed", database: "Millrace_Mixed" }, name: "lines", source: "OrderLines" }),
];

/** MySQL takes the option only when its data folder is made, which setup has done; the server says it the same way. */
const FOLDING = ["--lower-case-table-names=1"];

describe("a server that takes names in any case as the same", () => {
  let folder: string;
  let server: RunningSource | undefined;
  let writer: MysqlSession;

  beforeAll(async () => {
    if ((await readTools()).server?.kind !== "mariadb") return;
    folder = await mkdtemp(path.join(tmpdir(), "millrace-names-"));
    server = await startMysql({ dataDir: folder, server: FOLDING });
    writer = await openWriter(parseMysqlUrl(server.endpoint));
    await freshDatabase(writer, "millrace_names");
    await freshDatabase(writer, "Millrace_Mixed");
    await writer.query("CREATE TABLE millrace_names.orders (id INT PRIMARY KEY)");
    await writer.query("CREATE TABLE Millrace_Mixed.OrderLines (id INT PRIMARY KEY)");
  }, 60_000);

  afterAll(async () => {
    if (server === undefined) return;
    writer.close();
    await server.stop();
    await rm(folder, { recursive: true, force: true });
  });

  async function eventsOf(running: RunningSource, statements: readonly string[]): Promise<BinlogEvent[]> {
    const target = parseMysqlUrl(running.captureEndpoint);
    const source = await connectSource(target);
    const from = await source.currentPlace();
    await source.close();
    for (const statement of statements) await writer.query(statement);
    const events: BinlogEvent[] = [];
    const signal = new AbortController().signal;
    const open = binlogOf(target, { untilEnd: true });
    for await (const some of open({ from, gtid: null, serverId: 4_310, tables, signal })) events.push(...some);
    return events;
  }

  it("rows and statements are found whatever their case, and named as the definition has them", async () => {
    if (server === undefined) return;
    const events = await eventsOf(server, [
      "INSERT INTO MILLRACE_NAMES.Orders VALUES (1)",
      "INSERT INTO millrace_mixed.orderlines VALUES (2)",
      "TRUNCATE TABLE Millrace_Names.ORDERS",
      "ALTER TABLE MILLRACE_MIXED.ORDERLINES ADD extra INT DEFAULT 3",
      "RENAME TABLE Millrace_Names.Orders TO Millrace_Names.Away, Millrace_Names.Away TO Millrace_Names.ORDERS",
      "DROP TABLE MILLRACE_MIXED.OrderLINES",
      "DROP DATABASE MILLRACE_NAMES",
    ]);
    expect(events.flatMap((e) => (e.kind === "rows" ? [[e.table.name, e.rows[0]?.key]] : []))).toEqual([
      ["orders", '{"id":1}'],
      ["lines", '{"id":2}'],
    ]);
    const [orders, lines] = [
      { db: "millrace_names", name: "orders" },
      { db: "Millrace_Mixed", name: "OrderLines" },
    ];
    const statements = events.flatMap((e) => (e.kind === "ddl" ? [[e.verb, ...e.tables]] : []));
    expect(statements).toEqual([
      ["truncate", orders],
      ["alter", lines],
      ["rename", orders, expect.anything(), expect.anything(), orders],
      ["drop", lines],
      ["drop", orders],
    ]);
    await expect(
      eventsOf(server, [
        "CREATE DATABASE millrace_names",
        "CREATE TABLE millrace_names.orders (id INT PRIMARY KEY)",
        "SET SESSION binlog_format = STATEMENT",
        "DELETE FROM Millrace_Names.Orders",
        "SET SESSION binlog_format = ROW",
      ]),
    ).rejects.toMatchObject({ name: "BinlogUnsupportedError" });
  }, 60_000);
});
