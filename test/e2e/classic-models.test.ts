import { existsSync, readFileSync } from "node:fs";
import path from "node:path";
import { beforeAll, describe, expect, it, jest } from "@jest/globals";
import { z } from "zod";
import type { Report } from "../../localstack/demo/report/report.ts";
import { npmRunLocal, reportIn } from "./main-job.ts";

jest.setTimeout(600_000);

const folder = path.resolve(import.meta.dirname, "../../../shared/data/classicmodels");
const there = existsSync(path.join(folder, "classicmodels.sql"));
const money = z.string().regex(/^\d+\.\d\d$/);
const oracleSchema = z.object({
  rows: z.record(z.string(), z.number()),
  sales: z.object({ lines: z.number(), revenue: money }),
  payments: z.object({ amount: money }),
  revenueByProductLine: z.record(z.string(), money),
  revenueByOffice: z.record(z.string(), money),
});

/** The published figures of the Classic Models database, to the cent, out of the star. The data is not part of the project. */
(there ? describe : describe.skip)(`Classic Models${there ? "" : ` (left out: ${folder} is not there)`}`, () => {
  const oracle = there ? oracleSchema.parse(JSON.parse(readFileSync(path.join(folder, "oracle.json"), "utf8"))) : null;
  let report: Report;

  beforeAll(async () => {
    const ended = await npmRunLocal([
      "--json",
      "--changes",
      "0",
      "--source-sql",
      path.join(folder, "classicmodels.sql"),
    ]);
    report = reportIn(ended);
    if (!report.ok) throw new Error(`${report.error ?? ""}\n${ended.stderr}`);
  });

  const warehouse = (name: string) => report.comparisons.find((comparison) => comparison.name === name)?.warehouse;
  const figures = (prefix: string) =>
    Object.fromEntries(
      report.comparisons
        .filter(({ name }) => name.startsWith(`${prefix}.`))
        .map(({ name, warehouse: value }) => [name.slice(prefix.length + 1), value]),
    );

  it("has every row", () => {
    expect(figures("rows.classicmodels")).toEqual(oracle?.rows);
  });

  it("has the sales and payments to the cent", () => {
    expect(report.star).toEqual({
      orderLines: oracle?.sales.lines,
      revenue: oracle?.sales.revenue,
      payments: oracle?.payments.amount,
    });
    expect(warehouse("revenue")).toBe(oracle?.sales.revenue);
  });

  it("has the revenue of every product line and office", () => {
    expect(figures("revenue.productLine")).toEqual(oracle?.revenueByProductLine);
    expect(figures("revenue.office")).toEqual(oracle?.revenueByOffice);
  });

  it("measures no freshness where nothing changes", () => {
    expect(report.freshness).toBeNull();
  });
});
