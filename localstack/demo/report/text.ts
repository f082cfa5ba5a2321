import Table from "cli-table3";
import type { Findings, Report } from "./report.ts";

const STYLE = { style: { head: [], border: [], compact: true } };
const whole = new Intl.NumberFormat("en-US");

/** The report for people. */
export function reportText(report: Report, findings: Findings): string {
  return [
    stagesTable(report),
    freshnessLine(report),
    ...(report.star === null ? [] : [starTable(report.star, findings.topLines)]),
    comparisonText(report),
    ...findings.differences.map((line) => `  ${line}`),
    ...findings.notes.map((note) => `Note: ${note}`),
    report.ok
      ? `All that is in the source is in the warehouse. ${report.seconds.toFixed(1)} s in all.`
      : `FAILED after ${report.seconds.toFixed(1)} s: ${report.error ?? ""}`,
  ]
    .filter((part) => part !== "")
    .join("\n\n");
}

function stagesTable(report: Report): string {
  if (report.stages.length === 0) return "";
  const table = new Table({ ...STYLE, head: ["stage", "rows", "seconds"], colAligns: ["left", "right", "right"] });
  for (const { name, rows, seconds } of report.stages) {
    table.push([name, rows === 0 ? "" : whole.format(rows), seconds.toFixed(1)]);
  }
  if (!report.stages.some(({ name }) => name === "snapshot")) return table.toString();
  return `${table.toString()}\nsnapshot, land, load and star overlap: each counts from the start of the copy.`;
}

function freshnessLine({ freshness }: Report): string {
  if (freshness === null) return "";
  const { p50, p95, max } = freshness;
  return `Freshness, from commit at the source to visible in the star: p50 ${p50.toFixed(1)} s, p95 ${p95.toFixed(1)} s, max ${max.toFixed(1)} s.`;
}

function starTable(star: NonNullable<Report["star"]>, topLines: Findings["topLines"]): string {
  const table = new Table({ ...STYLE, head: ["star", "USD"], colAligns: ["left", "right"] });
  table.push([`revenue, gross, of ${whole.format(star.orderLines)} order lines`, amount(star.revenue)]);
  for (const [line, revenue] of topLines) table.push([`  ${line}`, amount(revenue)]);
  table.push(["payments", amount(star.payments)]);
  return table.toString();
}

function comparisonText({ comparisons }: Report): string {
  if (comparisons.length === 0) return "";
  const wrong = comparisons.filter(({ equal }) => !equal);
  const cells = comparisons
    .filter(({ name }) => name.startsWith("cells."))
    .reduce((sum, { source }) => sum + (Number.parseInt(String(source), 10) || 0), 0);
  const head = `${comparisons.length - wrong.length} of ${comparisons.length} comparisons equal, among them every one of ${whole.format(cells)} cells.`;
  if (wrong.length === 0) return head;
  const table = new Table({
    ...STYLE,
    head: ["differs", "source", "warehouse"],
    colAligns: ["left", "right", "right"],
  });
  for (const { name, source, warehouse } of wrong) table.push([name, String(source ?? "-"), String(warehouse ?? "-")]);
  return `${comparisons.length - wrong.length} of ${comparisons.length} comparisons equal.\n${table.toString()}`;
}

/** Decimal text with thousands marked; never through a double. */
function amount(text: string): string {
  const [units = "0", cents] = text.split(".");
  const marked = units.replace(/\B(?=(\d{3})+(?!\d))/g, ",");
  return cents === undefined ? marked : `${marked}.${cents}`;
}
