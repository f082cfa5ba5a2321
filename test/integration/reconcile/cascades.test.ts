import { afterAll, beforeAll, beforeEach, describe, expect, it } from "@jest/globals";
import { METRICS } from "../../../lambdas/core/metrics.ts";
import { readTableFacts } from "../../../lambdas/core/table-facts.ts";
import * as c from "../../../schemas/model/column.ts";
import { defineTable } from "../../../schemas/model/table.ts";
import type { AnyTable } from "../../../schemas/model/table.ts";
import { mirrorName } from "../../../schemas/naming.ts";
import { startReconciling } from "../../support/reconciling.ts";
import type { Reconciling } from "../../support/reconciling.ts";
import { freshDatabase, SERVERS } from "../binlog/servers.ts";
import type { ServerUnderTest } from "../binlog/servers.ts";

const DATABASE = "millrace_cascades";
const common = { area: { name: "lab", database: DATABASE }, comment: "", partitions: 1 };
const id = c.column("id", c.int());
const parent = c.nullable("parent", c.int());
const note = c.nullable("note", c.varchar(40));

const buyers = defineTable({ ...common, name: "buyers", columns: { id, note }, key: ["id"] });
/** Vanish with their buyer. */
const baskets = defineTable({ ...common, name: "baskets", columns: { id, parent, note }, key: ["id"] });
/** Vanish with their basket, two steps away. */
const lines = defineTable({
  ...common,
  name: "lines",
  columns: { parent: c.column("parent", c.int()), tag: c.column("tag", c.varchar(20)), note },
  key: ["parent", "tag"],
});
/** Stay, and forget their buyer. */
const visits = defineTable({ ...common, name: "visits", columns: { id, parent, note }, key: ["id"] });
/** A foreign key that changes nothing by itself. */
const refunds = defineTable({ ...common, name: "refunds", columns: { id, parent }, key: ["id"] });
const all: readonly AnyTable[] = [buyers, baskets, lines, visits, refunds];

const DDL = [
  "CREATE TABLE buyers (id INT PRIMARY KEY, note VARCHAR(40))",
  "CREATE TABLE baskets (id INT PRIMARY KEY, parent INT, note VARCHAR(40), CONSTRAINT of_buyer FOREIGN KEY (parent) REFERENCES buyers (id) ON DELETE CASCADE ON UPDATE CASCADE)",
  "CREATE TABLE `lines` (parent INT, tag VARCHAR(20) CHARACTER SET latin1, note VARCHAR(40), PRIMARY KEY (parent, tag), CONSTRAINT of_basket FOREIGN KEY (parent) REFERENCES baskets (id) ON DELETE CASCADE)",
  "CREATE TABLE visits (id INT PRIMARY KEY, parent INT, note VARCHAR(40), CONSTRAINT by_buyer FOREIGN KEY (parent) REFERENCES buyers (id) ON DELETE SET NULL)",
  "CREATE TABLE refunds (id INT PRIMARY KEY, parent INT, CONSTRAINT to_buyer FOREIGN KEY (parent) REFERENCES buyers (id))",
];
const BUYERS = 40;

/** MySQL 9.6 and later log what cascades; then there is nothing to find, and nothing is read. */
describe.each(SERVERS)("rows that foreign keys change on $name", (under) => {
  let server: ServerUnderTest;
  let world: Reconciling;
  let isSilent: boolean;

  const run = (sql: string) => world.writer.query(sql);
  const mirrored = async (table: AnyTable): Promise<readonly string[]> => {
    const names = Object.keys(table.columns);
    const list = names.map((name) => `"${name}"`).join(", ");
    const rows = await world.loading.rows(`SELECT ${list} FROM ${mirrorName(table)} WHERE NOT _deleted`);
    return rows.map((row) => names.map((name) => String(row[name])).join("|")).sort();
  };
  const atSource = async (table: AnyTable): Promise<readonly string[]> => {
    const list = Object.values(table.columns).map(({ source }) => `CONVERT(\`${source}\` USING utf8mb4)`);
    const rows = await run(`SELECT ${list.join(", ")} FROM \`${table.source}\``);
    return rows.map((row) => Object.values(row).map(String).join("|")).sort();
  };
  const differing = async (): Promise<readonly string[]> => {
    const names: string[] = [];
    for (const table of all) {
      if (JSON.stringify(await mirrored(table)) !== JSON.stringify(await atSource(table))) names.push(table.name);
    }
    return names;
  };

  beforeAll(async () => {
    server = await under.start();
    world = await startReconciling(server.target, all);
    await freshDatabase(world.writer, DATABASE);
    await run(`USE ${DATABASE}`);
    for (const statement of DDL) await run(statement);
    const numbers = Array.from({ length: BUYERS }, (_, i) => i + 1);
    const values = (row: (n: number) => string): string => numbers.map(row).join(",");
    await run(`INSERT INTO buyers VALUES ${values((n) => `(${n}, 'buyer')`)}`);
    await run(`INSERT INTO baskets VALUES ${values((n) => `(${n * 10}, ${n}, 'full'), (${n * 10 + 1}, ${n}, NULL)`)}`);
    await run(`INSERT INTO \`lines\` VALUES ${values((n) => `(${n * 10}, 'é', 'x'), (${n * 10}, 'f', NULL)`)}`);
    await run(`INSERT INTO visits VALUES ${values((n) => `(${n}, ${n}, 'seen')`)}`);
    await world.copy();
    const [row] = await run("SHOW GLOBAL VARIABLES LIKE 'innodb_native_foreign_keys'");
    isSilent = row?.["Value"] !== "OFF";
  }, 180_000);
  beforeEach(() => world.loading.telemetry.metrics.clear());
  afterAll(async () => {
    await world.stop();
    await server.stop();
  });

  it("are found by their tables, which are noted for status", async () => {
    const facts = await readTableFacts(world.state);
    const noted = all.map(({ name }) => [name, facts.get(`lab_${name}`)?.cascades ?? []]);
    expect(Object.fromEntries(noted)).toEqual({
      buyers: [],
      baskets: isSilent ? ["of_buyer"] : [],
      lines: isSilent ? ["of_basket"] : [],
      visits: isSilent ? ["by_buyer"] : [],
      refunds: [],
    });
  });

  it("are not in the log, and are right after the next scheduled run, which alarms nobody", async () => {
    await run("DELETE FROM buyers WHERE id IN (3, 4)");
    await run("UPDATE buyers SET id = 105 WHERE id = 5 AND NOT EXISTS (SELECT 1 FROM visits WHERE parent = 5)");
    await run("DELETE FROM visits WHERE id = 6");
    await run("UPDATE buyers SET id = 106 WHERE id = 6");
    await world.follow();
    expect(await differing()).toEqual(isSilent ? ["baskets", "lines", "visits"] : []);

    const report = await world.cascades();
    expect(report.done).toBe(true);
    expect(await differing()).toEqual([]);
    expect(report.tables.map(({ table, verdict, repaired }) => [table, verdict, repaired])).toEqual(
      isSilent
        ? [
            ["lab_baskets", "equal", 6],
            ["lab_lines", "equal", 4],
            ["lab_visits", "equal", 2],
          ]
        : [],
    );
    expect(world.loading.telemetry.metrics.get(METRICS.differences) ?? 0).toBe(0);
  }, 120_000);

  it("are repaired while the source goes on, and what is there stays", async () => {
    let waits = 0;
    world.onWait = async () => {
      waits += 1;
      if (waits > 3) return;
      await run(`DELETE FROM buyers WHERE id = ${waits + 10}`);
      await run(`UPDATE baskets SET note = 'busy ${waits}' WHERE parent > 20`);
      await run(`INSERT INTO baskets VALUES (${9_000 + waits}, 30, 'new')`);
    };
    await run("DELETE FROM buyers WHERE id = 10");
    await world.cascades();
    world.onWait = async () => undefined;
    await world.follow();
    await world.cascades();
    expect(await differing()).toEqual([]);
  }, 120_000);

  it("cost nothing more where nothing cascaded, and one run ends before another begins", async () => {
    let left = 1;
    const first = await world.cascades({ remaining: () => (left-- > 0 ? 900_000 : 0) });
    expect(first.done).toBe(!isSilent);
    const second = await world.cascades();
    expect(second.done).toBe(true);
    if (isSilent) expect(second.runId).toBe(first.runId);
    expect(second.tables.every(({ verdict, repaired }) => verdict === "equal" && repaired === 0)).toBe(true);
    expect([...world.state.objects.keys()].filter((key) => key.includes("reconcile/latest"))).toEqual([]);
  }, 120_000);
});
