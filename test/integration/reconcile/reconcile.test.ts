import { afterAll, beforeAll, describe, expect, it } from "@jest/globals";
import type { ReconcileReport } from "../../../lambdas/core/events.ts";
import * as c from "../../../schemas/model/column.ts";
import { defineTable } from "../../../schemas/model/table.ts";
import type { AnyTable } from "../../../schemas/model/table.ts";
import { mirrorName, qualifiedName } from "../../../schemas/naming.ts";
import { startReconciling } from "../../support/reconciling.ts";
import type { Reconciling } from "../../support/reconciling.ts";
import { freshDatabase, SERVERS } from "../binlog/servers.ts";
import type { ServerUnderTest } from "../binlog/servers.ts";

const DATABASE = "millrace_reconcile_keys";
const area = { name: "lab", database: DATABASE };
const note = c.nullable("note", c.varchar(200));
const common = { area, comment: "", partitions: 1 };

/** A table for each shape of key, how its n-th row is written, and how the mirror names it in SQL. */
interface Shape {
  readonly table: AnyTable;
  readonly ddl: string;
  readonly rows: number;
  readonly key: (n: number) => string;
  /** SQL that finds the n-th row in the mirror. */
  readonly mirrored: (n: number) => string;
}

const hex = (text: string): string => Buffer.from(text).toString("hex");
const day = (n: number): string =>
  `20${String(10 + (n % 80)).padStart(2, "0")}-0${(n % 9) + 1}-1${n % 10} 00:00:0${n % 6}.5`;

const SHAPES: readonly Shape[] = [
  {
    table: defineTable({ ...common, name: "numbers", columns: { id: c.column("id", c.bigint()), note }, key: ["id"] }),
    ddl: "id BIGINT",
    rows: 5_000,
    key: (n) => String(n * 3 - 700),
    mirrored: (n) => `id = ${n * 3 - 700}`,
  },
  {
    table: defineTable({ ...common, name: "huge", columns: { id: c.column("id", c.bigint(true)), note }, key: ["id"] }),
    ddl: "id BIGINT UNSIGNED",
    rows: 60,
    key: (n) => String(BigInt(n) * 307445734561825860n),
    mirrored: (n) => `id = ${BigInt(n) * 307445734561825860n}`,
  },
  {
    // Keys that lie further apart than an INT reaches.
    table: defineTable({ ...common, name: "apart", columns: { id: c.column("id", c.int()), note }, key: ["id"] }),
    ddl: "id INT",
    rows: 60,
    key: (n) => String(n * 72_796_055 - 2_147_483_648),
    mirrored: (n) => `id = ${n * 72_796_055 - 2_147_483_648}`,
  },
  {
    table: defineTable({
      ...common,
      name: "texts",
      columns: { code: c.column("Code", c.varchar(40)), note },
      key: ["code"],
    }),
    ddl: "Code VARCHAR(40) CHARACTER SET utf8mb4 COLLATE utf8mb4_general_ci",
    rows: 800,
    key: (n) => `'${n % 2 === 0 ? "É" : "e"}-${n}\\\\'`,
    mirrored: (n) => `_key = '${hex(`${n % 2 === 0 ? "É" : "e"}-${n}\\`)}'`,
  },
  {
    table: defineTable({ ...common, name: "bytes", columns: { id: c.column("id", c.binary(6)), note }, key: ["id"] }),
    ddl: "id BINARY(6)",
    rows: 300,
    key: (n) => `x'${n.toString(16).padStart(6, "0")}000000'`,
    mirrored: (n) => `_key = '${n.toString(16).padStart(6, "0")}000000'`,
  },
  {
    table: defineTable({
      ...common,
      name: "amounts",
      columns: { id: c.column("id", c.decimal(12, 3)), note },
      key: ["id"],
    }),
    ddl: "id DECIMAL(12,3)",
    rows: 300,
    key: (n) => `${n}.125`,
    mirrored: (n) => `id = ${n}.125`,
  },
  {
    table: defineTable({
      ...common,
      name: "moments",
      columns: { at: c.column("at", c.datetime(1)), note },
      key: ["at"],
    }),
    ddl: "at DATETIME(1)",
    rows: 79,
    key: (n) => `'${day(n)}'`,
    mirrored: (n) => `_key = '${hex(day(n))}'`,
  },
  {
    table: defineTable({
      ...common,
      name: "lines",
      columns: { order_id: c.column("orderId", c.int()), tag: c.column("tag", c.varchar(20)), note },
      key: ["order_id", "tag"],
    }),
    ddl: "orderId INT, tag VARCHAR(20) CHARACTER SET latin1 COLLATE latin1_swedish_ci",
    rows: 900,
    key: (n) => `${Math.floor(n / 7)}, 'T${n}'`,
    mirrored: (n) => `order_id = ${Math.floor(n / 7)} AND "tag" = 'T${n}'`,
  },
  {
    table: defineTable({
      ...common,
      name: "spans",
      columns: { id: c.column("id", c.int()), span: c.column("span", c.time(2)), note },
      key: ["span", "id"],
    }),
    ddl: "span TIME(2), id INT",
    rows: 200,
    key: (n) => `'-${100 + n}:00:01.25', ${n}`,
    mirrored: (n) => `span = -${((100 + n) * 3600 + 1.25) * 1e6} AND id = ${n}`,
  },
];
const keyless = defineTable({ ...common, name: "log", columns: { note }, key: "none" });

describe.each(SERVERS)("reconciliation on $name", (under) => {
  let server: ServerUnderTest;
  let world: Reconciling;
  const tables = [...SHAPES.map(({ table }) => table), keyless];
  const named = (report: ReconcileReport, table: AnyTable) =>
    report.tables.find((found) => found.table === qualifiedName(table));

  beforeAll(async () => {
    server = await under.start();
    world = await startReconciling(server.target, tables);
    const { writer } = world;
    await freshDatabase(writer, DATABASE);
    await writer.query(`CREATE TABLE ${DATABASE}.log (note VARCHAR(200))`);
    for (const { table, ddl, rows, key } of SHAPES) {
      const names = table.key === "none" ? [] : table.key.map((name) => table.columns[name]?.source);
      await writer.query(
        `CREATE TABLE ${DATABASE}.${table.name} (${ddl}, note VARCHAR(200), PRIMARY KEY (${names.join(",")}))`,
      );
      const all = Array.from({ length: rows }, (_, n) => `(${key(n)}, 'note ${n}')`);
      await writer.query(`INSERT INTO ${DATABASE}.${table.name} VALUES ${all.join(",")}`);
    }
    await world.copy();
  }, 180_000);
  afterAll(async () => {
    await world.stop();
    await server.stop();
  });

  it("finds nothing where nothing differs, and leaves out tables without a key with a sentence", async () => {
    const report = await world.reconcile();
    expect(report.done).toBe(true);
    expect(report.tables.map(({ table, verdict, ranges }) => [table, verdict, ranges])).toEqual(
      SHAPES.map(({ table }) => [qualifiedName(table), "equal", 0]),
    );
    expect(report.tables.map(({ rows }) => rows)).toEqual(SHAPES.map(({ rows }) => rows));
    expect(report.skipped).toEqual([{ table: "lab_log", reason: expect.stringContaining("no key") }]);
    const rows = await world.loading.rows("SELECT table_name, verdict FROM ops.reconciliation ORDER BY table_name");
    expect(rows).toHaveLength(SHAPES.length);
  }, 120_000);

  it("raises no alarm over what the mirror has not got yet, nor over what goes on changing", async () => {
    for (const { table, key } of SHAPES) {
      const name = `${DATABASE}.${table.name}`;
      await world.writer.query(`UPDATE ${name} SET note = CONCAT(note, '!') LIMIT 20`);
      await world.writer.query(`DELETE FROM ${name} ORDER BY note DESC LIMIT 3`);
      await world.writer.query(
        `INSERT INTO ${name} VALUES (${key(79)}, 'again') ON DUPLICATE KEY UPDATE note = 'again'`,
      );
    }
    let waits = 0;
    world.onWait = async () => {
      waits += 1;
      for (const { table } of SHAPES) {
        await world.writer.query(`UPDATE ${DATABASE}.${table.name} SET note = 'busy ${waits}' LIMIT 30`);
      }
    };
    const report = await world.reconcile();
    world.onWait = async () => undefined;
    expect(waits).toBeGreaterThan(0);
    expect(report.tables.map(({ verdict }) => verdict)).toEqual(SHAPES.map(() => "equal"));
    expect(Math.max(...report.tables.map(({ ranges }) => ranges))).toBeGreaterThan(0);
    await world.follow();
  }, 120_000);

  it.each(SHAPES)(
    "finds and repairs a changed cell, a missing and a surplus row of $table.name",
    async (shape) => {
      const { table, mirrored, rows } = shape;
      const mirror = mirrorName(table);
      const [changed, missing] = [5, Math.floor(rows / 2)];
      // The surplus row is one that the source has lost without a word in its log.
      await world.writer.query("SET sql_log_bin = 0");
      await world.writer.query(`DELETE FROM ${DATABASE}.${table.name} WHERE (${sourceKey(table)}) = (${shape.key(0)})`);
      await world.writer.query("SET sql_log_bin = 1");
      await world.loading.warehouse.transaction(
        [
          `UPDATE ${mirror} SET note = 'bent' WHERE ${mirrored(changed)}`,
          `DELETE FROM ${mirror} WHERE ${mirrored(missing)}`,
        ],
        crypto.randomUUID(),
      );

      const before = await world.reconcile({}, [table]);
      expect(named(before, table)).toMatchObject({ verdict: "different", changed: 1, missing: 1, surplus: 1 });

      const repaired = await world.repair();
      expect(named(repaired, table)).toMatchObject({
        ...{ verdict: "equal", changed: 0, missing: 0, surplus: 0, repaired: 3 },
      });
      const again = await world.reconcile({}, [table]);
      expect(named(again, table)).toMatchObject({ verdict: "equal", ranges: 0 });
      const [row] = await world.loading.rows(`SELECT note FROM ${mirror} WHERE ${mirrored(changed)}`);
      expect(row?.["note"]).not.toBe("bent");
    },
    120_000,
  );

  it("repairs the same row again though the source's log has not moved", async () => {
    const shape = SHAPES[0] as Shape;
    for (const text of ["once", "twice"]) {
      const bend = `UPDATE ${mirrorName(shape.table)} SET note = '${text}' WHERE ${shape.mirrored(9)}`;
      await world.loading.warehouse.transaction([bend], crypto.randomUUID());
      expect(named(await world.reconcile({}, [shape.table]), shape.table)).toMatchObject({ changed: 1 });
      expect(named(await world.repair(), shape.table)).toMatchObject({ verdict: "equal", repaired: 1 });
    }
  }, 120_000);

  it("is not needed after a resync, though the source's log has not moved", async () => {
    const { table, mirrored } = SHAPES[0] as Shape;
    const mirror = mirrorName(table);
    for (const [time, text] of ["once", "twice"].entries()) {
      const damage = [
        `UPDATE ${mirror} SET note = '${text}' WHERE ${mirrored(9)}`,
        `DELETE FROM ${mirror} WHERE ${mirrored(11)}`,
      ];
      await world.loading.warehouse.transaction(damage, crypto.randomUUID());
      await world.writer.query("SET SESSION sql_log_bin = 0");
      await world.writer.query(`DELETE FROM ${DATABASE}.${table.name} ORDER BY id DESC LIMIT ${time + 1}`);
      await world.writer.query("SET SESSION sql_log_bin = 1");
      const found = named(await world.reconcile({}, [table]), table);
      expect(found).toMatchObject({ changed: 1, missing: 1, surplus: time + 1 });
      await world.resync();
      expect(named(await world.reconcile({}, [table]), table)).toMatchObject({ verdict: "equal" });
    }
  }, 180_000);
});

const sourceKey = (table: AnyTable): string =>
  table.key === "none" ? "" : table.key.map((name) => table.columns[name]?.source).join(", ");
