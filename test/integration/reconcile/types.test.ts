import { afterAll, beforeAll, describe, expect, it } from "@jest/globals";
import { connectSource } from "../../../lambdas/adapters/mysql/index.ts";
import { exhaust } from "../../../lambdas/reconcile-table/narrow.ts";
import { checksumText, rowChecksummer } from "../../../lambdas/reconcile-table/row-checksum.ts";
import type { SourceDatabase } from "../../../lambdas/core/capture-ports.ts";
import type { FieldValue, Row } from "../../../lambdas/core/record.ts";
import type { Column } from "../../../schemas/model/column.ts";
import type { AnyTable } from "../../../schemas/model/table.ts";
import { mirrorRows } from "../../../schemas/sql/reconcile/checksums.ts";
import { columnTypeOf } from "../../../schemas/types/from-mysql.ts";
import { startLoading } from "../../support/loading/loading.ts";
import type { Loading } from "../../support/loading/loading.ts";
import { freshDatabase, openWriter, SERVERS } from "../binlog/servers.ts";
import type { ServerUnderTest } from "../binlog/servers.ts";
import { TYPE_CASES } from "../binlog/type-cases.ts";

const DATABASE = "millrace_reconcile";
const area = { name: "lab", database: DATABASE };
/** Values that the warehouse refuses whole are no matter of comparing. */
const LONGEST = 60_000;

/** One row for every n-th value of every type: what both sides make of it must have the same checksum. */
describe.each(SERVERS)("checksums of every type on $name", (under) => {
  let server: ServerUnderTest;
  let source: SourceDatabase;
  let loading: Loading;
  let table: AnyTable;
  const atSource = new Map<number, string>();
  const texts = new Map<number, Row>();

  beforeAll(async () => {
    server = await under.start();
    source = await connectSource(server.target);
    const { flavour } = await source.facts();
    const cases = TYPE_CASES.filter(({ only }) => only === undefined || only === flavour);
    const writer = await openWriter(server.target);
    await freshDatabase(writer, DATABASE);
    const columns = cases.map(({ type }, i) => `c${i} ${type}`).join(", ");
    await writer.query(`CREATE TABLE ${DATABASE}.all_types (id INT PRIMARY KEY, ${columns}) ROW_FORMAT=DYNAMIC`);
    const most = Math.max(...cases.map(({ values }) => values.length));
    for (let id = 0; id < most; id++) {
      const values = cases.map(({ values: all }) => all[id]?.[0] ?? "NULL");
      const fitting = values.map((sql) => (sql.length > LONGEST * 2 ? "NULL" : sql));
      await writer.query(`INSERT INTO ${DATABASE}.all_types VALUES (${[id, ...fitting].join(", ")})`);
    }
    writer.close();
    table = await definitionOf(source);
    loading = await startLoading();
    await loading.migrate([table]);
    await copy();
  }, 180_000);
  afterAll(async () => {
    await source.close();
    await Promise.all([loading.stop(), server.stop()]);
  });

  async function copy(): Promise<void> {
    const request = { table, above: null, upTo: null, after: null, signal: new AbortController().signal };
    for await (const { rows } of source.read(request)) {
      for (const { after } of rows) {
        const row = JSON.parse(after) as Record<string, FieldValue>;
        texts.set(Number(row["id"]), row);
      }
    }
    const changes = [...texts].map(([id, row]) => ({ op: "r" as const, at: 100, row: { ...row, id } }));
    await loading.land(table, changes);
    expect(loading.quarantine.objects.size).toBe(0);
    expect(await loading.load(table)).toMatchObject({ rows: texts.size });
    const checksum = rowChecksummer(table);
    const found: string[] = [];
    await exhaust(source.scan(request, (row) => found.push(checksumText(checksum(row)))));
    [...texts.keys()].forEach((id, i) => atSource.set(id, found[i] ?? ""));
  }

  it("are the same of every row", async () => {
    const rows = await loading.rows(mirrorRows(table, { ranges: [{ above: null, upTo: null }] }));
    const mirrored = new Map(rows.map((row) => [Number(row["row_name"]), String(row["checksum"])]));
    expect(mirrored.size).toBeGreaterThan(9);
    expect(mirrored).toEqual(atSource);
  });
});

async function definitionOf(source: SourceDatabase): Promise<AnyTable> {
  const [found] = await source.describeTables([DATABASE]);
  const columns: Record<string, Column> = {};
  for (const column of found?.columns ?? []) {
    const type = columnTypeOf(column);
    if (type === null) throw new Error(`${column.name} is not captured`);
    columns[column.name] = { source: column.name, type, nullable: column.nullable, comment: "" };
  }
  return { area, name: "all_types", source: "all_types", columns, key: ["id"], comment: "", partitions: 1 };
}
