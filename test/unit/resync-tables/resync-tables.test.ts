import { describe, expect, it } from "@jest/globals";
import type { CopyRun } from "../../../lambdas/core/copy-runs.ts";
import { noteLeftOut, readLeftOut } from "../../../lambdas/core/left-out.ts";
import { METRICS } from "../../../lambdas/core/metrics.ts";
import {
  noteCopied,
  notePlanned,
  openWishes,
  placeHold,
  readStandingHold,
  readTableFacts,
  wishResync,
} from "../../../lambdas/core/table-facts.ts";
import type { ResyncWish, TableCopy } from "../../../lambdas/core/table-facts.ts";
import { resyncTables } from "../../../lambdas/resync-tables/resync-tables.ts";
import { memoryStore } from "../../support/memory-store.ts";
import { recordingTelemetry } from "../../support/recording.ts";

const NOW = Date.parse("2026-03-01T12:00:00Z");
const tables = new Map([
  ["shop_orders", "now"],
  ["shop_items", "now"],
]);
const settings = { tables, gapGraceSeconds: 300, retrySeconds: 1_800 };

const wish = (changes: Partial<ResyncWish> = {}): ResyncWish => ({
  id: "binlog.000007-400",
  table: "shop_orders",
  reason: "altered",
  detail: "ALTER TABLE orders MODIFY note VARCHAR(10)",
  since: "2026-03-01T11:59:00.000Z",
  position: { epoch: 1, file: "binlog.000007", pos: 400 },
  ...changes,
});

const copy = (pos: number, changes: Partial<TableCopy> = {}): TableCopy => ({
  snapshotId: `s${pos}`,
  kind: "resync",
  anchor: { epoch: 1, file: "binlog.000007", pos },
  pass: 0,
  takenAt: NOW,
  columns: ["id"],
  ...changes,
});

function world(runs: readonly CopyRun[] = [], now = NOW) {
  const state = memoryStore();
  const started: { name: string; tables: readonly string[] | null }[] = [];
  const copies = {
    recent: async () => runs,
    start: async (name: string, tables: readonly string[] | null) => void started.push({ name, tables }),
  };
  const telemetry = recordingTelemetry();
  const run = () => resyncTables(settings, { state, copies, telemetry, now: () => now });
  return { state, started, telemetry, run };
}

describe("wishes for a resync", () => {
  it("are met by a copy anchored at their place or after it, and by none before", () => {
    expect(openWishes({ copied: null, wishes: [wish()] })).toHaveLength(1);
    expect(openWishes({ copied: copy(399), wishes: [wish()] })).toHaveLength(1);
    expect(openWishes({ copied: copy(400), wishes: [wish()] })).toEqual([]);
    const later = copy(4, { anchor: { epoch: 2, file: "binlog.000001", pos: 4 } });
    expect(openWishes({ copied: later, wishes: [wish()] })).toEqual([]);
  });

  it("without a place are met by a copy taken later", () => {
    const placeless = wish({ position: null });
    expect(openWishes({ copied: copy(1, { takenAt: Date.parse(placeless.since) }), wishes: [placeless] })).toHaveLength(
      1,
    );
    expect(openWishes({ copied: copy(1), wishes: [placeless] })).toEqual([]);
  });

  it("are kept once, and an older copy does not replace a newer one", async () => {
    const { state } = world();
    await wishResync(state, wish());
    await wishResync(state, wish({ detail: "again" }));
    await noteCopied(state, "shop_orders", copy(300));
    await noteCopied(state, "shop_orders", copy(200));
    const facts = (await readTableFacts(state)).get("shop_orders");
    expect(facts?.wishes.map(({ detail }) => detail)).toEqual([wish().detail]);
    expect(facts?.copied?.snapshotId).toBe("s300");
  });

  it("cost a read each; what tables rest on is read only where it decides", async () => {
    const { state } = world();
    for (const table of ["shop_orders", "shop_items", "shop_visits"]) {
      await notePlanned(state, table, copy(300));
      await noteCopied(state, table, copy(300));
    }
    await wishResync(state, wish());
    await placeHold(state, "shop_items", { by: "operator", reason: "x", since: "2026-03-01T11:59:00.000Z" });
    const asked: string[] = [];
    const counting = {
      list: (prefix: string) => state.list(prefix),
      get: async (key: string) => (asked.push(key), state.get(key)),
    };
    const facts = await readTableFacts(counting);
    expect(asked.sort()).toEqual([
      "state/tables/shop_items/hold.json",
      "state/tables/shop_orders/copied.json",
      "state/tables/shop_orders/wishes/binlog.000007-400.json",
    ]);
    expect(facts.get("shop_items")?.hold?.by).toBe("operator");
    expect(facts.get("shop_visits")).toEqual({ copied: null, wishes: [], hold: null, leftOut: null, cascades: [] });
  });

  it("that cannot be read are named", async () => {
    const { state, run } = world();
    await state.put("state/tables/shop_orders/wishes/x.json", Buffer.from("{"));
    await expect(run()).rejects.toThrow("state/tables/shop_orders/wishes/x.json cannot be read");
  });
});

describe("resyncTables", () => {
  it("does nothing without a wish", async () => {
    const { run, started } = world();
    expect(await run()).toEqual({ waiting: [], started: [] });
    expect(started).toEqual([]);
  });

  it("starts one execution for all tables that wish one, by a name that repeats within the minute", async () => {
    const { state, run, started, telemetry } = world();
    await wishResync(state, wish());
    await wishResync(state, wish({ id: "second" }));
    await wishResync(state, wish({ table: "shop_items" }));
    expect((await run()).started).toEqual(["shop_orders", "shop_items"]);
    await run();
    expect(new Set(started.map(({ name }) => name)).size).toBe(1);
    expect(started[0]?.tables).toEqual(["shop_orders", "shop_items"]);
    expect(telemetry.lines.join("\n")).toContain("MODIFY note");
  });

  it("does not copy all again for a table that was left out of that copy and still does not fit", async () => {
    const { state, started, run } = world();
    await wishResync(state, wish({ id: "lost-1", reason: "lost", position: null }));
    const position = { epoch: 2, file: "binlog.000001", pos: 4 };
    await noteLeftOut(state, "shop_orders", { reason: "its key", definition: "now", since: wish().since, position });
    expect((await run()).started).toEqual([]);
    await wishResync(state, wish({ table: "shop_items" }));
    expect((await run()).started).toEqual(["shop_items"]);
    expect(started).toEqual([{ name: expect.any(String), tables: ["shop_items"] }]);
  });

  it("copies all tables when the source's history is lost", async () => {
    const { state, run, started } = world();
    await wishResync(state, wish({ reason: "lost", position: null }));
    await run();
    expect(started.map(({ tables }) => tables)).toEqual([null]);
  });

  it("forgets wishes that are met", async () => {
    const { state, run, started } = world();
    await noteCopied(state, "shop_orders", copy(500));
    await wishResync(state, wish());
    expect(await run()).toEqual({ waiting: [], started: [] });
    expect(await run()).toEqual({ waiting: [], started: [] });
    expect(started).toEqual([]);
    expect([...state.objects.keys()].filter((key) => key.includes("wishes"))).toEqual([]);
  });

  it("waits while any copy runs", async () => {
    const { state, run, started } = world([{ name: "millrace-1", state: "running", endedAt: null }]);
    await wishResync(state, wish());
    expect(await run()).toEqual({ waiting: ["shop_orders"], started: [] });
    expect(started).toEqual([]);
  });

  it("waits after its own failure, not after another's, and not for ever", async () => {
    const failed = (name: string, secondsAgo: number): CopyRun => ({
      name,
      state: "failed",
      endedAt: NOW - secondsAgo * 1_000,
    });
    const startedAfter = async (run: CopyRun): Promise<number> => {
      const { state, run: start, started } = world([run]);
      await wishResync(state, wish());
      await start();
      return started.length;
    };
    expect(await startedAfter(failed("resync-1", 60))).toBe(0);
    expect(await startedAfter(failed("resync-1", 1_801))).toBe(1);
    expect(await startedAfter(failed("millrace-1", 60))).toBe(1);
  });

  it("tries tables one by one after failures, in turn", async () => {
    const failed = (n: number): CopyRun => ({ name: `resync-${n}`, state: "failed", endedAt: NOW - 3_600_000 });
    const startedAfter = async (...runs: CopyRun[]): Promise<readonly string[]> => {
      const { state, run } = world(runs);
      await wishResync(state, wish());
      await wishResync(state, wish({ table: "shop_items" }));
      return (await run()).started;
    };
    const succeeded: CopyRun = { name: "resync-0", state: "succeeded", endedAt: NOW - 3_600_000 };
    expect(await startedAfter(succeeded)).toEqual(["shop_orders", "shop_items"]);
    expect(await startedAfter(failed(1), succeeded)).toEqual(["shop_orders"]);
    expect(await startedAfter(failed(2), failed(1), succeeded)).toEqual(["shop_items"]);
    expect(await startedAfter(failed(3), failed(2), failed(1))).toEqual(["shop_orders"]);
  });

  it("does not copy a table in vain whose definition could not take its rows, nor lets it stop the others", async () => {
    const { state, run, started, telemetry } = world();
    const leftOut = { reason: "its key", definition: "now", since: "2026-03-01T11:58:00.000Z" };
    await wishResync(state, wish());
    await wishResync(state, wish({ table: "shop_items" }));
    await noteLeftOut(state, "shop_orders", { ...leftOut, position: { epoch: 1, file: "binlog.000007", pos: 500 } });
    expect(await run()).toEqual({ waiting: ["shop_orders", "shop_items"], started: ["shop_items"] });
    expect(telemetry.metrics.get(METRICS.tablesStopped)).toBe(1);
    // A later statement may have changed the table back.
    await wishResync(state, wish({ id: "later", position: { epoch: 1, file: "binlog.000007", pos: 600 } }));
    expect((await run()).started).toEqual(["shop_orders", "shop_items"]);
    expect(started).toHaveLength(2);
  });

  it("copies it once its definition is another, and then holds its loads no more", async () => {
    const { state, run } = world();
    const leftOut = { reason: "its key", definition: "before", since: "2026-03-01T11:58:00.000Z" };
    await noteLeftOut(state, "shop_orders", { ...leftOut, position: { epoch: 1, file: "binlog.000007", pos: 500 } });
    expect(await readStandingHold(state, "shop_orders")).toMatchObject({ by: "capture", reason: "its key" });
    expect((await run()).started).toEqual(["shop_orders"]);
    await noteCopied(state, "shop_orders", copy(499));
    expect(await readStandingHold(state, "shop_orders")).not.toBeNull();
    await noteCopied(state, "shop_orders", copy(500));
    expect(await readStandingHold(state, "shop_orders")).toBeNull();
    expect(await run()).toEqual({ waiting: [], started: [] });
    await placeHold(state, "shop_orders", { by: "operator", reason: "x", since: leftOut.since });
    expect(await readStandingHold(state, "shop_orders")).toMatchObject({ by: "operator" });
  });

  it("keeps the newest place of rows left out, whichever of two runs writes last", async () => {
    const { state } = world();
    const at = (pos: number, since: string) => ({
      ...{ reason: "its key", definition: "now", since },
      position: { epoch: 1, file: "binlog.000007", pos },
    });
    await noteLeftOut(state, "shop_orders", at(500, "first"));
    await noteLeftOut(state, "shop_orders", at(700, "second"));
    await noteLeftOut(state, "shop_orders", at(600, "late"));
    expect(await readLeftOut(state, "shop_orders")).toEqual(at(700, "first"));
  });

  it("gives records that are missing the time to come late", async () => {
    const gap = wish({ id: "gap-0-7", reason: "gap", position: null, since: new Date(NOW - 299_000).toISOString() });
    const early = world();
    await wishResync(early.state, gap);
    expect(await early.run()).toEqual({ waiting: ["shop_orders"], started: [] });
    const late = world([], NOW + 1_000);
    await wishResync(late.state, gap);
    expect((await late.run()).started).toEqual(["shop_orders"]);
  });

  it("leaves tables alone that are not defined any more", async () => {
    const { state, run } = world();
    await wishResync(state, wish({ table: "shop_gone" }));
    expect(await run()).toEqual({ waiting: [], started: [] });
  });
});
