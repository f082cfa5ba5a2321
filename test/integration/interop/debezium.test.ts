import { afterAll, beforeAll, describe, expect, it } from "@jest/globals";
import { identify } from "../../../lambdas/adapters/mysql/server.ts";
import type { MysqlSession } from "../../../lambdas/adapters/mysql/session.ts";
import { connectSource } from "../../../lambdas/adapters/mysql/index.ts";
import { parseRecord } from "../../../lambdas/land-batch/record-value.ts";
import type { SourceTable } from "../../../lambdas/core/capture-ports.ts";
import type { Column } from "../../../schemas/model/column.ts";
import type { AnyTable } from "../../../schemas/model/table.ts";
import { historyName, mirrorName } from "../../../schemas/naming.ts";
import { usesKeyColumn } from "../../../schemas/sql/keys.ts";
import { columnTypeOf } from "../../../schemas/types/from-mysql.ts";
import { startPipeline } from "../../support/pipeline.ts";
import type { Pipeline } from "../../support/pipeline.ts";
import { freshDatabase, openWriter, SERVERS } from "../binlog/servers.ts";
import type { ServerUnderTest } from "../binlog/servers.ts";
import { compareRecords, rowName } from "./compare.ts";
import type { Comparison } from "./compare.ts";
import { startDebezium } from "./debezium.ts";
import type { Peer } from "./debezium.ts";
import { DIFFERENCES } from "../../support/interop/differences.ts";
import { SAMPLES } from "./everything.ts";

const DATABASE = "millrace_interop";
/** Rows of each kind of change; each value of a sample comes up, and NULL. */
const ROWS = 5;

/** The definition that an import of the table would write. */
function definitionOf(area: string, found: SourceTable): AnyTable {
  const columns = found.columns.map((column): [string, Column] => {
    const type = columnTypeOf(column);
    if (type === null) throw new Error(`${column.columnType} has no type`);
    return [column.name, { source: column.name, type, nullable: column.nullable, comment: "" }];
  });
  const [head, ...rest] = found.primaryKey;
  const key = head === undefined ? ("none" as const) : ([head, ...rest] as const);
  const names = { name: found.name, source: found.name, comment: "", partitions: 1 };
  return { ...names, area: { name: area, database: DATABASE }, columns: Object.fromEntries(columns), key };
}

function valuesOf(id: number, snapshot: boolean): string {
  const turn = id % ROWS;
  const values = SAMPLES.map(({ values, changesOnly }) =>
    turn === ROWS - 1 || (snapshot && changesOnly === true) ? "NULL" : (values[turn % values.length] ?? "NULL"),
  );
  return `(${[id, ...values].join(", ")})`;
}

describe.each(SERVERS)("records of Debezium's connector, on $name", (kind) => {
  let server: ServerUnderTest;
  let writer: MysqlSession;
  let flavour: "mysql" | "mariadb";
  let pipeline: Pipeline;
  let peer: Peer;
  let tables: readonly AnyTable[];
  let peers: readonly AnyTable[];
  /** What happens to its rows is no difference of cells. */
  let oddDays: AnyTable;

  const run = async (...statements: readonly string[]): Promise<void> => {
    for (const statement of statements) await writer.query(statement);
  };

  beforeAll(async () => {
    server = await kind.start();
    writer = await openWriter(server.target);
    ({ flavour } = await identify(writer));
    await freshDatabase(writer, DATABASE);
    const columns = SAMPLES.map(({ name, ddl }) => `${name} ${ddl} NULL`).join(", ");
    await run(
      `USE ${DATABASE}`,
      `CREATE TABLE everything (id INT PRIMARY KEY, ${columns})`,
      "CREATE TABLE places (code VARCHAR(20), at DATETIME(3), n BIGINT UNSIGNED, note TEXT, PRIMARY KEY (code, at, n))",
      "CREATE TABLE odd_days (id INT PRIMARY KEY, day DATE)",
      "CREATE TABLE passing (id INT PRIMARY KEY, note VARCHAR(20))",
      ...Array.from({ length: ROWS }, (_, id) => `INSERT INTO everything VALUES ${valuesOf(id, true)}`),
      "INSERT INTO places VALUES ('É ', '2024-01-01 10:00:00.5', 1, 'a'), ('e', '1999-12-31 23:59:59', 18446744073709551615, NULL)",
      "INSERT INTO passing VALUES (1, 'gone'), (2, 'gone')",
    );
    const source = await connectSource(server.target);
    const found = await source.describeTables([DATABASE]);
    await source.close();
    const all = found.map((table) => definitionOf("ours", table));
    const odd = all.find(({ name }) => name === "odd_days");
    if (odd === undefined) throw new Error("the source has no table odd_days");
    oddDays = odd;
    tables = all.filter((table) => table !== odd);
    peers = tables.map((table) => ({ ...table, area: { ...table.area, name: "peer" } }));
    pipeline = await startPipeline(server.target, all, 100);
    await pipeline.loading.migrate([oddDays, ...tables, ...peers]);
    peer = await startDebezium(server.target, flavour, DATABASE);
    await peer.until((records) => records.length >= ROWS + 4);
    await pipeline.copy();
    await run(
      ...Array.from({ length: ROWS }, (_, id) => `INSERT INTO everything VALUES ${valuesOf(100 + id, false)}`),
      // Every row gets the values of the next.
      ...Array.from({ length: ROWS }, (_, id) => `REPLACE INTO everything VALUES ${valuesOf(100 + id, false)}`),
      "UPDATE everything SET small = 1, word = 'changed' WHERE id IN (0, 1, 101, 102)",
      "UPDATE everything SET id = 200 WHERE id = 103",
      "DELETE FROM everything WHERE id IN (2, 100)",
      "UPDATE places SET at = '2024-01-01 10:00:00.501' WHERE n = 1",
      "UPDATE places SET note = 'b' WHERE n > 1",
      "BEGIN",
      "INSERT INTO places VALUES ('x', '2020-01-01', 7, REPEAT('x', 3000)), ('y', '2020-01-01', 8, ''), ('z', '2020-01-01', 9, NULL)",
      "DELETE FROM places WHERE code = 'y'",
      "INSERT INTO passing VALUES (3, 'gone too')",
      "COMMIT",
      "TRUNCATE passing",
      "INSERT INTO passing VALUES (4, 'stays')",
    );
    await peer.until((records) => records.at(-1)?.key === '{"id":4}');
    // Last, because the engine may end over it.
    await run(
      "INSERT INTO odd_days VALUES (1, '2024-02-31'), (2, '2024-02-29')",
      "INSERT INTO odd_days VALUES (3, '2024-03-01')",
    );
    await pipeline.capture();
    await peer.untilOrEnd((records) => records.at(-1)?.key === '{"id":3}');
  }, 300_000);
  afterAll(async () => {
    await peer.stop();
    await pipeline.stop();
    await writer.query(`DROP DATABASE ${DATABASE}`);
    writer.close();
    await server.stop();
  }, 60_000);

  const theirs = (table: AnyTable) => peer.records.filter((record) => record.table === table.name);
  const comparison: Comparison = { problems: [], seen: new Set(), lost: new Set(), cells: 0 };

  it("differ from ours only as the table of differences says, each with its reason", () => {
    for (const table of tables) {
      const values = theirs(table).flatMap(({ value }) => (value === null ? [] : [value]));
      compareRecords(table, flavour, pipeline.sent(table), values, comparison);
    }
    expect(comparison.problems).toEqual([]);
    expect(comparison.cells).toBeGreaterThan(1_000);
  });

  it("and nothing stands in that table that does not occur", () => {
    const expected = DIFFERENCES.filter((rule) => (rule.flavour ?? flavour) === flavour);
    expect(expected.filter((rule) => !comparison.seen.has(rule)).map(({ what }) => what)).toEqual([]);
  });

  it("miss rows of an event with an impossible date, or the engine ends: ours has them", () => {
    const values = theirs(oddDays).flatMap(({ value }) => (value === null ? [] : [value]));
    expect(pipeline.sent(oddDays).map((text) => parseRecord(text, true).after)).toEqual([
      { id: 1, day: "2024-02-31" },
      { id: 2, day: "2024-02-29" },
      { id: 3, day: "2024-03-01" },
    ]);
    expect(values.map((text) => parseRecord(text, true).after?.["id"])).not.toContain(1);
  });

  it("load into a mirror that is cell by cell the same, but for values that were lost before they came", async () => {
    await pipeline.load();
    for (const table of peers) {
      await pipeline.loading.land(
        table,
        theirs(table).map(({ value }) => value),
      );
      await pipeline.loading.load(table);
    }
    expect([...pipeline.loading.quarantine.objects.values()].map(({ body }) => body.toString().slice(0, 500))).toEqual(
      [],
    );
    const problems: string[] = [];
    let differing = 0;
    for (const [i, table] of tables.entries()) {
      const [a, b] = [await rowsOf(table), await rowsOf(peers[i] as AnyTable)];
      expect([...b.keys()]).toEqual([...a.keys()]);
      for (const [key, row] of a) {
        for (const name of Object.keys(table.columns)) {
          const [mine, other] = [row[name], b.get(key)?.[name]];
          if (mine === other) continue;
          if (comparison.lost.has(`${rowName(table, row, "warehouse")} ${name}`)) differing += 1;
          else problems.push(`${table.name} ${key}: ${name} is ${String(mine)}, theirs ${String(other)}`);
        }
      }
    }
    expect(problems).toEqual([]);
    expect(differing).toBeGreaterThan(0);
  });

  it("have the versions of ours, so that either may follow the other", async () => {
    for (const [i, table] of tables.entries()) {
      const versions = async (of: AnyTable) =>
        (
          await pipeline.loading.rows(`SELECT _version, _op FROM ${historyName(of)} WHERE _op <> 'r' ORDER BY 1, 2`)
        ).map((row) => [row["_version"], row["_op"]]);
      const mine = await versions(table);
      expect(mine.length).toBeGreaterThan(0);
      expect(await versions(peers[i] as AnyTable)).toEqual(mine);
    }
  });

  /** Living rows of the mirror by key, each column as text. */
  async function rowsOf(table: AnyTable): Promise<Map<string, Record<string, string | null>>> {
    const columns = Object.keys(table.columns);
    const key = table.key === "none" ? [] : table.key;
    const list = Object.entries(table.columns).map(([name, { type }]) =>
      type.kind === "bytes"
        ? `TO_HEX("${name}") AS "${name}"`
        : type.kind === "json"
          ? `JSON_SERIALIZE("${name}") AS "${name}"`
          : `"${name}"`,
    );
    const keyed = usesKeyColumn(table) ? ", _key" : "";
    const rows = await pipeline.loading.rows(
      `SELECT ${list.join(", ")}${keyed} FROM ${mirrorName(table)} WHERE NOT _deleted`,
    );
    const texts = rows.map((row): [string, Record<string, string | null>] => [
      `${String(row["_key"] ?? "")} ${key.map((name) => String(row[name])).join("|")}`,
      Object.fromEntries(columns.map((name) => [name, row[name] == null ? null : String(row[name])])),
    ]);
    return new Map(texts.sort(([a], [b]) => (a < b ? -1 : 1)));
  }
});
