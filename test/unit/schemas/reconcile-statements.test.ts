import { describe, expect, it } from "@jest/globals";
import * as c from "../../../schemas/model/column.ts";
import type { Column } from "../../../schemas/model/column.ts";
import { defineTable } from "../../../schemas/model/table.ts";
import type { AnyTable } from "../../../schemas/model/table.ts";
import { mirrorRows, stepChecksums } from "../../../schemas/sql/reconcile/checksums.ts";
import { nameGroups, tooLongToCompare } from "../../../schemas/sql/reconcile/statement-size.ts";

/** Of the Redshift Data API. */
const MOST_BYTES = 100_000;
const area = { name: "lab", database: "lab" };

function tableOf(columns: Record<string, Column>, key: string): AnyTable {
  return defineTable({ area, name: "t", comment: "", columns, key: [key], partitions: 1 });
}

const measurements = (count: number): AnyTable => {
  const readings = Array.from({ length: count }, (_, i) => [`temperature_${i}`, c.nullable(`T${i}`, c.double())]);
  return tableOf({ id: c.column("id", c.bigint()), ...(Object.fromEntries(readings) as Record<string, Column>) }, "id");
};

describe("statements that ask for checksums", () => {
  it("are as long as the Data API takes, with ten DOUBLE columns too", () => {
    const table = measurements(10);
    expect(tooLongToCompare(table)).toBeNull();
    const steps = stepChecksums(table, { above: null, upTo: null }, { low: 0n, high: 10n ** 18n, width: 10n ** 12n });
    expect(steps.length).toBeLessThan(MOST_BYTES);
    const names = Array.from({ length: 2_000 }, (_, i) => String(10n ** 18n + BigInt(i)));
    const groups = nameGroups(table, names, (name) => name);
    expect(groups.flat()).toEqual(names);
    for (const identities of groups) expect(mirrorRows(table, { identities }).length).toBeLessThan(MOST_BYTES);
  });

  it("are refused with a sentence when they cannot be", () => {
    expect(tooLongToCompare(measurements(40))).toMatch(/41 columns.*\d+ bytes/);
  });

  it("ask for long keys in groups of fewer rows", () => {
    const table = tableOf({ url: c.column("url", c.varchar(400)) }, "url");
    const names = Array.from({ length: 700 }, (_, i) =>
      Buffer.from(`https://example.com/${"x".repeat(180)}/${i}`).toString("hex"),
    );
    const groups = nameGroups(table, names, (name) => name);
    expect(groups.flat()).toEqual(names);
    expect(groups.length).toBeGreaterThan(2);
    for (const identities of groups) expect(mirrorRows(table, { identities }).length).toBeLessThan(MOST_BYTES);
  });
});
