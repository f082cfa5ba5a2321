import { setTimeout as sleep } from "node:timers/promises";
import { afterAll, beforeAll, describe, expect, it } from "@jest/globals";
import { takeAnchor } from "../../../lambdas/adapters/binlog/anchor.ts";
import { MysqlServerError, connectSource } from "../../../lambdas/adapters/mysql/index.ts";
import { quoteText } from "../../../lambdas/adapters/mysql/literal.ts";
import { identify } from "../../../lambdas/adapters/mysql/server.ts";
import { openSession } from "../../../lambdas/adapters/mysql/session.ts";
import type { MysqlSession } from "../../../lambdas/adapters/mysql/session.ts";
import type { Anchor, KeyValue, SnapshotBatch, SourceDatabase } from "../../../lambdas/core/capture-ports.ts";
import { column, int, varchar } from "../../../schemas/model/column.ts";
import { defineTable } from "../../../schemas/model/table.ts";
import { SERVERS, freshDatabase, openWriter } from "../binlog/servers.ts";
import type { ServerUnderTest } from "../binlog/servers.ts";

const DATABASE = "millrace_source";
const ROWS = 3_000;
const PLUGIN_EXISTS = 1125;
const table = defineTable({
  area: { name: "source", database: DATABASE },
  name: "child",
  comment: "",
  columns: { parent: column("parent", int()), name: column("name", varchar(40)) },
  key: ["parent", "name"],
});

/** Semi-synchronous replication without a replica holds every commit between log and engine. */
async function holdCommits(
  writer: MysqlSession,
  flavour: "mysql" | "mariadb",
): Promise<{ start(): Promise<void>; release(): Promise<void> } | null> {
  const name = flavour === "mariadb" ? "rpl_semi_sync_master" : "rpl_semi_sync_source";
  if (flavour === "mysql") {
    try {
      await writer.query("INSTALL PLUGIN rpl_semi_sync_source SONAME 'semisync_source.so'");
    } catch (error) {
      if (error instanceof MysqlServerError && error.code !== PLUGIN_EXISTS) return null;
    }
  }
  await writer.query(`SET GLOBAL ${name}_wait_point = AFTER_SYNC, GLOBAL ${name}_timeout = 60000`);
  return {
    start: async () => {
      await writer.query(`SET GLOBAL ${name}_enabled = ON`);
    },
    release: async () => {
      await writer.query(`SET GLOBAL ${name}_enabled = OFF`);
    },
  };
}

describe.each(SERVERS)("the source $name", (under) => {
  let server: ServerUnderTest;
  let writer: MysqlSession;
  let source: SourceDatabase;
  let flavour: "mysql" | "mariadb";

  beforeAll(async () => {
    server = await under.start();
    writer = await openWriter(server.target);
    ({ flavour } = await identify(writer));
    await freshDatabase(writer, DATABASE);
    await writer.query(`CREATE TABLE ${DATABASE}.parent (id INT PRIMARY KEY)`);
    await writer.query(
      `CREATE TABLE ${DATABASE}.child (parent INT, name VARCHAR(40) CHARACTER SET latin1 COLLATE latin1_swedish_ci, extra TIMESTAMP(3) NULL, shape POINT, ` +
        `PRIMARY KEY (parent, name), CONSTRAINT silent FOREIGN KEY (parent) REFERENCES ${DATABASE}.parent (id) ON DELETE CASCADE)`,
    );
    await writer.query(
      `INSERT INTO ${DATABASE}.parent VALUES ${Array.from({ length: 30 }, (_, i) => `(${i})`).join()}`,
    );
    const rows = Array.from(
      { length: ROWS },
      (_, i) => `(${i % 30}, ${quoteText(`${["é", "Ü", "o'k", "\\b"][i % 4] ?? ""}${i}`)})`,
    );
    await writer.query(`INSERT INTO ${DATABASE}.child (parent, name) VALUES ${rows.join()}`);
    source = await connectSource(server.target);
  }, 60_000);

  afterAll(async () => {
    await writer.query(`DROP DATABASE ${DATABASE}`);
    writer.close();
    await source.close();
    await server.stop();
  });

  const read = (
    above: KeyValue | null,
    upTo: KeyValue | null,
    after: readonly KeyValue[] | null,
  ): AsyncIterable<SnapshotBatch> => source.read({ table, above, upTo, after, signal: new AbortController().signal });

  async function keys(batches: AsyncIterable<SnapshotBatch>): Promise<(string | null)[]> {
    const all: (string | null)[] = [];
    for await (const batch of batches) all.push(...batch.rows.map((row) => row.key));
    return all;
  }

  it("describes its tables, keys and the foreign keys that change rows unseen", async () => {
    const found = await source.describeTables([DATABASE]);
    // From 9.6 on MySQL cascades by itself, and logs it, unless it is told to leave that to InnoDB.
    const [native] = await writer.query("SHOW GLOBAL VARIABLES LIKE 'innodb_native_foreign_keys'");
    const unseen = native?.["Value"] === "OFF" ? [] : ["silent"];
    expect(found.map((t) => [t.name, t.primaryKey, t.silentForeignKeys])).toEqual([
      ["child", ["parent", "name"], unseen],
      ["parent", ["id"], []],
    ]);
    expect(found[0]?.columns.map((c) => [c.name, c.dataType, c.charset, c.length, c.fsp, c.nullable])).toEqual([
      ["parent", "int", null, null, null, false],
      ["name", "varchar", "latin1", 40, null, false],
      ["extra", "timestamp", null, null, 3, true],
      ["shape", "point", null, null, null, true],
    ]);
    expect(await source.describeTables([])).toEqual([]);
  });

  it("reads ranges that join up to the whole, without the column nobody can read", async () => {
    const whole = await keys(read(null, null, null));
    expect(whole.length).toBe(ROWS);
    expect([
      ...(await keys(read(null, "9", null))),
      ...(await keys(read("9", "20", null))),
      ...(await keys(read("20", null, null))),
    ]).toEqual(whole);
    for await (const batch of read("28", null, null)) {
      expect(Object.keys(JSON.parse(batch.rows[0]?.after ?? "{}") as object)).toEqual(["parent", "name", "extra"]);
    }
  });

  it("goes on after the last key of any batch, in the order of the column's own collation", async () => {
    const whole = await keys(read(null, null, null));
    let seen = 0;
    for await (const batch of read(null, null, null)) {
      seen += batch.rows.length;
      expect(await keys(read(null, null, batch.lastKey))).toEqual(whole.slice(seen));
    }
    expect(seen).toBe(ROWS);
  });

  it("reads every row, and only committed ones, whatever the server sets for all sessions", async () => {
    const isolation = `${flavour === "mariadb" ? "tx" : "transaction"}_isolation`;
    await writer.query(
      `SET GLOBAL sql_select_limit = 10, GLOBAL ${isolation} = 'READ-UNCOMMITTED', GLOBAL autocommit = 0`,
    );
    const other = await connectSource(server.target);
    try {
      await writer.query("BEGIN");
      await writer.query(`INSERT INTO ${DATABASE}.child (parent, name) VALUES (29, 'never committed')`);
      const signal = new AbortController().signal;
      const rows = await keys(other.read({ table, above: null, upTo: null, after: null, signal }));
      await writer.query("ROLLBACK");
      expect(rows.length).toBe(ROWS);
      expect(await other.extent(table)).toMatchObject({ max: "29" });
      await writer.query(`INSERT INTO ${DATABASE}.child (parent, name) VALUES (30, 'committed later')`);
      const later = await other.extent(table);
      await writer.query(`DELETE FROM ${DATABASE}.child WHERE parent = 30`);
      expect(later).toMatchObject({ max: "30" });
    } finally {
      // First of all: without autocommit it would hold locks that the next statements wait for.
      await other.close();
      await writer.query(
        `SET GLOBAL sql_select_limit = DEFAULT, GLOBAL ${isolation} = 'REPEATABLE-READ', GLOBAL autocommit = 1`,
      );
    }
  });

  it("stops when told to", async () => {
    const stop = new AbortController();
    let batches = 0;
    for await (const batch of source.read({ table, above: null, upTo: null, after: null, signal: stop.signal })) {
      batches += 1;
      expect(batch.rows.length).toBeGreaterThan(0);
      stop.abort();
    }
    expect(batches).toBeGreaterThan(0);
  });

  it("knows the extent of a key", async () => {
    expect(await source.extent(table)).toMatchObject({ min: "0", max: "29" });
  });

  it("gives an anchor whose transactions all can be seen, by every facility it has, while others write", async () => {
    const target = server.target;
    const identity = await identify(writer);
    await writer.query(`CREATE TABLE ${DATABASE}.counter (id INT AUTO_INCREMENT PRIMARY KEY)`);
    const best = identity.flavour === "mariadb" ? "binlog_snapshot" : "gtid_executed";
    const others = identity.flavour === "mariadb" ? ([] as const) : (["log_status"] as const);
    for (const facility of [best, ...others, "innodb_trx"] as const) {
      const done = new AbortController();
      const hammer = (async () => {
        while (!done.signal.aborted) await writer.query(`INSERT INTO ${DATABASE}.counter VALUES ()`);
      })();
      const session = await openSession(target);
      const request = { target, session, identity, patienceMs: 20_000, replicaId: 4_400, facilities: [facility] };
      const anchor = await takeAnchor(request, 1);
      const [seen] = await session.query(`SELECT COALESCE(MAX(id), 0) AS id FROM ${DATABASE}.counter`);
      done.abort();
      await hammer;
      session.close();
      expect(anchor).toMatchObject({ facility, server: identity.server, flavour: identity.flavour, takenAt: 1 });
      const [before] = await writer.query(`SHOW BINLOG EVENTS IN '${anchor.file}' FROM ${anchor.pos} LIMIT 1`);
      expect(before === undefined || /gtid|stop|rotate/i.test(before.Event_type ?? "")).toBe(true);
      expect(await firstInsertedAt(anchor.file, anchor.pos)).toBeLessThanOrEqual(Number(seen?.id) + 1);
    }
  }, 60_000);

  /** Id of the first counter row that the log adds at or after a place; what was seen must reach up to it. */
  async function firstInsertedAt(file: string, pos: number): Promise<number> {
    const { binlogOf } = await import("../../../lambdas/adapters/binlog/index.ts");
    const counter = defineTable({
      area: table.area,
      name: "counter",
      comment: "",
      columns: { id: column("id", int()) },
      key: ["id"],
    });
    const open = binlogOf(server.target, { untilEnd: true });
    const signal = new AbortController().signal;
    for await (const events of open({ from: { file, pos }, gtid: null, serverId: 4_401, tables: [counter], signal })) {
      for (const e of events) if (e.kind === "rows") return (JSON.parse(e.rows[0]?.key ?? "{}") as { id: number }).id;
    }
    return 0;
  }

  it("waits, with innodb_trx, for transactions that were open, and says which when it cannot wait longer", async () => {
    const identity = await identify(writer);
    const session = await openSession(server.target);
    await writer.query("BEGIN");
    await writer.query(`INSERT INTO ${DATABASE}.parent VALUES (1000)`);
    const request = {
      target: server.target,
      session,
      identity,
      patienceMs: 300,
      replicaId: 4_402,
      facilities: ["innodb_trx"] as const,
    };
    await expect(takeAnchor(request, 1)).rejects.toThrow(expect.objectContaining({ name: "TransientError" }));
    await writer.query("ROLLBACK");
    expect((await takeAnchor({ ...request, patienceMs: 20_000 }, 1)).facility).toBe("innodb_trx");
    session.close();
  }, 40_000);

  it("is not misled by a commit that the log has and the engine has not", async () => {
    const identity = await identify(writer);
    const hold = await holdCommits(writer, identity.flavour);
    if (hold === null) return;
    const held = await openWriter(server.target);
    const session = await openSession(server.target);
    const other = await openSession(server.target);
    const place = await source.currentPlace();
    await hold.start();
    const committing = held.query(`INSERT INTO ${DATABASE}.parent VALUES (2000)`);
    // Asked last: it waits inside the server until log and engine agree, and all who ask for the position wait with it.
    let byTable: Promise<Anchor> | null = null;
    try {
      // The plain position moves on as soon as the log has the transaction, although no read sees it.
      while ((await source.currentPlace()).pos === place.pos) await sleep(10);
      expect(await session.query(`SELECT id FROM ${DATABASE}.parent WHERE id = 2000`)).toEqual([]);
      expect(await source.anchor()).toMatchObject({ file: place.file, pos: place.pos });
      const request = { target: server.target, session, identity, patienceMs: 500, replicaId: 4_403 };
      await expect(takeAnchor({ ...request, facilities: ["innodb_trx"] }, 1)).rejects.toThrow(
        expect.objectContaining({ name: "TransientError" }),
      );
      if (identity.flavour === "mysql") {
        byTable = takeAnchor({ ...request, session: other, facilities: ["log_status"] }, 1);
      }
    } finally {
      await hold.release();
      await committing;
    }
    const after = await source.currentPlace();
    expect(await source.anchor()).toMatchObject({ file: after.file, pos: after.pos });
    if (byTable !== null) expect(await byTable).toMatchObject({ file: after.file, pos: after.pos });
    for (const each of [held, other, session]) each.close();
  }, 40_000);

  it("refuses a wrong password and an address where nobody listens, by name", async () => {
    await expect(connectSource({ ...server.target, user: "nobody", password: "wrong" })).rejects.toThrow(
      expect.objectContaining({ name: "MysqlAccessError", retryable: false }),
    );
    await expect(connectSource({ ...server.target, port: 1 })).rejects.toThrow(
      expect.objectContaining({ name: "MysqlConnectionError", retryable: true }),
    );
  });
});
