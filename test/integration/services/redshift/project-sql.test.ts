import { afterAll, beforeAll, describe, expect, it, jest } from "@jest/globals";
import { gzipSync } from "node:zlib";
import { WAREHOUSE_SCHEMAS, mirrorName, historyName } from "../../../../schemas/naming.ts";
import { manifestText } from "../../../../schemas/sql/copy.ts";
import { createSchema, createTable, createView, tableComments, viewComments } from "../../../../schemas/sql/ddl.ts";
import { landingColumns } from "../../../../schemas/sql/columns.ts";
import { COPY_STATEMENT, checkFiles, loadTransaction } from "../../../../schemas/sql/load-transaction.ts";
import { refusedLines } from "../../../../schemas/sql/load-errors.ts";
import { buildTransactions, pendingQuery, recordTransaction } from "../../../../schemas/sql/star-build.ts";
import { starDdl } from "../../../../schemas/sql/star-ddl.ts";
import { batchTable, sourceView, tableSpecs } from "../../../../schemas/sql/tables.ts";
import { classicmodelsTables } from "../../../../schemas/sources/classicmodels/index.ts";
import { orders } from "../../../../schemas/sources/classicmodels/orders.ts";
import { loadPlan } from "../../../support/load-plan.ts";
import { startRedshift, type Redshift } from "./run.ts";

// Bounds a hang; nothing here waits for time to pass.
jest.setTimeout(60_000);

/** A landing file's line for orders; the key is a number, so there is no `_key`. */
function line(id: number, version: number, op: "r" | "u" | "d", status: string | null): string {
  const values: Record<string, string | null> = {
    _version: `00001.0000000001.${String(version).padStart(16, "0")}.00000000.0`, _op: op, _commit_at: "2024-01-31 10:00:00", _captured_at: "2024-01-31 10:00:01.5",
    _partition: "0", _offset: String(version), order_number: String(id), order_date: "2024-01-30", required_date: "2024-02-10", shipped_date: null,
    status, comments: 'said "no", then\nyes', customer_number: "103",
  }; // prettier-ignore
  const cells = landingColumns(orders).map(({ name }) => values[name] ?? null);
  return cells
    .map((cell) => (cell === null ? loadPlan(orders).file.nullMarker : `"${cell.replaceAll('"', '""')}"`))
    .join(",");
}

describe("the project's own SQL", () => {
  let redshift: Redshift;
  let api: Redshift["api"];
  let run: Redshift["run"];
  const all = async (statements: readonly string[]): Promise<void> => {
    for (let at = 0; at < statements.length; at += 40) {
      const { Error: reason, SubStatements } = await run.batch(statements.slice(at, at + 40));
      if (reason !== undefined)
        throw new Error(`${reason}\n${SubStatements?.find(({ Status }) => Status === "FAILED")?.QueryString ?? ""}`);
    }
  };
  const plan = (ranges: { first: number; last: number; rows: number }[], batch: string) =>
    loadPlan(orders, {
      batch,
      ranges: ranges.map((range) => ({ partition: 0, quarantined: 0, ...range })),
      manifest: `s3://landing/${batch}`,
      rows: ranges.reduce((sum, { rows }) => sum + rows, 0),
      quarantined: 0,
    });
  const land = (batch: string, lines: readonly string[]): void => {
    api.objects.put(`s3://landing/${batch}.csv.gz`, gzipSync(lines.map((text) => `${text}\n`).join("")));
    api.objects.put(`s3://landing/${batch}`, manifestText("landing", [`${batch}.csv.gz`]));
  };

  beforeAll(async () => {
    redshift = await startRedshift();
    ({ api, run } = redshift);
  }, 60_000);
  afterAll(() => redshift.stop());

  it("makes all tables, comments, views and the star, twice", async () => {
    const specs = [batchTable, ...classicmodelsTables.flatMap(tableSpecs)];
    const tables = [
      ...WAREHOUSE_SCHEMAS.map(createSchema),
      ...specs.map(createTable),
      ...specs.flatMap(tableComments),
      ...starDdl(),
    ];
    await all(tables);
    await all(tables);
    await all(classicmodelsTables.map(sourceView).flatMap((view) => [createView(view), ...viewComments(view)]));
    expect(
      await run.rows(
        "SELECT remarks FROM svv_tables WHERE table_schema = 'source' AND table_name = 'classicmodels_orders'",
      ),
    ).toEqual([[orders.comment]]);
  }, 60_000);

  it("loads, loads over it, and refuses to load twice", async () => {
    land("a".repeat(32), [line(1, 10, "r", "Shipped"), line(2, 11, "r", "In Process"), line(3, 12, "r", "Shipped")]);
    const first = loadTransaction(plan([{ first: 0, last: 12, rows: 3 }], "a".repeat(32)));
    await all(first);
    land("b".repeat(32), [
      line(2, 20, "u", "Cancelled"),
      line(2, 19, "u", "Disputed"),
      line(3, 21, "d", "Shipped"),
      line(1, 10, "r", "Shipped"),
    ]);
    await all(loadTransaction(plan([{ first: 13, last: 21, rows: 4 }], "b".repeat(32))));
    expect(await run.rows("SELECT order_number, status FROM source.classicmodels_orders ORDER BY 1")).toEqual([
      [1, "Shipped"],
      [2, "Cancelled"],
    ]);
    expect(
      await run.rows(`SELECT COUNT(*), SUM(CASE WHEN _deleted THEN 1 ELSE 0 END) FROM ${mirrorName(orders)}`),
    ).toEqual([[3, 1]]);
    expect(await run.rows(`SELECT COUNT(*) FROM ${historyName(orders)}`)).toEqual([[6]]);
    const again = await run.batch([...first]);
    expect(again.Error).toContain("millrace: the ledger of classicmodels_orders has moved");
  }, 60_000);

  it("names the lines that COPY refuses", async () => {
    const batch = "c".repeat(32);
    land(batch, [line(7, 30, "r", "x".repeat(70_000)), line(8, 31, "r", "ok"), line(9, 32, "r", "y".repeat(70_000))]);
    const bad = plan([{ first: 22, last: 32, rows: 3 }], batch);
    const { SubStatements } = await run.batch([...loadTransaction(bad)]);
    expect(SubStatements?.at(COPY_STATEMENT)?.Error).toContain("Load into table 'load_stage' failed");
    await all(checkFiles(bad, bad.manifest ?? ""));
    const refused = await run.rows(refusedLines([`s3://landing/${batch}.csv.gz`]));
    expect(refused.map(([file, at, column]) => [file, at, column])).toEqual([
      [`s3://landing/${batch}.csv.gz`, 1, "status"],
      [`s3://landing/${batch}.csv.gz`, 5, "status"],
    ]);
  }, 60_000);

  it("builds the star", async () => {
    const pending = new Map<string, string[]>();
    for (const [batch, table] of await run.rows(pendingQuery()))
      pending.set(String(table), [...(pending.get(String(table)) ?? []), String(batch)]);
    for (const scope of [pending, "all"] as const)
      for (const transaction of buildTransactions(scope)) await all(transaction);
    await all(recordTransaction(pending, "2026-01-01 00:00:00"));
    expect(await run.rows(pendingQuery())).toEqual([]);
    expect(await run.rows("SELECT COUNT(*) FROM mart.fact_order")).toEqual([[2]]);
  }, 60_000);
});
