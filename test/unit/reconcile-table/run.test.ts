import { describe, expect, it } from "@jest/globals";
import type { FieldRow, SourceDatabase } from "../../../lambdas/core/capture-ports.ts";
import { checkpointKey } from "../../../lambdas/core/state-keys.ts";
import { anchorVersion, placeOf, versionOf } from "../../../lambdas/core/version.ts";
import { verdict } from "../../../lambdas/reconcile-table/narrow.ts";
import { planRun } from "../../../lambdas/reconcile-table/plan-run.ts";
import type { ReconcilePorts, ReconcileSettings } from "../../../lambdas/reconcile-table/ports.ts";
import { continueRun, startRepair } from "../../../lambdas/reconcile-table/reconcile-table.ts";
import { checksumText, rowChecksummer } from "../../../lambdas/reconcile-table/row-checksum.ts";
import * as c from "../../../schemas/model/column.ts";
import { defineTable } from "../../../schemas/model/table.ts";
import { memoryStore } from "../../support/memory-store.ts";
import { recordingPublisher, recordingTelemetry } from "../../support/recording.ts";

const columns = { id: c.column("id", c.int()), note: c.nullable("note", c.varchar(20)) };
const area = { name: "lab", database: "lab" };
const table = defineTable({ area, name: "t", comment: "", columns, key: ["id"], partitions: 1 });
const keyless = defineTable({ area, name: "log", comment: "", columns, key: "none" });
const settings: ReconcileSettings = {
  ...{ sourceName: "s", definitions: [table, keyless], chunkRows: 10, rangeRows: 2, patienceSeconds: 30 },
};
const at = (pos: number) => ({ epoch: 1, file: "b.000001", pos });

function fieldsOf(id: number, note: string): FieldRow {
  const bytes = Buffer.from(`${id}${JSON.stringify(note)}`);
  return { bytes, ends: Int32Array.from([0, String(id).length, bytes.length]) };
}
const checksum = rowChecksummer(table);
const sumOf = (id: number, note: string): string => checksumText(checksum(fieldsOf(id, note)));

/** Twenty rows on both sides; what a test does to them is the difference. */
function world() {
  const rows = new Map(Array.from({ length: 20 }, (_, i) => [i + 1, `note ${i + 1}`]));
  const mirror = new Map(
    [...rows].map(([id, note]) => [id, { note, version: anchorVersion(at(100)), deleted: false }]),
  );
  const clock = { now: 1_000_000, budget: 900_000 };
  const log = { pos: 500, captured: 500, waits: 0, transactions: 0 };
  const state = memoryStore();
  const publisher = recordingPublisher();
  const telemetry = recordingTelemetry();
  const wanted = (request: { above: unknown; upTo: unknown; keys?: readonly (readonly unknown[])[] }) =>
    [...rows].filter(([id]) => {
      if (request.keys !== undefined) return request.keys.some(([key]) => Number(key) === id);
      const [above, upTo] = [request.above, request.upTo];
      return id > (above === null ? -Infinity : Number(above)) && id <= (upTo === null ? Infinity : Number(upTo));
    });
  const source: SourceDatabase = {
    anchor: async () => ({
      ...{ ...at(log.pos), gtid: null, server: "s", serverId: 1, takenAt: 0 },
      ...{ flavour: "mariadb", facility: "binlog_snapshot" },
    }),
    currentPlace: async () => ({ ...at(log.pos), gtid: null, server: "s" }),
    facts: () => Promise.reject(new Error("not asked")),
    replication: async () => null,
    placeAfter: async () => ({ file: "binlog.000001", pos: 4 }),
    describeTables: async () => [
      ...[table, keyless].map(({ name }) => ({ db: "lab", name, columns: [], primaryKey: [], silentForeignKeys: [] })),
    ],
    extent: async () => ({ min: 1, max: 20, rows: 20 }),
    read: async function* (request) {
      const found = wanted(request).map(([id, note]) => ({ key: `{"id":${id}}`, after: JSON.stringify({ id, note }) }));
      yield { rows: found, lastKey: null };
    },
    scan: async function* (request, onRow) {
      const found = wanted(request);
      for (const [id, note] of found) onRow(fieldsOf(id, note));
      yield { rows: found.length, lastKey: null };
    },
    close: async () => undefined,
  };
  const checkpoint = async (): Promise<void> => {
    const position = at(log.captured);
    const rest = { sent: null, gtid: null, server: "s", turn: 0, owner: "", savedAt: "", committedAt: null };
    await state.put(checkpointKey("s"), Buffer.from(JSON.stringify({ position, ...rest })));
  };
  /** The ranges or names in a WHERE; all rows without. */
  const bounds = (sql: string): ((id: number) => boolean) => {
    const [, names] = /id IN \(([^)]*)\)/.exec(sql) ?? [];
    if (names !== undefined) return (id) => names.split(", ").includes(String(id));
    const ranges = (sql.split("WHERE")[1] ?? "").split(" OR ").map((range) => {
      const [, above = "-Infinity"] = /id > (-?\d+)/.exec(range) ?? [];
      const [, upTo = "Infinity"] = /id <= (-?\d+)/.exec(range) ?? [];
      return { above: Number(above), upTo: Number(upTo) };
    });
    return (id) => ranges.some(({ above, upTo }) => id > above && id <= upTo);
  };
  const query: ReconcilePorts["warehouse"]["query"] = async (sql) => {
    if (sql.includes("ops.ledger_")) return [{ table_name: "lab_t", partition: 0, next_offset: publisher.sent.length }];
    const live = [...mirror].filter(([id, { deleted }]) => (sql.includes("row_name") || !deleted) && bounds(sql)(id));
    if (sql.includes("row_name")) {
      return live.map(([id, { note, version, deleted }]) => ({
        ...{ row_name: String(id), checksum: sumOf(id, note), version, deleted },
      }));
    }
    const [, low = "", high = "", width = ""] =
      /GREATEST\(CAST\(id AS BIGINT\), (\d+)\), (\d+)\) - \d+ AS BIGINT\) \/ (\d+)/.exec(sql) ?? [];
    const sums = new Map<number, { n: number; sum: bigint }>();
    for (const [id, { note }] of live) {
      const bucket = Math.floor((Math.min(Math.max(id, Number(low)), Number(high)) - Number(low)) / Number(width));
      const { n, sum } = sums.get(bucket) ?? { n: 0, sum: 0n };
      sums.set(bucket, { n: n + 1, sum: sum + BigInt(sumOf(id, note)) });
    }
    return [...sums].map(([bucket, { n, sum }]) => ({ bucket, row_count: n, checksum: String(sum) }));
  };
  const ports: ReconcilePorts = {
    ...{ state, source, telemetry, now: () => clock.now, newId: () => "12345678-0000" },
    warehouse: {
      query,
      transaction: async () => {
        log.transactions += 1;
        return { id: "x", rows: [] };
      },
    },
    endOffsets: async () => new Map([["lab_t", [publisher.sent.length]]]),
    publisher: async () => publisher,
    sleep: async () => {
      clock.now += 5_000;
      log.waits += 1;
      log.captured = log.pos;
      await checkpoint();
    },
    remaining: () => clock.budget,
  };
  return { rows, mirror, clock, log, state, publisher, telemetry, ports, checkpoint };
}

async function reconcile(w: ReturnType<typeof world>) {
  await w.checkpoint();
  const plan = await planRun(null, settings, w.ports);
  return continueRun(plan.id, settings, w.ports);
}

describe("a reconciliation", () => {
  it("ends equal, reads no range twice, and leaves keyless tables out with a sentence", async () => {
    const w = world();
    const report = await reconcile(w);
    expect(report).toMatchObject({ done: true, tables: [{ table: "lab_t", verdict: "equal", rows: 20, ranges: 0 }] });
    expect(report.skipped).toEqual([{ table: "lab_log", reason: expect.stringContaining("no key") }]);
  });

  it("names what differs and looks into those ranges only", async () => {
    const w = world();
    w.mirror.set(3, { note: "bent", version: anchorVersion(at(100)), deleted: false });
    w.mirror.delete(12);
    w.mirror.set(99, { note: "extra", version: anchorVersion(at(100)), deleted: false });
    const report = await reconcile(w);
    expect(report.tables).toMatchObject([{ verdict: "different", changed: 1, missing: 1, surplus: 1, ranges: 3 }]);
    expect(w.telemetry.metrics.get("ReconciliationDifferences")).toBe(3);
  });

  it("run again after its end changes nothing", async () => {
    const w = world();
    w.mirror.delete(12);
    const first = await reconcile(w);
    const before = new Map([...w.state.objects].map(([key, { etag }]) => [key, etag]));
    const { transactions } = w.log;
    expect(await continueRun(first.runId, settings, w.ports)).toEqual(first);
    expect(new Map([...w.state.objects].map(([key, { etag }]) => [key, etag]))).toEqual(before);
    expect(w.log.transactions).toBe(transactions);
  });

  it("in slices gives what one run gives", async () => {
    const whole = world();
    const sliced = world();
    for (const w of [whole, sliced]) w.mirror.delete(7);
    await sliced.checkpoint();
    const plan = await planRun(null, settings, sliced.ports);
    let [calls, slices] = [0, 0];
    const ports = { ...sliced.ports, remaining: () => (calls++ % 2 === 0 ? 60_000 : 0) };
    let report = await continueRun(plan.id, settings, ports);
    for (; !report.done; slices += 1) report = await continueRun(plan.id, settings, ports);
    expect(slices).toBeGreaterThan(2);
    expect(report).toEqual(await reconcile(whole));
  });

  it("raises no alarm over a row that the mirror gets while it waits", async () => {
    const w = world();
    w.rows.set(5, "newer");
    w.log.pos = 600;
    await w.checkpoint();
    const plan = await planRun(null, settings, w.ports);
    const sleep = async (ms: number): Promise<void> => {
      w.mirror.set(5, { note: "newer", version: versionOf(at(550), 0, 1), deleted: false });
      await w.ports.sleep(ms);
    };
    expect((await continueRun(plan.id, settings, { ...w.ports, sleep })).tables).toMatchObject([{ verdict: "equal" }]);
    expect(w.log.waits).toBe(1);
  });

  it("gives no verdict when the mirror does not move, and raises no alarm", async () => {
    const w = world();
    w.rows.set(5, "newer");
    w.log.pos = 600;
    await w.checkpoint();
    const plan = await planRun(null, settings, w.ports);
    const sleep = async (): Promise<void> => void (w.clock.now += 10_000);
    const report = await continueRun(plan.id, settings, { ...w.ports, sleep });
    expect(report.tables).toMatchObject([{ verdict: "unconfirmed", changed: 0 }]);
    expect(report.tables[0]?.message).toContain("millrace status");
    expect(w.telemetry.metrics.get("ReconciliationDifferences")).toBe(0);
  });

  it("says so before change capture has started", async () => {
    const w = world();
    w.mirror.delete(5);
    const plan = await planRun(null, settings, w.ports);
    await expect(continueRun(plan.id, settings, w.ports)).rejects.toThrow("millrace snapshot");
  });

  it("ends without a verdict for a table that cannot be read, and goes on with the others", async () => {
    const w = world();
    await w.checkpoint();
    const other = defineTable({ area, name: "u", comment: "", columns, key: ["id"], partitions: 1 });
    const { warehouse } = w.ports;
    const ports: ReconcilePorts = {
      ...w.ports,
      source: {
        ...w.ports.source,
        describeTables: async () =>
          ["t", "u"].map((name) => ({ db: "lab", name, columns: [], primaryKey: [], silentForeignKeys: [] })),
      },
      warehouse: {
        ...warehouse,
        query: async (sql: string) => {
          if (sql.includes("lab_u")) throw new Error("Numeric data overflow");
          return warehouse.query(sql);
        },
      },
    };
    const both = { ...settings, definitions: [other, table] };
    const plan = await planRun(null, both, ports);
    const report = await continueRun(plan.id, both, ports);
    expect(report).toMatchObject({
      done: true,
      tables: [
        { table: "lab_u", verdict: "unconfirmed", message: expect.stringContaining("Numeric data overflow") },
        { table: "lab_t", verdict: "equal", rows: 20 },
      ],
    });
    expect(w.log.transactions).toBe(2);
  });

  it("refuses a table that is not defined", async () => {
    await expect(planRun(["lab_x"], settings, world().ports)).rejects.toThrow("table 'lab_x' is not defined");
  });
});

describe("a repair", () => {
  it("publishes rows that are there as read, others as deletes, above what the mirror has at the same anchor", async () => {
    const w = world();
    w.mirror.set(3, { note: "bent", version: anchorVersion(at(500), 4), deleted: false });
    w.mirror.set(99, { note: "extra", version: anchorVersion(at(100)), deleted: false });
    const { runId } = await reconcile(w);
    for (let twice = 0; twice < 2; twice++) await startRepair(null, ["lab_t"], settings, w.ports);
    w.mirror.set(3, { note: "note 3", version: anchorVersion(at(500), 5), deleted: false });
    w.mirror.set(99, { note: "extra", version: anchorVersion(at(500), 5), deleted: true });
    const report = await continueRun(runId, settings, w.ports);
    expect(w.publisher.sent.map(({ key, record }) => [key, record.op, record.source.pass, record.after])).toEqual([
      ['{"id":3}', "r", 5, { id: 3, note: "note 3" }],
      ['{"id":99}', "d", 5, null],
    ]);
    expect(report.tables).toMatchObject([{ verdict: "equal", repaired: 2, changed: 0, surplus: 0 }]);
  });

  it("has nothing to start from before the first reconciliation, nor for a table that it left out", async () => {
    const w = world();
    await expect(startRepair(null, null, settings, w.ports)).rejects.toThrow("run `millrace reconcile` first");
    await reconcile(w);
    await expect(startRepair(null, ["lab_log"], settings, w.ports)).rejects.toThrow("millrace reconcile lab_log");
  });
});

describe("the verdict about a row", () => {
  const from = placeOf(anchorVersion(at(500)));
  const row = (version: string, checksum = "1", deleted = false) => ({ version, checksum, deleted });
  const [old, newer] = [anchorVersion(at(500), 3), versionOf(at(501), 0, 1)];

  it.each([
    ["equal", "1", row(old), null],
    ["another content", "2", row(old), "changed"],
    ["another content that is newer", "2", row(newer), null],
    ["not in the mirror", "1", undefined, "missing"],
    ["deleted before the read", "1", row(old, "1", true), "missing"],
    ["deleted since", "1", row(newer, "1", true), null],
    ["not at the source", null, row(old), "surplus"],
    ["inserted since", null, row(newer), null],
    ["on neither side", null, row(old, "1", true), null],
  ] as const)("%s", (_, atSource, mirrored, expected) => expect(verdict(atSource, mirrored, from)).toBe(expected));
});
