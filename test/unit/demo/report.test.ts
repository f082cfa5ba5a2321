import { describe, expect, it } from "@jest/globals";
import { comparison } from "../../../localstack/demo/compare/comparison.ts";
import type { Findings } from "../../../localstack/demo/report/report.ts";
import { freshnessOf, noFindings, reportOf } from "../../../localstack/demo/report/report.ts";
import { reportText } from "../../../localstack/demo/report/text.ts";

const good = (): Findings => ({
  ...noFindings(),
  stages: [{ name: "snapshot", rows: 1234, seconds: 1.23456 }],
  freshness: { p50: 1, p95: 2, max: 3 },
  comparisons: [comparison("orderLines", 10, 10), comparison("cells.shop.orders", "70 cells ab", "70 cells ab")],
  star: { orderLines: 10, revenue: "1234567.80", payments: "0.00" },
  topLines: [["Gliders", "1000.00"]],
});

describe("reportOf", () => {
  it("is the documented object and nothing more", () => {
    const report = reportOf(good(), 12.34567);
    expect(report).toEqual({
      ok: true,
      seconds: 12.346,
      stages: [{ name: "snapshot", rows: 1234, seconds: 1.235 }],
      freshness: { p50: 1, p95: 2, max: 3 },
      comparisons: good().comparisons,
      star: { orderLines: 10, revenue: "1234567.80", payments: "0.00" },
    });
    expect(Object.keys(report)).not.toContain("error");
  });

  it("fails when a comparison differs, and names it", () => {
    const report = reportOf({ ...good(), comparisons: [comparison("revenue", "1.00", "2.00")] }, 1);
    expect(report.ok).toBe(false);
    expect(report.error).toBe("1 of 1 comparisons differ: revenue");
  });

  it("fails when nothing was compared", () => {
    expect(reportOf(noFindings(), 1)).toMatchObject({
      ok: false,
      error: "nothing was compared",
      freshness: null,
      star: null,
    });
  });

  it("keeps what came before a failure", () => {
    const report = reportOf({ ...good(), comparisons: [] }, 1, "deploy: no");
    expect(report).toMatchObject({ ok: false, error: "deploy: no" });
    expect(report.stages).toHaveLength(1);
  });
});

describe("freshnessOf", () => {
  it("counts rows, not loads", () => {
    const lags = [
      { seconds: 9, rows: 1 },
      { seconds: 1, rows: 98 },
      { seconds: 5, rows: 1 },
    ];
    expect(freshnessOf(lags)).toEqual({ p50: 1, p95: 1, max: 9 });
    expect(freshnessOf([...lags, { seconds: 7, rows: 20 }])).toEqual({ p50: 1, p95: 7, max: 9 });
  });

  it("is null without rows", () => {
    expect(freshnessOf([])).toBeNull();
  });
});

describe("reportText", () => {
  it("shows stages, freshness, the star's lines and how much was compared", () => {
    const findings = good();
    const text = reportText(reportOf(findings, 12), findings);
    for (const part of ["1,234", "p95 2.0 s", "Gliders", "1,234,567.80", "2 of 2 comparisons equal", "70 cells"]) {
      expect(text).toContain(part);
    }
  });

  it("shows what differs", () => {
    const findings = {
      ...good(),
      comparisons: [comparison("revenue", "1.00", null)],
      differences: ["shop_orders id=1 is missing"],
    };
    const text = reportText(reportOf(findings, 12), findings);
    expect(text).toContain("0 of 1 comparisons equal");
    expect(text).toContain("shop_orders id=1 is missing");
    expect(text).toContain("FAILED after 12.0 s");
  });
});
