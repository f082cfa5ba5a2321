import { afterAll, beforeAll, beforeEach, describe, expect, it } from "@jest/globals";
import fc from "fast-check";
import { planReplay } from "../../../cli/replay/plan.ts";
import type { ReplayPlan } from "../../../cli/replay/plan.ts";
import { problemsOf, replayTables } from "../../../cli/replay/replay.ts";
import { replayText } from "../../../cli/replay/text.ts";
import type { ObjectStore } from "../../../lambdas/core/ports.ts";
import { placeHold } from "../../../lambdas/core/table-facts.ts";
import { column, int, nullable, varchar } from "../../../schemas/model/column.ts";
import type { AnyTable } from "../../../schemas/model/table.ts";
import { defineTable } from "../../../schemas/model/table.ts";
import { historyName, mirrorName, parseLandingKey, qualifiedName } from "../../../schemas/naming.ts";
import { historyColumns, mirrorColumns } from "../../../schemas/sql/columns.ts";
import { identifiers } from "../../../schemas/sql/quote.ts";
import { tableSpecs } from "../../../schemas/sql/tables.ts";
import { runs } from "../../support/fuzz.ts";
import { startLoading } from "../../support/loading/loading.ts";
import type { Loading } from "../../support/loading/loading.ts";
import type { Change, FloorChange } from "../../support/loading/records.ts";
import { lines, orders, tags } from "../../support/loading/tables.ts";

const defined = [orders, tags, lines];
const CAN_BE_LOST = `SELECT h.id, h._version FROM history.lab_journal h
LEFT JOIN history.lab_journal later ON later.id = h.id AND later._version > h._version
LEFT JOIN (SELECT DISTINCT version FROM ops.floors_lab_journal) f ON f.version = h._version
WHERE f.version IS NULL OR h._op = 'r' OR later.id IS NULL
GROUP BY h.id, h._version ORDER BY h.id, h._version`;

describe("landed objects loaded once more", () => {
  let loading: Loading;
  beforeAll(async () => {
    loading = await startLoading();
    await loading.migrate(defined);
  }, 60_000);
  afterAll(async () => loading.stop());
  const empty = async (table: AnyTable): Promise<void> => {
    for (const spec of tableSpecs(table)) await loading.rows(`DELETE FROM ${spec.name}`);
  };
  beforeEach(async () => {
    loading.reset();
    for (const table of defined) await empty(table);
  });

  /** All cells of a table's history and mirror; which load wrote them does not matter. */
  const content = async (table: AnyTable) => {
    const named = (columns: readonly { readonly name: string }[]): string =>
      identifiers(columns.map(({ name }) => name).filter((name) => name !== "_batch"));
    const sorted = async (sql: string): Promise<string[]> =>
      (await loading.rows(sql)).map((row) => JSON.stringify(row)).sort();
    return {
      history: await sorted(`SELECT ${named(historyColumns(table))} FROM ${historyName(table)}`),
      mirror:
        table.key === "none" ? [] : await sorted(`SELECT ${named(mirrorColumns(table))} FROM ${mirrorName(table)}`),
    };
  };
  const ledger = async (table: AnyTable) =>
    loading.rows(`SELECT * FROM ops.ledger_${qualifiedName(table)} ORDER BY loaded_at, "partition", first_offset`);
  const keysOf = (table: AnyTable): string[] =>
    [...loading.landing.objects.keys()].filter((key) => parseLandingKey(key)?.topic === qualifiedName(table));
  const order = (id: number, status: string) => ({ id, status, amount: "1.50" });
  const touched = async (): Promise<number> => (await loading.rows("SELECT id FROM ops.touched_lab_orders")).length;

  const fill = async (): Promise<void> => {
    await loading.land(orders, [
      { op: "r", at: 100, row: order(1, "new") },
      { op: "r", at: 100, row: order(2, "new") },
      { op: "u", at: 300, row: order(1, "shipped") },
    ]);
    await loading.land(orders, [{ op: "d", at: 400, row: order(2, "new") }], { offset: 3 });
    await loading.land(orders, [{ op: "c", at: 410, row: order(3, "new") }], { partition: 1 });
    await loading.load(orders);
  };

  it("changes nothing when nothing was wrong, nor the second time", async () => {
    await fill();
    const [before, positions, waiting] = [await content(orders), await ledger(orders), await touched()];
    for (let i = 0; i < 2; i++) {
      expect(await loading.replay(orders, keysOf(orders))).toEqual({ state: "done", rows: 5, refused: [], ahead: [] });
      expect(await content(orders)).toEqual(before);
      expect(await ledger(orders)).toEqual(positions);
      expect(await touched()).toBe(waiting);
    }
  });

  it("brings back rows that history and mirror have lost, and tells the star", async () => {
    await fill();
    const before = await content(orders);
    await loading.rows("DELETE FROM history.lab_orders WHERE id = 2");
    await loading.rows("DELETE FROM mirror.lab_orders WHERE id IN (1, 2)");
    await loading.rows("DELETE FROM ops.touched_lab_orders");
    expect(await content(orders)).not.toEqual(before);
    await loading.replay(orders, keysOf(orders));
    expect(await content(orders)).toEqual(before);
    const told = await loading.rows("SELECT DISTINCT id FROM ops.touched_lab_orders ORDER BY id");
    expect(told).toEqual([{ id: 1 }, { id: 2 }]);
  });

  it("does the same for a table without a key", async () => {
    await loading.land(lines, [
      { op: "r", at: 100, row: { text: "same" } },
      { op: "r", at: 100, row: { text: "same" } },
      { op: "c", at: 200, row: { text: "later" } },
    ]);
    await loading.load(lines);
    const before = await content(lines);
    await loading.rows("DELETE FROM history.lab_lines WHERE _offset = 1");
    for (let i = 0; i < 2; i++) {
      await loading.replay(lines, keysOf(lines));
      expect(await content(lines)).toEqual(before);
    }
  });

  it("leaves what no load has taken yet to the loads, and is told of it", async () => {
    await fill();
    await loading.land(orders, [{ op: "u", at: 500, row: order(3, "paid") }], { partition: 1, offset: 1 });
    const before = await content(orders);
    const ahead = keysOf(orders).filter((key) => parseLandingKey(key)?.first === 1);
    expect(await loading.replay(orders, keysOf(orders))).toMatchObject({ rows: 5, ahead });
    expect(await content(orders)).toEqual(before);
    expect(await loading.load(orders)).toMatchObject({ loads: 1, rows: 1 });
  });

  it("does nothing while the table is paused", async () => {
    await fill();
    await loading.rows("DELETE FROM mirror.lab_orders");
    await placeHold(loading.landing, "lab_orders", { by: "operator", reason: "r", since: "2026-01-01T00:00:00Z" });
    expect(await loading.replay(orders, keysOf(orders))).toMatchObject({ state: "held", rows: 0 });
    expect(await loading.rows("SELECT id FROM mirror.lab_orders")).toEqual([]);
  });

  it("refuses what is no object of the table, with a sentence", async () => {
    await fill();
    await expect(loading.replay(orders, ["state/x.json"])).rejects.toThrow("state/x.json is no landed object");
    await expect(loading.replay(orders, [])).rejects.toThrow("no request to replay");
  });

  describe("planned by time", () => {
    const HOUR = 3_600_000;
    /** Objects by when they were written; those that are not named were written long ago. */
    const planned = async (
      since: number,
      of: (first: number) => { readonly modified?: number; readonly storageClass?: string },
      gone: (key: string) => boolean = () => false,
    ) => {
      const { landing, warehouse } = loading;
      const list: ObjectStore["list"] = async function* (prefix, after) {
        for await (const object of landing.list(prefix, after)) {
          if (gone(object.key)) continue;
          yield { ...object, modified: 0, ...of(parseLandingKey(object.key)?.first ?? -1) };
        }
      };
      return planReplay(orders, since, { landing: { ...landing, list }, cluster: loading.cluster(), warehouse });
    };
    const firsts = ({ objects }: ReplayPlan) => objects.map(({ key }) => parseLandingKey(key)?.first).sort();

    it("takes what was written since then, and leaves the rest", async () => {
      await fill();
      const future = Date.now() + HOUR;
      const plan = await planned(future, (first) => (first === 3 ? { modified: future + 1 } : {}));
      expect(firsts(plan)).toEqual([3]);
      expect(plan).toMatchObject({ table: "lab_orders", ahead: 0, cold: [], missing: [], definitions: [] });
    });

    it("takes what was loaded since then, whenever it was written", async () => {
      await fill();
      expect(firsts(await planned(Date.now() - HOUR, () => ({})))).toEqual([0, 0, 3]);
    });

    it("names objects in cold storage, and takes those that can be read at once", async () => {
      await fill();
      const storage: Readonly<Record<number, string>> = { 3: "DEEP_ARCHIVE", 0: "GLACIER_IR" };
      const plan = await planned(Date.now() - HOUR, (first) => ({ storageClass: storage[first] }));
      expect(firsts(plan)).toEqual([0, 0]);
      expect(plan.cold.map((key) => parseLandingKey(key)?.first)).toEqual([3]);
      expect(problemsOf(plan)).toEqual([expect.stringMatching(/lab_orders: landing.* is in cold storage: restore it/)]);
    });

    it("names offsets whose objects have expired", async () => {
      await fill();
      const plan = await planned(
        Date.now() - HOUR,
        () => ({}),
        (key) => parseLandingKey(key)?.first === 3,
      );
      expect(plan.missing).toEqual([{ partition: 0, first: 3, last: 3, why: expect.stringContaining("expired") }]);
      expect(problemsOf(plan)[0]).toContain("partition 0, offsets 3 to 3");
      expect(replayText([plan], true)).toContain("offsets 3 to 3");
    });

    it("names objects whose definition is gone, and loads the others", async () => {
      await fill();
      const [key = ""] = keysOf(orders);
      const other = key.replace(/d=[0-9a-f]+/, "d=0123456789abcdef");
      await loading.landing.put(other, loading.landing.objects.get(key)?.body ?? Buffer.alloc(0));
      const plan = await planned(Date.now() - HOUR, () => ({}));
      expect(plan.definitions).toEqual([{ hash: "0123456789abcdef", objects: 1, readable: false }]);
      const asked: string[] = [];
      const [done] = await replayTables([plan], async (table, keys) => {
        asked.push(...keys);
        return loading.replay(orders, keys);
      });
      expect(asked).not.toContain(other);
      expect(done).toMatchObject({ objects: 3, rows: 5, problem: null });
      expect(problemsOf(plan)).toEqual([expect.stringContaining("definitions/0123456789abcdef.json is missing")]);
    });

    it("says why a table could not be loaded, and goes on with the next", async () => {
      await fill();
      const plan = await planned(Date.now() - HOUR, () => ({}));
      let calls = 0;
      const done = await replayTables([plan, plan], async (_table, keys) => {
        calls += 1;
        if (calls === 1) throw new Error("the warehouse is asleep");
        return loading.replay(orders, keys);
      });
      expect(done).toMatchObject([
        { objects: 0, problem: "the warehouse is asleep" },
        { objects: 3, problem: null },
      ]);
      expect(done.flatMap(problemsOf)).toEqual(["lab_orders: the warehouse is asleep."]);
    });
  });

  it("reads objects of an older definition under it", async () => {
    const before = defineTable({
      area: { name: "lab", database: "lab" },
      name: "widened",
      comment: "Widened.",
      columns: { id: column("id", int()), a: nullable("a", varchar(5)) },
      key: ["id"],
      partitions: 1,
    });
    const after: AnyTable = { ...before, columns: { ...before.columns, more: nullable("more", varchar(5)) } };
    await loading.migrate([before]);
    await loading.land(before, [{ op: "c", at: 100, row: { id: 1, a: "x" } }]);
    await loading.migrate([after]);
    await loading.land(after, [{ op: "c", at: 101, row: { id: 2, a: "y", more: "z" } }], { offset: 1 });
    await loading.load(after);
    const kept = await content(after);
    await loading.rows("DELETE FROM history.lab_widened");
    await loading.rows("DELETE FROM mirror.lab_widened");
    const [old = "", current = ""] = keysOf(after).sort((a) => (parseLandingKey(a)?.first === 0 ? -1 : 1));
    await expect(loading.replay(after, [old, current])).rejects.toThrow("several definitions");
    await loading.replay(after, [current]);
    await loading.replay(after, [old]);
    expect(await content(after)).toEqual(kept);
  });

  /**
   * Any history of changes, truncations and resyncs, loaded as it comes; then any rows lost, and all objects replayed in
   * any order and grouping. Not lost is what no file can tell: that a floor had deleted a key that came again later.
   */
  it("ends as it was before, whatever was lost and in whatever order objects come", async () => {
    const change = fc.record({
      kind: fc.constantFrom("c", "c", "c", "d", "truncate", "resync"),
      id: fc.integer({ min: 1, max: 4 }),
    });
    const scenario = fc.record({
      changes: fc.array(change, { minLength: 3, maxLength: 12 }),
      cuts: fc.array(fc.integer({ min: 1, max: 4 }), { minLength: 12, maxLength: 12 }),
      lostHistory: fc.array(fc.nat({ max: 40 }), { maxLength: 8 }),
      lostMirror: fc.subarray([1, 2, 3, 4]),
      order: fc.array(fc.nat({ max: 1000 }), { minLength: 16, maxLength: 16 }),
      atOnce: fc.boolean(),
    });
    await fc.assert(
      fc.asyncProperty(scenario, async ({ changes, cuts, lostHistory, lostMirror, order: shuffle, atOnce }) => {
        loading.reset();
        await empty(journal);
        await landAll(recordsOf(changes), cuts);
        const before = await content(journal);
        const versions = await loading.rows(CAN_BE_LOST);
        for (const n of lostHistory) {
          const { id, _version } = versions[n % Math.max(1, versions.length)] ?? {};
          if (id !== undefined)
            await loading.rows(
              `DELETE FROM history.lab_journal WHERE id = ${Number(id)} AND _version = '${String(_version)}'`,
            );
        }
        for (const id of lostMirror) await loading.rows(`DELETE FROM mirror.lab_journal WHERE id = ${id}`);
        const keys = keysOf(journal)
          .map((key, i) => ({ key, at: shuffle[i] ?? 0 }))
          .sort((a, b) => a.at - b.at)
          .map(({ key }) => key);
        for (const group of atOnce ? [keys] : keys.map((key) => [key])) await loading.replay(journal, group);
        expect(await content(journal)).toEqual(before);
      }),
      { ...runs(12), endOnFailure: true },
    );
  }, 300_000);

  const journal = defineTable({
    area: { name: "lab", database: "lab" },
    name: "journal",
    comment: "Journal.",
    columns: { id: column("id", int()), text: nullable("text", varchar(20)) },
    key: ["id"],
    partitions: 1,
  });
  beforeAll(async () => {
    await loading.migrate([journal]);
  });

  /** One partition's records, versions rising; a resync reads what is there and closes with its floor. */
  function recordsOf(
    changes: readonly { readonly kind: string; readonly id: number }[],
  ): readonly (Change | FloorChange)[] {
    const alive = new Map<number, string>();
    return changes.flatMap(({ kind, id }, i): readonly (Change | FloorChange)[] => {
      const at = 100 + i * 10;
      if (kind === "truncate") {
        alive.clear();
        return [{ op: "t", at, kind, id: `t${i}` }];
      }
      if (kind === "resync") {
        const rows = [...alive].map(([key, text]) => ({ op: "r", at, row: { id: key, text } }) as const);
        return [...rows, { op: "t", at, kind, id: `s${i}` }];
      }
      if (kind === "d") {
        const text = alive.get(id) ?? null;
        alive.delete(id);
        return [{ op: "d", at, row: { id, text } }];
      }
      alive.set(id, `v${i}`);
      return [{ op: "c", at, row: { id, text: `v${i}` } }];
    });
  }

  async function landAll(records: readonly (Change | FloorChange)[], cuts: readonly number[]): Promise<void> {
    let offset = 0;
    for (let i = 0; offset < records.length; i++) {
      const most = records.slice(offset, offset + (cuts[i % cuts.length] ?? 1));
      // Of two floors in one load only the higher one's deletes are written.
      const floor = most.findIndex(({ op }) => op === "t");
      const some = floor === -1 ? most : most.slice(0, floor + 1);
      await loading.land(journal, some, { offset });
      await loading.load(journal);
      offset += some.length;
    }
  }
});
