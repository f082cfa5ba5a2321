import { describe, expect, it } from "@jest/globals";
import * as c from "../../../schemas/model/column.ts";
import type { Column } from "../../../schemas/model/column.ts";
import { defineTable } from "../../../schemas/model/table.ts";
import type { AnyTable } from "../../../schemas/model/table.ts";
import { mirrorRows, stepChecksums } from "../../../schemas/sql/reconcile/checksums.ts";
import { cellForms } from "../../../schemas/sql/reconcile/cells.ts";
import { LEAST_PIECE, MAX_ROW } from "../../../schemas/sql/reconcile/parts.ts";
import { pieces } from "../../../lambdas/core/long-text.ts";
import { nameGroups, tooLongToCompare } from "../../../schemas/sql/reconcile/statement-size.ts";

/** Of the Redshift Data API. */
const MOST_BYTES = 100_000;
const area = { name: "lab", database: "lab" };

function tableOf(columns: Record<string, Column>, key: string): AnyTable {
  return defineTable({ area, name: "t", comment: "", columns, key: [key], partitions: 1 });
}

/** So many long texts, documents and values of bytes each, of which any may be in `_raw`. */
const longValues = (count: number, name: string): AnyTable => ({
  ...tableOf(
    {
      id: c.column("id", c.bigint()),
      ...(Object.fromEntries(
        Array.from({ length: count }, (_, i) => [
          [`${name}_text_${i}`, c.nullable(`t${i}`, c.mediumtext())],
          [`${name}_doc_${i}`, c.nullable(`d${i}`, c.json())],
          [`${name}_file_${i}`, c.nullable(`f${i}`, c.mediumblob())],
        ]).flat(),
      ) as Record<string, Column>),
    },
    "id",
  ),
  tooLong: "super",
});

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
    const groups = [...nameGroups(table, names, (name) => name)];
    expect(groups.flat()).toEqual(names);
    for (const identities of groups) expect(mirrorRows(table, { identities }).length).toBeLessThan(MOST_BYTES);
  });

  it("hash long values in as many parts as all of them have room for", () => {
    const alone: AnyTable = {
      ...tableOf({ id: c.column("id", c.bigint()), body: c.nullable("body", c.mediumtext()) }, "id"),
      tooLong: "super",
    };
    expect((cellForms(alone)[1]?.parts.pieces ?? 0) * LEAST_PIECE).toBeGreaterThanOrEqual(MAX_ROW);
    for (const piece of pieces("é🎈x".repeat(50_000)).slice(0, -1))
      expect(Buffer.byteLength(piece)).toBeGreaterThanOrEqual(LEAST_PIECE);
    for (const [count, name] of [
      [1, "n"],
      [1, "a_name_of_fifty_characters_which_is_as_long_as_one"],
      [8, "n"],
      [8, "a_name_of_fifty_characters_which_is_as_long_as_one"],
      [30, "name"],
    ] as const) {
      const table = longValues(count, name);
      expect(tooLongToCompare(table)).toBeNull();
      expect(cellForms(table).filter(({ parts }) => parts.pieces > 0)).toHaveLength(3 * count);
    }
  });

  it("are refused with a sentence when they cannot be", () => {
    expect(tooLongToCompare(measurements(40))).toMatch(/41 columns.*\d+ bytes/);
  });

  it("ask for long keys in groups of fewer rows", () => {
    const table = tableOf({ url: c.column("url", c.varchar(400)) }, "url");
    const names = Array.from({ length: 700 }, (_, i) =>
      Buffer.from(`https://example.com/${"x".repeat(180)}/${i}`).toString("hex"),
    );
    const groups = [...nameGroups(table, names, (name) => name)];
    expect(groups.flat()).toEqual(names);
    expect(groups.length).toBeGreaterThan(2);
    for (const identities of groups) expect(mirrorRows(table, { identities }).length).toBeLessThan(MOST_BYTES);
  });
});
