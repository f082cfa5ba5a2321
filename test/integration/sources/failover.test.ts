import { afterEach, beforeEach, describe, expect, it } from "@jest/globals";
import type { ChangeRecord } from "../../../lambdas/core/record.ts";
import type { AnyTable } from "../../../schemas/model/table.ts";
import { startPipeline } from "../../support/pipeline.ts";
import type { Pipeline } from "../../support/pipeline.ts";
import { PAIRS } from "./pairs.ts";
import type { Pair, Server } from "./pairs.ts";
import { DATABASE, endOf, fill, insert, items, run, sourceRows, TABLES } from "./shop.ts";

describe.each(PAIRS)("a source that fails over, on $name", (kind) => {
  let pair: Pair;
  let pipeline: Pipeline;

  beforeEach(async () => {
    pair = await kind.start([DATABASE]);
    await fill(pair.source);
    await pair.replicated();
    pipeline = await startPipeline(pair.source.target, TABLES, 100);
    await pipeline.copy();
  }, 120_000);
  afterEach(async () => {
    await pipeline.stop();
    await pair.stop();
  });

  const expectEqual = async (server: Server): Promise<void> => {
    await pipeline.load();
    for (const table of TABLES) expect(await pipeline.mirror(table)).toEqual(await sourceRows(server, table));
  };
  const positionsOf = (table: AnyTable): readonly string[] =>
    pipeline.sent(table).map((text) => {
      const { op, source } = JSON.parse(text) as ChangeRecord;
      return `${op} ${source.epoch ?? 0}`;
    });

  it("goes on behind the last transaction that was captured, in a new epoch, without a copy", async () => {
    await run(pair.source, insert(1_000, 5, "before"), `UPDATE ${DATABASE}.items SET name = 'changed' WHERE id < 4`);
    const capturing = pipeline.start();
    await pipeline.reached(await endOf(pair.source));
    // The run ends by the death of its server, somewhere in these.
    await run(pair.source, insert(2_000, 3, "replicated"), `DELETE FROM ${DATABASE}.items WHERE id = 5`);
    await pair.replicated();
    await pair.kill();
    await expect(capturing.outcome).rejects.toMatchObject({ retryable: true });
    await pair.promote();
    await run(
      pair.replica,
      insert(3_000, 4, "after"),
      `UPDATE ${DATABASE}.items SET name = 'again' WHERE id IN (1, 1000, 2000)`,
      `REPLACE INTO ${DATABASE}.tags VALUES ('a', 10), ('c', 3)`,
    );

    pipeline.target = pair.replica.target;
    await expect(pipeline.capture()).resolves.toMatchObject({ status: "released" });
    const { position, server } = await pipeline.checkpoint();
    expect(position.epoch).toBe(2);
    expect(server).not.toBe("");
    expect(pipeline.telemetry.metrics.get("SourceFailovers")).toBe(1);
    expect(await pipeline.resync()).toEqual([]);
    await expectEqual(pair.replica);
    // Each change once, and none of the copy twice.
    const counts = positionsOf(items).reduce<Record<string, number>>(
      (all, key) => ({ ...all, [key]: (all[key] ?? 0) + 1 }),
      {},
    );
    const inserts = (counts["c 1"] ?? 0) + (counts["c 2"] ?? 0);
    const deletes = (counts["d 1"] ?? 0) + (counts["d 2"] ?? 0);
    expect({ reads: counts["r 1"], inserts, deletes, updates: (counts["u 1"] ?? 0) + (counts["u 2"] ?? 0) }).toEqual({
      ...{ reads: 300, inserts: 12, deletes: 1, updates: 6 },
    });
    expect(counts["c 2"]).toBeGreaterThanOrEqual(4);
    await run(pair.replica, insert(4_000, 2, "later"));
    await pipeline.capture();
    expect((await pipeline.checkpoint()).position.epoch).toBe(2);
    await expectEqual(pair.replica);
  }, 180_000);

  it("copies all tables again when rows were captured that the new server never got, and they vanish", async () => {
    await pair.cutOff();
    await run(pair.source, insert(5_000, 7, "lost"), `UPDATE ${DATABASE}.items SET name = 'lost' WHERE id = 9`);
    await pipeline.capture();
    await pipeline.load();
    expect(await pipeline.mirror(items)).toEqual(await sourceRows(pair.source, items));
    await pair.kill();
    await pair.promote();
    await run(pair.replica, insert(6_000, 9, "after"), `DELETE FROM ${DATABASE}.tags WHERE tag = 'b'`);

    pipeline.target = pair.replica.target;
    await expect(pipeline.capture()).rejects.toMatchObject({ name: "PositionLostError", kind: "failover" });
    expect((await pipeline.checkpoint()).lost).toContain("answers instead of");
    // Nobody is asked: the wishes are there. Whoever reads the mirror meanwhile never finds it empty.
    pipeline.onChunk = async () => {
      await pipeline.load();
      expect((await pipeline.mirror(items)).length).toBeGreaterThanOrEqual(307);
    };
    expect(await pipeline.resync()).toEqual(["lab_items", "lab_tags"]);
    expect((await pipeline.checkpoint()).position.epoch).toBe(2);
    await run(pair.replica, insert(7_000, 2, "later"));
    await pipeline.capture();
    await expectEqual(pair.replica);
    expect(await pipeline.resync()).toEqual([]);
  }, 180_000);

  it("copies all tables again when a copy had read rows that were neither captured nor replicated", async () => {
    // The second copy's anchor is behind the first one's.
    await run(pair.source, insert(1_000, 1, "between"));
    await pair.replicated();
    await pipeline.capture();
    await pair.cutOff();
    let written = false;
    pipeline.onChunk = async () => {
      if (!written) await run(pair.source, `UPDATE ${DATABASE}.items SET name = 'lost' WHERE id > 250`);
      written = true;
    };
    await pipeline.copy();
    pipeline.onChunk = async () => undefined;
    await pipeline.load();
    expect(await pipeline.mirror(items)).toContain('["1000","lost"]');
    await pair.kill();
    await pair.promote();

    pipeline.target = pair.replica.target;
    await expect(pipeline.capture()).rejects.toThrow(
      /copies of lab_items, lab_tags had read what was not captured yet/,
    );
    expect(await pipeline.resync()).toEqual(["lab_items", "lab_tags"]);
    await pipeline.capture();
    await expectEqual(pair.replica);
  }, 180_000);

  it("copies all tables again when the run that read the lost server died without saying how far it got", async () => {
    const capturing = pipeline.start();
    await run(pair.source, insert(1_000, 5, "before"));
    await pair.replicated();
    await pipeline.reached(await endOf(pair.source));
    capturing.end();
    await capturing.outcome;
    // What a function that is killed leaves: its name in the checkpoint, no longer renewed.
    const [key, stored] = [...pipeline.state.objects].find(([name]) => name.startsWith("state/checkpoint/")) ?? [];
    if (key === undefined || stored === undefined) throw new Error("no checkpoint");
    const dead = { ...(await pipeline.checkpoint()), owner: "dead", savedAt: new Date(0).toISOString() };
    pipeline.state.objects.set(key, { ...stored, body: Buffer.from(JSON.stringify(dead)) });
    await pair.kill();
    await pair.promote();

    pipeline.target = pair.replica.target;
    await expect(pipeline.capture()).rejects.toThrow(/without saying how far it got/);
    expect(await pipeline.resync()).toEqual(["lab_items", "lab_tags"]);
    await pipeline.capture();
    await expectEqual(pair.replica);
  }, 180_000);
});
