import { afterAll, beforeAll, describe, expect, it } from "@jest/globals";
import type { MysqlTarget } from "../../../lambdas/adapters/mysql/index.ts";
import { identify } from "../../../lambdas/adapters/mysql/server.ts";
import { openSession } from "../../../lambdas/adapters/mysql/session.ts";
import { METRICS } from "../../../lambdas/core/metrics.ts";
import { openWishes } from "../../../lambdas/core/table-facts.ts";
import * as c from "../../../schemas/model/column.ts";
import { defineTable } from "../../../schemas/model/table.ts";
import type { AnyTable } from "../../../schemas/model/table.ts";
import { startDrifting } from "../../support/drifting.ts";
import type { Drifting } from "../../support/drifting.ts";
import { freshDatabase, SERVERS } from "../binlog/servers.ts";
import type { ServerUnderTest } from "../binlog/servers.ts";

const DATABASE = "millrace_drift";
const area = { name: "lab", database: DATABASE };
const common = { area, comment: "", partitions: 1 };

/** A table of its own for each case, so that none waits for another. */
const goods = (name: string): AnyTable =>
  defineTable({
    ...common,
    name,
    columns: {
      id: c.column("id", c.int()),
      label: c.nullable("label", c.varchar(20)),
      amount: c.nullable("amount", c.decimal(10, 2)),
      state: c.nullable("state", c.enumeration("new", "sold")),
      size: c.nullable("size", c.smallint()),
    },
    key: ["id"],
  });
const DDL =
  "(id INT PRIMARY KEY, label VARCHAR(20) CHARACTER SET latin1, amount DECIMAL(10,2), state ENUM('new','sold'), size SMALLINT)";
const PARTITIONED = `${DDL} PARTITION BY RANGE (id) (PARTITION p0 VALUES LESS THAN (3), PARTITION p1 VALUES LESS THAN (1000))`;

interface Case {
  readonly name: string;
  readonly what: string;
  /** `#` stands for the table. */
  readonly statements: readonly string[];
  /** What is written after it: rows 20 and up. @default - a row by the definition's columns, an update, a delete */
  readonly after?: readonly string[];
  /** Whether a copy must take place. */
  readonly resync: boolean;
  readonly unmapped?: Readonly<Record<string, unknown>>;
  readonly partitioned?: true;
  /** Statements that only MariaDB has. */
  readonly mariadb?: true;
}

const AFTER = [
  "INSERT INTO # (id, label, amount, state, size) VALUES (20, 'after é', 2.5, 'sold', 7)",
  "UPDATE # SET amount = 99.01 WHERE id = 2",
  "UPDATE # SET id = 40 WHERE id = 20",
  "DELETE FROM # WHERE id = 4",
];

const CASES: readonly Case[] = [
  {
    ...{ name: "added_first", what: "a column added FIRST", resync: false },
    statements: ["ALTER TABLE # ADD COLUMN extra INT FIRST"],
    after: [...AFTER, "UPDATE # SET extra = 5 WHERE id = 2"],
    unmapped: { 1: {}, 2: { extra: 5 }, 40: { extra: null } },
  },
  {
    ...{ name: "added_after", what: "a column added AFTER another, with a default", resync: true },
    statements: ["ALTER TABLE # ADD COLUMN extra INT NOT NULL DEFAULT 3 AFTER label"],
    unmapped: { 1: { extra: 3 }, 2: { extra: 3 }, 40: { extra: 3 } },
  },
  {
    ...{ name: "dropped", what: "a dropped column", resync: true },
    statements: ["ALTER TABLE # DROP COLUMN label"],
    after: AFTER.map((sql) => sql.replace(", label", "").replace(" 'after é',", "")),
  },
  {
    ...{ name: "renamed", what: "a renamed column", resync: true },
    statements: ["ALTER TABLE # RENAME COLUMN label TO title"],
    after: AFTER.map((sql) => sql.replace(", label", ", title")),
    unmapped: { 1: { title: "one" }, 40: { title: "after é" } },
  },
  {
    ...{ name: "widened", what: "wider columns", resync: true },
    statements: ["ALTER TABLE # MODIFY label VARCHAR(200), MODIFY amount DECIMAL(12,2), MODIFY size INT"],
    after: [...AFTER, "UPDATE # SET label = REPEAT('w', 200) WHERE id = 2"],
  },
  {
    ...{ name: "narrowed", what: "narrower columns, cutting what is stored", resync: true },
    statements: [
      "SET SESSION sql_mode = ''",
      "ALTER TABLE # MODIFY label VARCHAR(2), MODIFY amount DECIMAL(6,1), MODIFY size TINYINT",
      "SET SESSION sql_mode = DEFAULT",
    ],
    after: AFTER.map((sql) => sql.replace("after é", "é").replace("99.01", "99.1")),
  },
  {
    ...{ name: "relabelled", what: "an enum extended in the middle", resync: true },
    statements: ["ALTER TABLE # MODIFY state ENUM('new','on its way to somebody','sold')"],
    after: [...AFTER, "UPDATE # SET state = 'on its way to somebody' WHERE id = 2"],
  },
  {
    ...{ name: "converted", what: "another character set", resync: true },
    statements: ["ALTER TABLE # CONVERT TO CHARACTER SET utf8mb4"],
    after: [...AFTER, "UPDATE # SET label = '日本 ☂' WHERE id = 2"],
  },
  {
    ...{ name: "modified", what: "a type that changes what is stored", resync: true },
    statements: [
      "SET SESSION sql_mode = ''",
      "ALTER TABLE # MODIFY amount DECIMAL(10,0)",
      "SET SESSION sql_mode = DEFAULT",
    ],
    after: AFTER.map((sql) => sql.replace("2.5", "2").replace("99.01", "99")),
  },
  {
    ...{ name: "recreated", what: "a table dropped and created again", resync: false },
    statements: ["DROP TABLE #", `CREATE TABLE # ${DDL}`, "INSERT INTO # (id, label) VALUES (2, 'anew'), (4, 'anew')"],
  },
  {
    ...{ name: "moved", what: "a table renamed away and back", resync: true },
    statements: [
      "RENAME TABLE # TO #_away",
      "UPDATE #_away SET label = 'unseen' WHERE id = 1",
      "RENAME TABLE #_away TO #",
    ],
  },
  {
    ...{ name: "truncated", what: "TRUNCATE", resync: false },
    statements: ["TRUNCATE TABLE #", "INSERT INTO # (id, label) VALUES (2, 'anew'), (4, 'anew')"],
  },
  {
    ...{ name: "thinned", what: "TRUNCATE PARTITION", resync: true, partitioned: true },
    statements: ["ALTER TABLE # TRUNCATE PARTITION p0", "INSERT INTO # (id, label) VALUES (2, 'anew')"],
  },
  {
    ...{ name: "shed", what: "DROP PARTITION", resync: true, partitioned: true },
    statements: ["ALTER TABLE # DROP PARTITION p0", "INSERT INTO # (id, label) VALUES (2, 'anew')"],
  },
  {
    ...{ name: "exchanged", what: "EXCHANGE PARTITION", resync: true, partitioned: true },
    statements: [
      `CREATE TABLE #_other ${DDL}`,
      "INSERT INTO #_other (id, label) VALUES (2, 'from elsewhere')",
      "ALTER TABLE # EXCHANGE PARTITION p0 WITH TABLE #_other",
    ],
  },
  {
    ...{ name: "merged", what: "a table converted to a partition", resync: true, mariadb: true },
    ...{ partitioned: true },
    statements: [
      `CREATE TABLE #_other ${DDL}`,
      "INSERT INTO #_other (id, label) VALUES (1002, 'from elsewhere')",
      "ALTER TABLE # CONVERT TABLE #_other TO PARTITION p2 VALUES LESS THAN (2000)",
    ],
  },
  {
    ...{ name: "unique_by_force", what: "a unique key that deletes rows", resync: true, mariadb: true },
    statements: [
      "UPDATE # SET label = 'just before' WHERE id = 2",
      "ALTER IGNORE TABLE # ADD UNIQUE (label)",
      "UPDATE # SET label = 'left' WHERE label = 'just before'",
    ],
    after: ["INSERT INTO # (id, label) VALUES (20, 'after')", "DELETE FROM # WHERE id = 4"],
  },
  {
    ...{ name: "swapped", what: "an online migration's swap", resync: true },
    statements: [
      `CREATE TABLE _#_new ${DDL}`,
      "ALTER TABLE _#_new ADD COLUMN extra INT NOT NULL DEFAULT 8",
      "INSERT INTO _#_new (id, label, amount, state, size) SELECT * FROM #",
      "UPDATE _#_new SET label = 'by the migration' WHERE id = 1",
      "RENAME TABLE # TO _#_old, _#_new TO #",
      "DROP TABLE _#_old",
    ],
    unmapped: { 1: { extra: 8 }, 40: { extra: 8 } },
  },
];

async function identity(target: MysqlTarget): ReturnType<typeof identify> {
  const session = await openSession(target);
  try {
    return await identify(session);
  } finally {
    session.close();
  }
}

const sqlOf = (statement: string, name: string): string =>
  statement.replace(/_?#(_\w+)?/g, (found) => `${DATABASE}.${found.replace("#", name)}`);

describe.each(SERVERS)("changes of captured tables on $name", (under) => {
  let server: ServerUnderTest;
  let world: Drifting;
  let flavour: "mysql" | "mariadb";
  let cases: readonly Case[];
  const run = async (statements: readonly string[], name: string): Promise<void> => {
    for (const statement of statements) await world.writer.query(sqlOf(statement, name));
  };
  const expectSame = async (table: AnyTable): Promise<void> =>
    expect(await world.mirrorRows(table)).toEqual(await world.sourceRows(table));
  const copiesOf = (table: AnyTable) => world.copies.filter(({ tables }) => tables?.includes(`lab_${table.name}`));

  beforeAll(async () => {
    server = await under.start();
    ({ flavour } = await identity(server.target));
    cases = CASES.filter((one) => flavour === "mariadb" || one.mariadb === undefined);
    const all = cases.map((one) => goods(one.name));
    world = await startDrifting(server.target, all);
    await freshDatabase(world.writer, DATABASE);
    for (const { name, partitioned } of cases) {
      await world.writer.query(`CREATE TABLE ${DATABASE}.${name} ${partitioned ? PARTITIONED : DDL}`);
      await run(["INSERT INTO # VALUES (1, 'one', 1.25, 'new', 1), (2, 'tw\u00f6', NULL, 'sold', 300)"], name);
    }
    await world.copy("copy");
    for (const { name } of cases)
      await run(["INSERT INTO # VALUES (3, 'before', 12345678.91, 'new', -1), (4, NULL, 4, NULL, NULL)"], name);
    await world.follow();
    for (const table of all) await expectSame(table);
    // All at once, rows before and after each: what one table goes through must not disturb another.
    for (const one of cases) {
      await run(["UPDATE # SET label = 'just before' WHERE id = 3"], one.name);
      await run(one.statements, one.name);
      await run(one.after ?? AFTER, one.name);
    }
    await world.settle();
  }, 300_000);
  afterAll(async () => {
    await world.stop();
    await server.stop();
  });

  it.each(CASES)("$what: the mirror equals the source", async ({ name, resync, unmapped, mariadb }) => {
    if (mariadb === true && flavour === "mysql") return;
    const table = goods(name);
    await expectSame(table);
    expect(copiesOf(table).length > 0).toBe(resync);
    expect(openWishes((await world.facts(table)) ?? { copied: null, wishes: [] })).toEqual([]);
    const rows = await world.loading.rows(
      `SELECT id, JSON_SERIALIZE(_unmapped) AS rest FROM mirror.lab_${name} WHERE NOT _deleted`,
    );
    for (const [id, rest] of Object.entries(unmapped ?? {})) {
      const row = rows.find((found) => String(found["id"]) === id);
      expect([id, JSON.parse(String(row?.["rest"] ?? null)) ?? {}]).toEqual([id, rest]);
    }
    if (unmapped === undefined) expect(rows.filter(({ rest }) => rest !== null)).toEqual([]);
  });

  it("counts unknown columns, so that an alarm tells", () => {
    expect(world.telemetry.metrics.get(METRICS.unmapped)).toBeGreaterThanOrEqual(4);
    expect(world.loading.quarantine.objects.size).toBe(0);
  });
});
