import { describe, expect, it } from "@jest/globals";
import { copyChunk } from "../../../lambdas/capture-snapshot/chunk.ts";
import { finishSnapshot } from "../../../lambdas/capture-snapshot/finish.ts";
import { MOST_CHUNKS, planChunks, rowsPerChunk } from "../../../lambdas/capture-snapshot/chunks.ts";
import { planSnapshot, readPlan } from "../../../lambdas/capture-snapshot/plan.ts";
import { splitRange } from "../../../lambdas/core/key-ranges.ts";
import type { KeyValue, SourceDatabase } from "../../../lambdas/core/capture-ports.ts";
import { parseCheckpoint } from "../../../lambdas/core/checkpoint.ts";
import { recordVersion } from "../../../lambdas/core/record.ts";
import { readNewestAnchor } from "../../../lambdas/core/newest-anchor.ts";
import { readResynced } from "../../../lambdas/core/resynced.ts";
import { checkpointKey } from "../../../lambdas/core/state-keys.ts";
import { anchorVersion, versionOf } from "../../../lambdas/core/version.ts";
import { offices } from "../../../schemas/sources/classicmodels/offices.ts";
import { orders } from "../../../schemas/sources/classicmodels/orders.ts";
import { holdOf, notePlanned, readPlanned, readTableFacts } from "../../../lambdas/core/table-facts.ts";
import { memoryStore } from "../../support/memory-store.ts";
import { asSource, facts } from "../../support/source.ts";
import { recordingPublisher, recordingTelemetry } from "../../support/recording.ts";

const definitions = [orders, offices];
const numbers = Array.from({ length: 10 }, (_, i) => i + 1);

/** Ten orders and no office; batches of two rows. `onRead` runs before each batch. */
function source(overrides: Partial<SourceDatabase> = {}, onRead: () => void = () => undefined): SourceDatabase {
  return {
    anchor: async () => ({
      file: "binlog.000007",
      pos: 4_000,
      gtid: "0-1-7",
      server: "s1",
      serverId: 1,
      flavour: "mariadb",
      facility: "binlog_snapshot",
      takenAt: 1_000,
    }),
    currentPlace: async () => ({ file: "binlog.000007", pos: 4_000, gtid: null, server: "s1" }),
    facts: async () => facts,
    extent: async (table) => (table.name === "orders" ? { min: 1, max: 10, rows: 10 } : null),
    replication: async () => null,
    placeAfter: async () => ({ file: "binlog.000001", pos: 4 }),
    describeTables: async () => definitions.map(asSource),
    read: async function* ({ table, above, upTo, after }) {
      if (table.name !== "orders") return;
      const low = Math.max(Number(above ?? 0), Number(after?.[0] ?? 0));
      const wanted = numbers.filter((n) => n > low && n <= Number(upTo ?? Infinity));
      for (let i = 0; i < wanted.length; i += 2) {
        onRead();
        const pair = wanted.slice(i, i + 2);
        const lastKey: KeyValue[] = [pair.at(-1) ?? 0];
        yield { lastKey, rows: pair.map((n) => ({ key: `{"orderNumber":${n}}`, after: `{"orderNumber":${n}}` })) };
      }
    },
    scan: () => {
      throw new Error("a snapshot scans nothing");
    },
    close: async () => undefined,
    ...overrides,
  };
}

function world(database = source()) {
  const state = memoryStore();
  const publisher = recordingPublisher();
  const telemetry = recordingTelemetry();
  let time = 0;
  let ids = 0;
  const clock = {
    now: () => time,
    sleep: async (ms: number) => void (time += ms),
    newId: () => `id${(ids += 1)}-0000`,
  };
  const endOffsets = async (topics: readonly string[]) =>
    new Map(topics.map((topic) => [topic, [publisher.sent.length, 5]]));
  const ports = { state, source: database, endOffsets, publisher, telemetry, ...clock, remaining: () => 600_000 };
  const plan = (only: readonly string[] | null = null, kind: "copy" | "resync" = "copy") =>
    planSnapshot({ kind, sourceName: "test", definitions, only, chunkRows: 5 }, ports);
  const chunk = (snapshotId: string, n: number, more: Partial<typeof ports> = {}) =>
    copyChunk({ snapshotId, chunk: n, sourceName: "test", definitions, rowsPerSecond: 0 }, { ...ports, ...more });
  return { ports, plan, chunk, tick: (ms: number) => void (time += ms) };
}

describe("planSnapshot", () => {
  it("takes the anchor, starts change capture there, and splits whole-number keys into ranges", async () => {
    const { plan, ports } = world();
    const { snapshotId, chunks } = await plan();
    expect(chunks).toHaveLength(3);
    expect((await readPlan(ports.state, snapshotId)).chunks).toEqual([
      { table: "classicmodels_orders", above: null, upTo: "5" },
      { table: "classicmodels_orders", above: "5", upTo: null },
      { table: "classicmodels_offices", above: null, upTo: null },
    ]);
    const checkpoint = parseCheckpoint(ports.state.objects.get(checkpointKey("test"))?.body.toString() ?? "", "");
    expect(checkpoint.position).toEqual({ epoch: 1, file: "binlog.000007", pos: 4_000 });
    expect(await readNewestAnchor("test", ports.state)).toMatchObject({ facility: "binlog_snapshot", pos: 4_000 });
  });

  it("run again makes a plan of its own and leaves the checkpoint alone", async () => {
    const { plan, ports } = world();
    const one = await plan();
    const before = ports.state.objects.get(checkpointKey("test"))?.etag;
    const two = await plan();
    expect(two.snapshotId).not.toBe(one.snapshotId);
    await plan(null, "resync");
    expect(ports.state.objects.get(checkpointKey("test"))?.etag).toBe(before);
  });

  it("begins a new epoch at the anchor when change capture cannot go on from its place, with a resync of all tables", async () => {
    const { plan, ports } = world();
    await plan();
    const key = checkpointKey("test");
    const read = () => parseCheckpoint(ports.state.objects.get(key)?.body.toString() ?? "", "");
    for (const mark of [{ lost: "the log was purged" }, { stuck: "XA" }, { server: "s0" }]) {
      const { epoch } = read().position;
      const place = { epoch, file: "binlog.000099", pos: 9 };
      await ports.state.put(key, Buffer.from(JSON.stringify({ ...read(), position: place, ...mark })));
      for (const refused of [plan(), plan(["classicmodels_orders"], "resync")])
        await expect(refused).rejects.toThrow(/'millrace snapshot --resync' without --tables/);
      expect(read().position).toEqual(place);
      const { snapshotId } = await plan(null, "resync");
      expect((await readPlan(ports.state, snapshotId)).epoch).toBe(epoch + 1);
      expect(read()).toMatchObject({
        position: { epoch: epoch + 1, file: "binlog.000007", pos: 4_000 },
        server: "s1",
        owner: "",
      });
      expect(read().lost ?? read().stuck).toBeUndefined();
    }
  });

  it("begins above the epoch in which another source was copied, or this one before it lost its checkpoint", async () => {
    const { plan, ports } = world();
    await plan();
    const key = checkpointKey("test");
    const planned = await readPlanned(ports.state, "classicmodels_offices");
    if (planned === null) throw new Error("nothing is planned");
    const elsewhere = { ...planned, source: "other", anchor: { epoch: 7, file: "binlog.000001", pos: 4 } };
    await notePlanned(ports.state, "classicmodels_offices", elsewhere);
    for (const refused of [plan(), plan(["classicmodels_offices"], "resync")])
      await expect(refused).rejects.toThrow(
        /copied from another source.*'millrace snapshot --resync' without --tables/,
      );
    expect((await readPlan(ports.state, (await plan(null, "resync")).snapshotId)).epoch).toBe(8);
    expect((await readPlan(ports.state, (await plan()).snapshotId)).epoch).toBe(8);
    await ports.state.remove(key);
    await expect(plan()).rejects.toThrow(/copied before.*'millrace snapshot --resync' without --tables/);
    expect(ports.state.objects.has(key)).toBe(false);
    expect((await readPlan(ports.state, (await plan(null, "resync")).snapshotId)).epoch).toBe(9);
  });

  it("names every preflight problem before anything is written", async () => {
    const { plan, ports } = world(
      source({
        facts: async () => ({ ...facts, variables: { ...facts.variables, binlog_row_image: "MINIMAL" } }),
        describeTables: async () => definitions.map((table) => ({ ...asSource(table), primaryKey: [] })),
      }),
    );
    await expect(plan()).rejects.toThrow(/SET GLOBAL binlog_row_image = 'FULL'[^]*orders has no primary key/);
    expect(ports.state.objects.size).toBe(0);
  });

  it("of all tables again leaves those out that do not fit, which stand still, and copies the others", async () => {
    const lacksKey = (name: string) =>
      definitions.map((table) => (table.name === name ? { ...asSource(table), primaryKey: [] } : asSource(table)));
    const { plan, ports } = world(source({ describeTables: async () => lacksKey("orders") }));
    for (const refused of [plan(), plan(["classicmodels_orders"], "resync")])
      await expect(refused).rejects.toThrow(/orders has no primary key/);
    expect(ports.state.objects.size).toBe(0);
    const { snapshotId } = await plan(null, "resync");
    expect((await readPlan(ports.state, snapshotId)).tables).toEqual(["classicmodels_offices"]);
    const facts = (await readTableFacts(ports.state)).get("classicmodels_orders");
    expect(facts === undefined ? null : holdOf(facts)).toMatchObject({
      by: "capture",
      reason: expect.stringContaining("orders has no primary key"),
    });
    const none = world(
      source({ describeTables: async () => definitions.map((table) => ({ ...asSource(table), primaryKey: [] })) }),
    );
    await expect(none.plan(null, "resync")).rejects.toThrow(/orders has no primary key/);
  });

  it("refuses a table that is not defined, and names those that are", async () => {
    await expect(world().plan(["nope"])).rejects.toThrow(/'nope' is not defined; defined are classicmodels_orders/);
  });

  it("says so when the databases are only hidden from the user", async () => {
    const grants = ["GRANT REPLICATION SLAVE, BINLOG MONITOR ON *.* TO `app`@`%`"];
    const hidden = source({ describeTables: async () => [], facts: async () => ({ ...facts, grants, user: "app@%" }) });
    await expect(world(hidden).plan()).rejects.toThrow("Run: GRANT SELECT ON classicmodels.* TO 'app'@'%'");
  });

  it("says when no database of the definitions is at the source", async () => {
    await expect(world(source({ describeTables: async () => [] })).plan()).rejects.toThrow(/classicmodels exists/);
  });
});

describe("copyChunk", () => {
  it("publishes its range at the anchor's version, below every later change", async () => {
    const { plan, chunk, ports } = world();
    const { snapshotId } = await plan();
    expect(await chunk(snapshotId, 1)).toEqual({ snapshotId, chunk: 1, done: true, rows: 5 });
    const { record } = ports.publisher.sent[0] ?? { record: null };
    expect(ports.publisher.sent.map((s) => s.key)).toEqual([6, 7, 8, 9, 10].map((n) => `{"orderNumber":${n}}`));
    const version = record === null ? "" : recordVersion("r", record.source, 9);
    const anchor = { epoch: 1, file: "binlog.000007", pos: 4_000 };
    expect(version).toBe(anchorVersion(anchor));
    expect(version < versionOf({ ...anchor, pos: 4_042 }, 0, 0)).toBe(true);
  });

  it("run again after it is done publishes nothing", async () => {
    const { plan, chunk, ports } = world();
    const { snapshotId } = await plan();
    await chunk(snapshotId, 0);
    const sent = ports.publisher.sent.length;
    expect((await chunk(snapshotId, 0)).done).toBe(true);
    expect(ports.publisher.sent).toHaveLength(sent);
  });

  it("stops in time and resumes after the last acknowledged key", async () => {
    const { plan, chunk, ports } = world();
    const { snapshotId } = await plan();
    const first = await chunk(snapshotId, 0, { remaining: () => 1_000 });
    expect(first).toEqual({ snapshotId, chunk: 0, done: false, rows: 2 });
    expect(await chunk(snapshotId, 0)).toEqual({ snapshotId, chunk: 0, done: true, rows: 5 });
    expect(ports.publisher.sent.map((s) => s.key)).toEqual([1, 2, 3, 4, 5].map((n) => `{"orderNumber":${n}}`));
  });

  it("reads again what was not acknowledged when it failed", async () => {
    const { plan, chunk, ports } = world();
    const { snapshotId } = await plan();
    ports.publisher.failFlush = new Error("broker away");
    await expect(chunk(snapshotId, 0)).rejects.toThrow("broker away");
    ports.publisher.failFlush = null;
    ports.publisher.sent.length = 0;
    expect((await chunk(snapshotId, 0)).rows).toBe(5);
    expect(ports.publisher.sent).toHaveLength(5);
  });

  it("keeps to the rows a second it is allowed", async () => {
    const { plan, ports } = world();
    const { snapshotId } = await plan();
    const request = { snapshotId, chunk: 0, sourceName: "test", definitions, rowsPerSecond: 2 };
    await copyChunk(request, ports);
    expect(ports.now()).toBe(2_500);
  });
});

describe("finishSnapshot", () => {
  const ends = async (): Promise<ReadonlyMap<string, readonly number[]>> => new Map([["classicmodels_orders", [5, 5]]]);

  it("waits for every chunk, then notes up to where topics must be loaded", async () => {
    const { plan, chunk, ports } = world();
    const { snapshotId, chunks } = await plan();
    const finish = () =>
      finishSnapshot({ snapshotId, sourceName: "test", definitions }, { ...ports, endOffsets: ends });
    await expect(finish()).rejects.toMatchObject({ name: "TransientError", retryable: true });
    for (const each of chunks) await chunk(snapshotId, each.chunk);
    expect(await finish()).toEqual({ snapshotId, rows: 10 });
    expect(await finish()).toEqual({ snapshotId, rows: 10 });
    expect(ports.publisher.sent.every((s) => s.record.op === "r")).toBe(true);
  });

  it("ends a resync with a floor at the anchor", async () => {
    const { plan, chunk, ports } = world();
    const { snapshotId, chunks } = await plan(["classicmodels_orders"], "resync");
    for (const each of chunks) await chunk(snapshotId, each.chunk);
    await finishSnapshot({ snapshotId, sourceName: "test", definitions }, { ...ports, endOffsets: ends });
    const floor = ports.publisher.sent.at(-1);
    expect(floor).toMatchObject({ key: null, record: { op: "t", floor: { kind: "resync", id: snapshotId } } });
  });

  it("lets a resync stand for what the topic held before its anchor, once it is whole", async () => {
    const { plan, chunk, ports } = world();
    const { snapshotId, chunks } = await plan(["classicmodels_orders"], "resync");
    for (const each of chunks) await chunk(snapshotId, each.chunk);
    expect(await readResynced(ports.state, "classicmodels_orders")).toEqual([]);
    const finish = () =>
      finishSnapshot({ snapshotId, sourceName: "test", definitions }, { ...ports, endOffsets: ends });
    await finish();
    await finish();
    expect(await readResynced(ports.state, "classicmodels_orders")).toEqual([0, 5]);
  });
});

describe("planChunks", () => {
  const tablesOf = (count: number) => Array.from({ length: count }, (_, i) => ({ ...orders, name: `orders_${i}` }));
  const sized = (rows: (index: number) => number) => ({
    extent: async ({ name }: { name: string }) => ({ min: 1, max: 1e12, rows: rows(Number(name.split("_")[1])) }),
  });
  const perTable = async (count: number, rows: (index: number) => number) => {
    const chunks = await planChunks(tablesOf(count), sized(rows), 100_000);
    return tablesOf(count).map(({ name }) => chunks.filter(({ table }) => table.endsWith(`_${name}`)).length);
  };

  it("keeps to the rows asked for while the plan is short", async () => {
    expect(await perTable(3, (i) => [1, 100_000, 100_001][i] ?? 0)).toEqual([1, 1, 2]);
    expect(await perTable(1, () => 100_000 * (MOST_CHUNKS - 1))).toEqual([MOST_CHUNKS - 1]);
  });

  it("takes more rows per chunk when the plan would be too long, the same for all tables", async () => {
    const rows = [20_000_000_000, 10_000_000_000, 50_000, 0];
    const counts = await perTable(4, (i) => rows[i] ?? 0);
    expect(counts.reduce((sum, count) => sum + count)).toBeLessThanOrEqual(MOST_CHUNKS);
    expect(counts.reduce((sum, count) => sum + count)).toBeGreaterThan(MOST_CHUNKS - 4);
    expect((counts[0] ?? 0) / (counts[1] ?? 1)).toBeCloseTo(2, 1);
    expect(counts.slice(2)).toEqual([1, 1]);
  });

  it("stays below the limit whatever the sizes, and below the state's 256 KiB", () => {
    for (const sizes of [Array<number>(200).fill(1e9 + 1), [1e13], Array<number>(750).fill(2e8), [0]]) {
      const rows = rowsPerChunk(sizes, 100_000);
      const count = sizes.reduce((sum, size) => sum + Math.max(1, Math.ceil(size / rows)), 0);
      expect(count).toBeLessThanOrEqual(MOST_CHUNKS);
    }
    const item = { snapshotId: "20240601T000000000Z-0a1b2c3d", chunk: MOST_CHUNKS };
    expect(MOST_CHUNKS * (JSON.stringify(item).length + 1)).toBeLessThan(256 * 1024 * 0.6);
  });

  it("refuses more tables than one plan can hold, before anything is written", async () => {
    const many = tablesOf(751);
    const { ports } = world(source({ describeTables: async () => many.map(asSource) }));
    const request = { kind: "copy" as const, sourceName: "test", definitions: many, only: null, chunkRows: 5 };
    await expect(planSnapshot(request, ports)).rejects.toThrow(/at most 750 tables, not 751.*--tables/);
    expect(ports.state.objects.size).toBe(0);
  });
});

describe("splitRange", () => {
  it("covers everything once, with open ends", () => {
    expect(splitRange(1n, 10n, 3)).toEqual([
      [null, 3n],
      [3n, 6n],
      [6n, null],
    ]);
    expect(splitRange(5n, 5n, 4)).toEqual([[null, null]]);
    expect(splitRange(-3n, 2n, 2)).toEqual([
      [null, -1n],
      [-1n, null],
    ]);
  });
});
