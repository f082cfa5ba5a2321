import { afterAll, beforeAll, describe, expect, it } from "@jest/globals";
import * as fc from "fast-check";
import type { AnyDimension } from "../../../schemas/model/dimension.ts";
import type { AnyFact } from "../../../schemas/model/fact.ts";
import { star } from "../../../schemas/warehouse/star.ts";
import { deliveries } from "../../support/star/histories.ts";
import { versionsOf } from "../../support/star/model.ts";
import { startPostgres } from "../../support/star/postgres.ts";
import type { TestPostgres } from "../../support/star/postgres.ts";
import { TestWarehouse } from "../../support/star/warehouse.ts";
import type { HistoryRow } from "../../support/star/warehouse.ts";

const RUNS = Number(process.env["STAR_RUNS"] ?? 15);
const versioned = star.dimensions.filter((dimension) => dimension.kind === "versioned");
type Row = Record<string, unknown>;

describe("the star of random histories", () => {
  let postgres: TestPostgres;
  let warehouse: TestWarehouse;
  beforeAll(async () => {
    postgres = await startPostgres();
    warehouse = new TestWarehouse(postgres.client);
    await warehouse.create();
  }, 120_000);
  afterAll(async () => postgres.stop());

  /** Rows of a dimension as text, surrogate keys left out. */
  const members = async (dimension: AnyDimension): Promise<Row[]> => {
    const names = Object.keys(dimension.attributes).join(", ");
    const version =
      dimension.kind === "versioned"
        ? ", CAST(valid_from AS TEXT), CAST(valid_to AS TEXT), is_current, is_deleted"
        : "";
    return warehouse.rows<Row>(
      `SELECT ${names}${version} FROM mart.dim_${dimension.name} WHERE ${dimension.name}_key > 0 ORDER BY ${names}${version.replace(/CAST\((\w+) AS TEXT\)/g, "$1")}`,
    );
  };

  /** Facts with what their keys point at in the place of the keys. */
  const factRows = async (fact: AnyFact): Promise<unknown[]> => {
    const looked = Object.entries(fact.members).map(([key, { dimension }]) => ({
      join: `JOIN mart.dim_${dimension.name} d_${key} ON d_${key}.${dimension.name}_key = f.${key}`,
      value: `to_jsonb(d_${key}) - '${dimension.name}_key' AS ${key}`,
    }));
    const own = fact.names.filter((name) => !(name in fact.members)).map((name) => `f.${name}`);
    return warehouse.rows(
      `SELECT ${[...own, ...looked.map(({ value }) => value)].join(", ")} FROM mart.fact_${fact.name} f
       ${looked.map(({ join }) => join).join(" ")} ORDER BY ${fact.grain.map((name) => `f.${name}`).join(", ")}`,
    );
  };

  const content = async (): Promise<unknown> => [
    await inTurn(star.dimensions, members),
    await inTurn(star.facts, factRows),
  ];

  const keys = async (dimension: AnyDimension): Promise<Map<string, number>> => {
    const identity = [...dimension.natural, ...(dimension.kind === "versioned" ? ["valid_from"] : [])];
    const rows = await warehouse.rows<{ identity: string; key: string }>(
      `SELECT jsonb_build_array(${identity.join(", ")})::text AS identity, ${dimension.name}_key AS key FROM mart.dim_${dimension.name}`,
    );
    return new Map(rows.map(({ identity: of, key }) => [of, Number(key)]));
  };

  /** A key once given to a version is never given to another, and a version never gets another key. */
  class KeyWatch {
    readonly #owners = new Map<string, string>();
    #before = new Map<string, Map<string, number>>();

    async check(): Promise<void> {
      for (const dimension of star.dimensions) {
        const now = await keys(dimension);
        for (const [identity, key] of now) {
          const owner = `${dimension.name} ${key}`;
          expect(this.#owners.get(owner) ?? identity).toBe(identity);
          this.#owners.set(owner, identity);
          expect(this.#before.get(dimension.name)?.get(identity) ?? key).toBe(key);
        }
        this.#before = new Map(this.#before).set(dimension.name, now);
      }
    }
  }

  const deliver = async (
    items: readonly HistoryRow[],
    cuts: readonly { size: number; build: boolean }[],
  ): Promise<void> => {
    await warehouse.clear();
    const watch = new KeyWatch();
    let at = 0;
    for (const { size, build } of cuts) {
      await warehouse.load(items.slice(at, at + size));
      at += size;
      if (build) {
        await warehouse.build();
        await watch.check();
      }
    }
    await warehouse.load(items.slice(at));
    await warehouse.build();
    await watch.check();
  };

  it("depends on neither the order of loads nor on where they are cut, and follows the rules", async () => {
    await fc.assert(
      fc.asyncProperty(deliveries, async ({ items, cuts }) => {
        await deliver(items, cuts);
        const piecewise = await content();
        const keysBefore = await inTurn(star.dimensions, keys);

        await warehouse.build(true);
        expect(await content()).toEqual(piecewise);
        expect(await inTurn(star.dimensions, keys)).toEqual(keysBefore);

        await deliver(items, []);
        expect(piecewise).toEqual(await content());

        for (const dimension of versioned) {
          const expected = [...versionsOf(dimension, items).values()].flat().map((version) => ({
            ...Object.fromEntries(
              Object.keys(dimension.attributes).map((name) => [name, version.attributes[name] ?? null]),
            ),
            valid_from: version.from ?? "0001-01-01 00:00:00",
            valid_to: version.to ?? "9999-12-31 00:00:00",
            is_current: version.to === null,
            is_deleted: version.deleted,
          }));
          expect(sorted(await members(dimension))).toEqual(sorted(expected));
        }
      }),
      { numRuns: RUNS },
    );
  }, 600_000);

  it("leaves no gap, no overlap and one current row per member", async () => {
    await fc.assert(
      fc.asyncProperty(deliveries, async ({ items, cuts }) => {
        await deliver(items, cuts);
        for (const dimension of versioned) {
          const natural = dimension.natural.join(", ");
          const wrong = await warehouse.rows(
            `SELECT * FROM (
               SELECT d.*, LAG(valid_to) OVER w AS previous, COUNT(*) FILTER (WHERE is_current) OVER (PARTITION BY ${natural}) AS current_rows
               FROM mart.dim_${dimension.name} d WINDOW w AS (PARTITION BY ${natural} ORDER BY valid_from)
             ) x WHERE valid_from >= valid_to OR current_rows <> 1 OR is_current <> (valid_to = '9999-12-31')
                 OR COALESCE(previous, '0001-01-01') <> valid_from`,
          );
          expect(wrong).toEqual([]);
        }
      }),
      { numRuns: Math.ceil(RUNS / 3) },
    );
  }, 600_000);
});

const sorted = (rows: readonly object[]): string[] => rows.map((row) => JSON.stringify(row)).sort();

async function inTurn<T, R>(items: readonly T[], each: (item: T) => Promise<R>): Promise<R[]> {
  const results: R[] = [];
  for (const item of items) results.push(await each(item));
  return results;
}
