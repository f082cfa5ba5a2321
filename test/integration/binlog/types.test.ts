import { afterAll, beforeAll, describe, expect, it } from "@jest/globals";
import { binlogOf } from "../../../lambdas/adapters/binlog/index.ts";
import { connectSource } from "../../../lambdas/adapters/mysql/index.ts";
import { identify } from "../../../lambdas/adapters/mysql/server.ts";
import type { MysqlSession } from "../../../lambdas/adapters/mysql/session.ts";
import type { LogPlace, SourceColumn, SourceDatabase } from "../../../lambdas/core/capture-ports.ts";
import type { FieldValue, Row } from "../../../lambdas/core/record.ts";
import { int } from "../../../schemas/model/column.ts";
import type { PlainType } from "../../../schemas/model/column.ts";
import type { AnyTable } from "../../../schemas/model/table.ts";
import { columnTypeOf } from "../../../schemas/types/from-mysql.ts";
import { SERVERS, freshDatabase, openWriter } from "./servers.ts";
import type { ServerUnderTest } from "./servers.ts";
import { TYPE_CASES } from "./type-cases.ts";
import type { TypeCase } from "./type-cases.ts";

const DATABASE = "millrace_types";
type Values = Map<number, FieldValue>;

/** What each way of reading gave for column `v`, by row id. */
interface Seen {
  readonly inserted: Values;
  readonly before: Values;
  readonly after: Values;
  readonly deleted: Values;
}

const definition = (index: number, type: PlainType): AnyTable => ({
  area: { name: "types", database: DATABASE },
  name: `t${index}`,
  source: `t${index}`,
  columns: {
    id: { source: "id", type: int(), nullable: false, comment: "" },
    v: { source: "v", type, nullable: true, comment: "" },
  },
  key: ["id"],
  comment: "",
});

/** The types of each table's columns as the server describes them, by name: what a definition would say. */
async function describedTypes(source: SourceDatabase): Promise<ReadonlyMap<string, ReadonlyMap<string, PlainType>>> {
  const tables = await source.describeTables([DATABASE]);
  const typesOf = (columns: readonly SourceColumn[]): ReadonlyMap<string, PlainType> =>
    new Map(
      columns.flatMap((column) => {
        const type = columnTypeOf(column);
        return type === null ? [] : [[column.name, type] as const];
      }),
    );
  return new Map(tables.map(({ name, columns }) => [name, typesOf(columns)]));
}

async function snapshot(source: SourceDatabase, table: AnyTable): Promise<Values> {
  const values: Values = new Map();
  const signal = new AbortController().signal;
  for await (const { rows } of source.read({ table, above: null, upTo: null, after: null, signal })) {
    for (const row of rows) put(values, row.after);
  }
  return values;
}

function put(values: Values, text: string | null): void {
  if (text === null) return;
  const row = JSON.parse(text) as Row;
  values.set(Number(row.id), row.v ?? null);
}

async function changes(
  server: ServerUnderTest,
  from: LogPlace,
  tables: readonly AnyTable[],
): Promise<Map<string, Seen>> {
  const seen = new Map<string, Seen>();
  const open = binlogOf(server.target, { untilEnd: true });
  const signal = new AbortController().signal;
  for await (const events of open({ from, gtid: null, serverId: 4_200, tables, signal })) {
    for (const event of events) {
      if (event.kind !== "rows") continue;
      const { name } = event.table;
      const all: Seen = seen.get(name) ?? {
        inserted: new Map(),
        before: new Map(),
        after: new Map(),
        deleted: new Map(),
      };
      seen.set(name, all);
      for (const row of event.rows) {
        put(event.op === "c" ? all.inserted : all.after, row.after);
        put(event.op === "d" ? all.deleted : all.before, row.before);
      }
    }
  }
  return seen;
}

describe.each(SERVERS)("values on $name", (under) => {
  let server: ServerUnderTest;
  let cases: readonly TypeCase[];
  let tables: readonly AnyTable[];
  let log: Map<string, Seen>;
  const first: Values[] = [];
  const second: Values[] = [];

  async function write(writer: MysqlSession, source: SourceDatabase): Promise<void> {
    for (const [i, { type, values }] of cases.entries()) {
      await writer.query(`CREATE TABLE ${DATABASE}.t${i} (id INT PRIMARY KEY, v ${type})`);
      for (const [id, [sql]] of values.entries())
        await writer.query(`INSERT INTO ${DATABASE}.t${i} VALUES (${id}, ${sql})`);
    }
    const types = await describedTypes(source);
    tables = cases.map(({ type }, i) => {
      const described = types.get(`t${i}`)?.get("v");
      if (described === undefined) throw new Error(`${type} has no type that a definition could name`);
      return definition(i, described);
    });
    for (const table of tables) first.push(await snapshot(source, table));
    for (const [i, { values }] of cases.entries()) {
      for (const id of values.keys()) {
        const [sql] = values[(id + 1) % values.length] ?? ["NULL"];
        await writer.query(`UPDATE ${DATABASE}.t${i} SET v = ${sql} WHERE id = ${id}`);
      }
    }
    for (const table of tables) second.push(await snapshot(source, table));
    for (const i of cases.keys()) await writer.query(`DELETE FROM ${DATABASE}.t${i}`);
  }

  beforeAll(async () => {
    server = await under.start();
    const writer = await openWriter(server.target);
    const { flavour } = await identify(writer);
    cases = TYPE_CASES.filter(({ only }) => only === undefined || only === flavour);
    await freshDatabase(writer, DATABASE);
    const source = await connectSource(server.target);
    const place = await source.currentPlace();
    await write(writer, source);
    log = await changes(server, place, tables);
    await freshDatabase(writer, DATABASE);
    writer.close();
    await source.close();
  }, 120_000);

  afterAll(() => server.stop());

  it("are the same by snapshot, insert, update (before and after) and delete", () => {
    for (const [i, { type }] of cases.entries()) {
      const seen = log.get(`t${i}`);
      const where = (way: string): string => `${type} by ${way}`;
      expect([where("insert"), seen?.inserted]).toEqual([where("insert"), first[i]]);
      // An update that changes nothing is not logged; the others show what the first snapshot saw, then the second.
      for (const [id, value] of seen?.before ?? [])
        expect([where("before"), value]).toEqual([where("before"), first[i]?.get(id)]);
      for (const [id, value] of seen?.after ?? [])
        expect([where("after"), value]).toEqual([where("after"), second[i]?.get(id)]);
      expect([where("delete"), seen?.deleted]).toEqual([where("delete"), second[i]]);
    }
  });

  it("of text are the same behind columns that are left out", async () => {
    const writer = await openWriter(server.target);
    await freshDatabase(writer, DATABASE);
    const source = await connectSource(server.target);
    const place = await source.currentPlace();
    await writer.query(
      `CREATE TABLE ${DATABASE}.t0 (id INT PRIMARY KEY, a VARCHAR(9) CHARACTER SET latin1, p POINT, v LONGTEXT, g GEOMETRY, w VARCHAR(9) CHARACTER SET cp1251, b BLOB, z TEXT)`,
    );
    await writer.query(`INSERT INTO ${DATABASE}.t0 VALUES (1, 'ä', POINT(1, 2), 'ö😀', NULL, 'ж', x'ff', 'ü')`);
    const names = ["a", "v", "w", "b", "z"];
    const types = (await describedTypes(source)).get("t0");
    const table: AnyTable = {
      ...definition(0, int()),
      columns: Object.fromEntries(
        ["id", ...names].map((name) => [
          name,
          { source: name, type: types?.get(name) ?? int(), nullable: true, comment: "" },
        ]),
      ),
    };
    const rows: Row[] = [];
    const signal = new AbortController().signal;
    for await (const batch of source.read({ table, above: null, upTo: null, after: null, signal })) {
      rows.push(...batch.rows.map((row) => JSON.parse(row.after) as Row));
    }
    const open = binlogOf(server.target, { untilEnd: true });
    for await (const events of open({ from: place, gtid: null, serverId: 4_201, tables: [table], signal })) {
      for (const event of events) {
        if (event.kind === "rows") rows.push(...event.rows.map((row) => JSON.parse(row.after ?? "") as Row));
      }
    }
    await freshDatabase(writer, DATABASE);
    writer.close();
    await source.close();
    const expected = { id: 1, a: "ä", v: "ö😀", w: "ж", b: "/w==", z: "ü" };
    expect(rows).toEqual([expected, expected]);
  });

  it("have the documented text", () => {
    for (const [i, { type, values }] of cases.entries()) {
      for (const [id, [sql, record]] of values.entries()) {
        if (record === undefined) continue;
        expect([type, sql.slice(0, 80), first[i]?.get(id)]).toEqual([type, sql.slice(0, 80), record]);
      }
    }
  });
});
