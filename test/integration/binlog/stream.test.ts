import { setTimeout as sleep } from "node:timers/promises";
import { afterAll, beforeAll, describe, expect, it } from "@jest/globals";
import { binlogOf } from "../../../lambdas/adapters/binlog/index.ts";
import { connectSource } from "../../../lambdas/adapters/mysql/index.ts";
import { identify } from "../../../lambdas/adapters/mysql/server.ts";
import type { MysqlSession } from "../../../lambdas/adapters/mysql/session.ts";
import { SINGLE_BYTE_CHARSETS } from "../../../lambdas/adapters/mysql/values/single-byte-charsets.ts";
import type { BinlogEvent, LogPlace, SourceDatabase } from "../../../lambdas/core/capture-ports.ts";
import { column, int, mediumtext, nullable } from "../../../schemas/model/column.ts";
import { defineTable } from "../../../schemas/model/table.ts";
import { SERVERS, freshDatabase, openWriter } from "./servers.ts";
import type { ServerUnderTest } from "./servers.ts";

const DATABASE = "millrace_stream";
const table = defineTable({
  area: { name: "stream", database: DATABASE },
  name: "t",
  comment: "",
  columns: { id: column("id", int()), v: nullable("v", mediumtext()) },
  key: ["id"],
});

describe.each(SERVERS)("the binlog of $name", (under) => {
  let server: ServerUnderTest;
  let writer: MysqlSession;
  let source: SourceDatabase;
  let flavour: "mysql" | "mariadb";

  beforeAll(async () => {
    server = await under.start();
    writer = await openWriter(server.target);
    ({ flavour } = await identify(writer));
    source = await connectSource(server.target);
    await freshDatabase(writer, DATABASE);
    await writer.query(`CREATE TABLE ${DATABASE}.t (id INT PRIMARY KEY, v LONGTEXT)`);
  }, 60_000);

  afterAll(async () => {
    await writer.query(`DROP DATABASE ${DATABASE}`);
    writer.close();
    await source.close();
    await server.stop();
  });

  async function eventsSince(from: LogPlace, gtid: string | null = null): Promise<BinlogEvent[]> {
    const events: BinlogEvent[] = [];
    const open = binlogOf(server.target, { untilEnd: true });
    const signal = new AbortController().signal;
    for await (const some of open({ from, gtid, serverId: 4_300, tables: [table], signal })) events.push(...some);
    return events;
  }

  const keysIn = (events: readonly BinlogEvent[]): (string | null)[] =>
    events.flatMap((e) => (e.kind === "rows" ? e.rows.map((row) => row.key) : []));

  it("gives transactions whole, and the same from each commit's end on", async () => {
    const start = await source.currentPlace();
    await writer.query("BEGIN");
    await writer.query(`INSERT INTO ${DATABASE}.t VALUES (1, 'a'), (2, 'b')`);
    await writer.query(`UPDATE ${DATABASE}.t SET id = 3 WHERE id = 2`);
    await writer.query("COMMIT");
    await writer.query(`DELETE FROM ${DATABASE}.t`);
    const events = await eventsSince(start, start.gtid);
    expect(events.map((e) => e.kind)).toEqual([
      ...["file", "begin", "rows", "rows", "commit", "begin", "rows", "commit"],
    ]);
    expect(keysIn(events)).toEqual(['{"id":1}', '{"id":2}', '{"id":3}', '{"id":1}', '{"id":3}']);
    const [first, last] = events.filter((e) => e.kind === "commit");
    const now = await source.currentPlace();
    expect(last).toMatchObject({ next: { file: now.file, pos: now.pos }, gtid: now.gtid });
    expect(keysIn(await eventsSince(first?.next ?? start))).toEqual(['{"id":1}', '{"id":3}']);
  });

  it("joins payloads of more than 16 MB", async () => {
    const start = await source.currentPlace();
    await writer.query("SET GLOBAL max_allowed_packet = 134217728");
    const big = await openWriter(server.target);
    await big.query(`INSERT INTO ${DATABASE}.t VALUES (10, REPEAT('0123456789abcdef', 1250000))`);
    big.close();
    const [change] = (await eventsSince(start)).flatMap((e) => (e.kind === "rows" ? e.rows : []));
    expect(change?.after?.length).toBe(20_000_000 + '{"id":10,"v":""}'.length);
    await writer.query(`DELETE FROM ${DATABASE}.t`);
  }, 60_000);

  it("goes on over a new file", async () => {
    const start = await source.currentPlace();
    await writer.query(`INSERT INTO ${DATABASE}.t VALUES (20, 'before')`);
    await writer.query("FLUSH BINARY LOGS");
    await writer.query(`INSERT INTO ${DATABASE}.t VALUES (21, 'after')`);
    const events = await eventsSince(start);
    expect(keysIn(events)).toEqual(['{"id":20}', '{"id":21}']);
    const files = events.flatMap((e) => (e.kind === "rows" ? [e.place.file] : []));
    expect(new Set(files).size).toBe(2);
    await writer.query(`DELETE FROM ${DATABASE}.t`);
  });

  it("tells where it is while nothing happens, and ends when told to", async () => {
    const stop = new AbortController();
    const place = await source.currentPlace();
    const open = binlogOf(server.target, { heartbeatMs: 50 });
    const seen: BinlogEvent[] = [];
    for await (const events of open({
      from: place,
      gtid: null,
      serverId: 4_301,
      tables: [table],
      signal: stop.signal,
    })) {
      seen.push(...events);
      if (events.some((e) => e.kind === "progress")) stop.abort();
    }
    expect(seen.at(-1)).toEqual({ kind: "progress", next: { file: place.file, pos: place.pos } });
  }, 30_000);

  it("floors: TRUNCATE, DROP and RENAME name their tables", async () => {
    const start = await source.currentPlace();
    await writer.query(`TRUNCATE TABLE ${DATABASE}.t`);
    await writer.query(`RENAME TABLE ${DATABASE}.t TO ${DATABASE}.u`);
    await writer.query(`RENAME TABLE ${DATABASE}.u TO ${DATABASE}.t`);
    const statements = (await eventsSince(start)).flatMap((e) => (e.kind === "ddl" ? [[e.verb, e.tables.length]] : []));
    expect(statements).toEqual([
      ["truncate", 1],
      ["rename", 2],
      ["rename", 2],
    ]);
  });

  it("refuses a change that a session logged as a statement", async () => {
    const start = await source.currentPlace();
    await writer.query("SET SESSION binlog_format = STATEMENT");
    await writer.query(`INSERT INTO ${DATABASE}.t VALUES (30, 'unseen')`);
    await writer.query("SET SESSION binlog_format = ROW");
    await expect(eventsSince(start)).rejects.toThrow(expect.objectContaining({ name: "BinlogUnsupportedError" }));
    await writer.query(`DELETE FROM ${DATABASE}.t`);
  });

  it("refuses it where a captured table is not the first that is named, and takes no other for one", async () => {
    await writer.query(`CREATE TABLE ${DATABASE}.u (id INT PRIMARY KEY, t VARCHAR(9))`);
    await writer.query(`INSERT INTO ${DATABASE}.u VALUES (30, 't')`);
    await writer.query(`INSERT INTO ${DATABASE}.t VALUES (30, 'seen')`);
    const logged = async (sql: string): Promise<BinlogEvent[]> => {
      const start = await source.currentPlace();
      await writer.query("SET SESSION binlog_format = STATEMENT");
      await writer.query(sql);
      await writer.query("SET SESSION binlog_format = ROW");
      return eventsSince(start);
    };
    await writer.query(`USE ${DATABASE}`);
    await logged(`UPDATE ${DATABASE}.u SET t = 't' WHERE t = "t" AND id IN (SELECT id FROM ${DATABASE}.t)`);
    await logged(`REPLACE INTO ${DATABASE}.u SELECT id, 't' FROM ${DATABASE}.t`);
    const refused = expect.objectContaining({
      name: "BinlogUnsupportedError",
      message: expect.stringContaining(`a change of ${DATABASE}.t as a statement`) as unknown,
    });
    await expect(logged(`UPDATE ${DATABASE}.u JOIN ${DATABASE}.t o ON o.id = u.id SET o.v = 'unseen'`)).rejects.toEqual(
      refused,
    );
    await expect(logged(`DELETE FROM u, o USING ${DATABASE}.u JOIN ${DATABASE}.t o ON o.id = u.id`)).rejects.toEqual(
      refused,
    );
    await writer.query(`DROP TABLE ${DATABASE}.u`);
  });

  it("says by name that a position is gone", async () => {
    const start = await source.currentPlace();
    await writer.query("FLUSH BINARY LOGS");
    const { file } = await source.currentPlace();
    await expect(eventsSince({ file: start.file.replace(/\d+$/, "999999"), pos: 4 })).rejects.toThrow(
      expect.objectContaining({ name: "PositionLostError" }),
    );
    if (under.name === "the local server") {
      await purgedTo(file);
      await expect(eventsSince({ file: start.file, pos: start.pos })).rejects.toThrow(
        expect.objectContaining({ name: "PositionLostError" }),
      );
    }
  }, 30_000);

  /** The server keeps a file while it still sends it to someone; a closed connection is noticed at the next heartbeat. */
  async function purgedTo(file: string): Promise<void> {
    for (;;) {
      await writer.query(`PURGE BINARY LOGS TO '${file}'`);
      const [oldest] = await writer.query("SHOW BINARY LOGS");
      if (oldest?.Log_name === file) return;
      await sleep(50);
    }
  }

  it("reads compressed events of MariaDB", async () => {
    if (flavour !== "mariadb") return;
    const start = await source.currentPlace();
    await writer.query("SET GLOBAL log_bin_compress = ON, GLOBAL log_bin_compress_min_len = 10");
    const fresh = await openWriter(server.target);
    await fresh.query(`INSERT INTO ${DATABASE}.t VALUES (40, REPEAT('compressible ', 100))`);
    await fresh.query(`UPDATE ${DATABASE}.t SET v = REPEAT('smaller ', 100) WHERE id = 40`);
    await fresh.query(`DELETE FROM ${DATABASE}.t WHERE id = 40`);
    fresh.close();
    await writer.query("SET GLOBAL log_bin_compress = OFF");
    expect(keysIn(await eventsSince(start))).toEqual(['{"id":40}', '{"id":40}', '{"id":40}']);
  });

  it("has the character sets that our tables say", async () => {
    const upper = Array.from({ length: 128 }, (_, i) => (i + 128).toString(16)).join("");
    for (const [charset, ours] of Object.entries(SINGLE_BYTE_CHARSETS)) {
      const [row] = await writer.query(`SELECT HEX(CONVERT(_${charset} x'${upper}' USING utf16)) AS hex`);
      const theirs = Buffer.from(row?.hex ?? "", "hex")
        .swap16()
        .toString("utf16le");
      expect([charset, theirs.replaceAll("?", "\ufffd")]).toEqual([charset, ours]);
    }
  });
});
