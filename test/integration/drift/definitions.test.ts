import { afterAll, beforeAll, describe, expect, it } from "@jest/globals";
import { METRICS } from "../../../lambdas/core/metrics.ts";
import { holdOf, openLeftOut } from "../../../lambdas/core/table-facts.ts";
import * as c from "../../../schemas/model/column.ts";
import { defineTable } from "../../../schemas/model/table.ts";
import type { AnyTable } from "../../../schemas/model/table.ts";
import { qualifiedName } from "../../../schemas/naming.ts";
import { startDrifting } from "../../support/drifting.ts";
import type { Drifting, ShownRow } from "../../support/drifting.ts";
import { freshDatabase, SERVERS } from "../binlog/servers.ts";
import type { ServerUnderTest } from "../binlog/servers.ts";

const DATABASE = "millrace_drift_definitions";
const area = { name: "lab", database: DATABASE };
const common = { area, comment: "", partitions: 1 };
const key = ["id"] as const;
const id = c.column("id", c.int());
const label = c.nullable("label", c.varchar(20));
const amount = c.nullable("amount", c.decimal(10, 2));

const table = (name: string, columns: AnyTable["columns"] = { id, label, amount }): AnyTable =>
  defineTable({ ...common, name, columns, key });

interface Stopped {
  readonly name: string;
  readonly what: string;
  /** `#` stands for the table. */
  readonly change: readonly string[];
  readonly writes: readonly string[];
  readonly reason: string;
  /** What puts it right: another definition, or statements that undo the change. */
  readonly cure: AnyTable | readonly string[];
}

const WRITES = [
  "INSERT INTO # (id, label, amount) VALUES (9, 'later', 7)",
  "UPDATE # SET label = 'left out' WHERE id = 1",
  "DELETE FROM # WHERE id = 2",
];

const STOPPED: readonly Stopped[] = [
  {
    ...{ name: "key_renamed", what: "a key column renamed" },
    change: ["ALTER TABLE # RENAME COLUMN id TO number"],
    writes: WRITES.map((sql) => sql.replace(/\bid\b/g, "number")),
    reason: "its primary key is (number), the definition's is (id)",
    cure: table("key_renamed", { id: c.column("number", c.int()), label, amount }),
  },
  {
    ...{ name: "key_added", what: "a column added to the key" },
    change: ["ALTER TABLE # ADD region INT NOT NULL DEFAULT 1, DROP PRIMARY KEY, ADD PRIMARY KEY (id, region)"],
    writes: [...WRITES, "INSERT INTO # (id, label, region) VALUES (9, 'twin', 2)"],
    reason: "its primary key is (id, region), the definition's is (id)",
    cure: [
      "DELETE FROM # WHERE region = 2",
      "ALTER TABLE # DROP PRIMARY KEY, ADD PRIMARY KEY (id)",
      "INSERT INTO # (id) VALUES (11)",
    ],
  },
  {
    ...{ name: "key_dropped", what: "a key column dropped" },
    change: ["ALTER TABLE # ADD other INT UNIQUE", "UPDATE # SET other = id", "ALTER TABLE # DROP COLUMN id"],
    writes: ["INSERT INTO # (other, label) VALUES (9, 'later')", "UPDATE # SET label = 'left out' WHERE other = 1"],
    reason: "it has no primary key, the definition's is (id)",
    cure: ["ALTER TABLE # CHANGE other id INT PRIMARY KEY", "UPDATE # SET label = 'again' WHERE id = 3"],
  },
  {
    ...{ name: "key_retyped", what: "a key of another type" },
    change: ["ALTER TABLE # MODIFY id VARCHAR(10)"],
    writes: [...WRITES, "INSERT INTO # (id) VALUES ('x')"],
    reason: "column id is STRING now, which the definition's INT cannot hold",
    cure: ["DELETE FROM # WHERE id = 'x'", "ALTER TABLE # MODIFY id INT"],
  },
  {
    ...{ name: "retyped", what: "a column of another type" },
    change: ["ALTER TABLE # MODIFY amount VARCHAR(30)"],
    writes: [...WRITES, "UPDATE # SET amount = 'a lot' WHERE id = 3"],
    reason: "column amount is STRING now, which the definition's DECIMAL(10,2) cannot hold",
    cure: table("retyped", { id, label, amount_text: c.nullable("amount", c.varchar(30)) }),
  },
  {
    ...{ name: "unreadable", what: "a column that cannot be captured" },
    change: ["UPDATE # SET label = NULL", "ALTER TABLE # MODIFY label POINT"],
    writes: ["INSERT INTO # (id, label) VALUES (9, POINT(1, 2))", "DELETE FROM # WHERE id = 2"],
    reason: "column label is of a type that cannot be captured",
    cure: table("unreadable", { id, amount }),
  },
];
const calm = table("calm");
const grown = table("grown");
const known = table("grown", { ...grown.columns, colour: c.column("colour", c.varchar(9)) });

describe.each(SERVERS)("tables that their definition cannot follow on $name", (under) => {
  let server: ServerUnderTest;
  let world: Drifting;
  const first = [calm, grown, ...STOPPED.map(({ name }) => table(name))];
  const last = new Map<string, readonly ShownRow[]>();
  let cured: readonly AnyTable[] = [];

  const run = async (statements: readonly string[], name: string): Promise<void> => {
    for (const statement of statements) await world.writer.query(statement.replaceAll("#", `${DATABASE}.${name}`));
  };
  const expectSame = async (of: AnyTable): Promise<void> =>
    expect(await world.mirrorRows(of)).toEqual(await world.sourceRows(of));
  const holdBy = async (name: string) => {
    const facts = await world.facts(table(name));
    return facts === undefined ? null : holdOf(facts);
  };

  beforeAll(async () => {
    server = await under.start();
    world = await startDrifting(server.target, first);
    await freshDatabase(world.writer, DATABASE);
    for (const { name } of first) {
      await world.writer.query(
        `CREATE TABLE ${DATABASE}.${name} (id INT PRIMARY KEY, label VARCHAR(20), amount DECIMAL(10,2))`,
      );
      await run(["INSERT INTO # VALUES (1, 'one', 1.25), (2, 'two', NULL)"], name);
    }
    await world.copy("copy");
    for (const { name, change, writes } of STOPPED) {
      await run(["INSERT INTO # VALUES (3, 'before', 3)"], name);
      last.set(name, await world.sourceRows(table(name)));
      await run([...change, ...writes], name);
      await run([`INSERT INTO # VALUES (${last.size + 10}, 'goes on', 1)`], "calm");
    }
    await run(
      ["ALTER TABLE # ADD colour VARCHAR(9) NOT NULL DEFAULT 'red'", "UPDATE # SET colour = 'blue' WHERE id = 2"],
      "grown",
    );
    await world.follow();
    await world.follow();
  }, 300_000);
  afterAll(async () => {
    await world.stop();
    await server.stop();
  });

  it.each(STOPPED)("$what: the table stands still as it was before, and says why", async ({ name, reason }) => {
    const hold = await holdBy(name);
    expect(hold?.by).toBe("capture");
    expect(hold?.reason).toContain(reason);
    expect(hold?.reason).toContain(`Change schemas/sources/lab/${name}.ts to match and deploy`);
    // What was captured before the change waits for the resync too, or is there already.
    const rows = await world.mirrorRows(table(name));
    expect(last.get(name)).toEqual(expect.arrayContaining([...rows]));
    expect(world.telemetry.lines.join("\n")).toContain(reason);
  });

  it("the others go on", async () => {
    expect(await holdBy("calm")).toBeNull();
    expect(await world.mirrorRows(calm)).toHaveLength(2 + STOPPED.length);
    await expectSame(calm);
  });

  it("no copy is tried that would meet the same, and an alarm's metric counts the tables", async () => {
    const { waiting, started } = await world.minute();
    expect(started).toEqual(["lab_grown"]);
    expect(waiting).toEqual(expect.arrayContaining(STOPPED.map(({ name }) => `lab_${name}`)));
    expect(world.telemetry.metrics.get(METRICS.tablesStopped)).toBe(STOPPED.length);
    await world.follow();
  });

  it("once the definition or the table is put right they are resynced by themselves, and nothing is lost", async () => {
    const next = STOPPED.map(({ name, cure }) => (Array.isArray(cure) ? table(name) : (cure as AnyTable)));
    cured = next;
    await world.deploy([calm, known, ...next]);
    for (const { name, cure } of STOPPED) {
      if (Array.isArray(cure)) await run(cure as readonly string[], name);
      const [number = "id"] = name === "key_renamed" ? ["number"] : [];
      await run([`INSERT INTO # (${number}) VALUES (77)`], name);
    }
    await world.settle();
    for (const of of next) {
      expect([of.name, await holdBy(of.name)]).toEqual([of.name, null]);
      await expectSame(of);
      const facts = await world.facts(of);
      expect(facts === undefined ? null : openLeftOut(facts)).toBeNull();
      await run([`UPDATE # SET ${of.columns["label"] === undefined ? "amount = 5" : "label = 'and on'"}`], of.name);
    }
    expect(world.copies.filter(({ state }) => state === "failed")).toEqual([]);
    await world.follow();
    for (const of of next) await expectSame(of);
  }, 120_000);

  it("a column that the definition has come to know is taken up, older rows too", async () => {
    await expectSame(known);
    expect((await world.mirrorRows(known)).map(({ colour }) => colour).sort()).toEqual(["blue", "red"]);
    expect(world.copies.some(({ tables }) => tables?.includes(qualifiedName(known)))).toBe(true);
    const [rest] = await world.loading.rows("SELECT COUNT(_unmapped) AS n FROM mirror.lab_grown");
    expect(rest).toEqual({ n: 0 });
    expect(world.loading.quarantine.objects.size).toBe(0);
  });

  it("so is what was not captured while the definition was taken back", async () => {
    await world.deploy([grown, ...cured]);
    await run(["UPDATE # SET colour = 'green' WHERE id = 1"], "grown");
    await run(["UPDATE # SET label = 'unseen' WHERE id = 1"], "calm");
    await world.settle();
    await world.deploy([calm, known, ...cured]);
    await world.settle();
    for (const either of [calm, known]) await expectSame(either);
    const copies = world.copies.length;
    await world.settle();
    expect(world.copies).toHaveLength(copies);
  }, 60_000);

  it("rows that do not bring all columns are no NULLs: capture stops and says what to set", async () => {
    await run(["SET SESSION binlog_row_image = 'MINIMAL'", "UPDATE # SET amount = 8 WHERE id = 1"], "calm");
    await expect(world.follow()).rejects.toThrow(/calm come without label.*binlog_row_image = FULL/);
  });
});
