import { describe, expect, it } from "@jest/globals";
import { loaded, measure, report, status } from "../../../lambdas/measure-lag/measure-lag.ts";
import type { MeasureLagPorts, MeasureLagSettings } from "../../../lambdas/measure-lag/measure-lag.ts";
import { clearError, noteError } from "../../../lambdas/core/last-error.ts";
import { noteAnchor } from "../../../lambdas/core/newest-anchor.ts";
import { checkpointKey, snapshotFinishKey } from "../../../lambdas/core/state-keys.ts";
import { offices } from "../../../schemas/sources/classicmodels/offices.ts";
import { orders } from "../../../schemas/sources/classicmodels/orders.ts";
import { memoryStore } from "../../support/memory-store.ts";
import { recordingTelemetry } from "../../support/recording.ts";

const settings: MeasureLagSettings = {
  sourceName: "test",
  cluster: "millrace-test",
  definitions: [orders, offices],
  starTables: new Set(["classicmodels_orders"]),
};

interface World {
  checkpoint: number;
  landed: readonly (number | null)[];
  loaded: readonly number[];
  touched: number;
  /** The server that answers. @default - the one that was captured */
  server?: string;
  /** Seconds that it is behind the one it replicates from. @default - it is no replica */
  behind?: number | null;
}

/** Topic orders ends at [5, 3]; offices is empty. */
function world({ checkpoint, landed, loaded: positions, touched, server = "s", behind = null }: World) {
  const state = memoryStore();
  const position = { epoch: 1, file: "binlog.000002", pos: checkpoint };
  const saved = { position, sent: null, gtid: null, server: "s", turn: 0, owner: "", committedAt: 4_000 };
  const body = Buffer.from(JSON.stringify({ ...saved, savedAt: new Date(9_000).toISOString() }));
  state.objects.set(checkpointKey("test"), { body, etag: '"0"' });
  const finish = Buffer.from(JSON.stringify({ rows: 8, endOffsets: { classicmodels_orders: [5, 2] } }));
  state.objects.set(snapshotFinishKey("s1"), { body: finish, etag: '"0"' });
  const telemetry = recordingTelemetry();
  const ports: MeasureLagPorts = {
    state,
    telemetry,
    now: () => 10_000,
    openSource: async () => ({
      currentPlace: async () => ({ file: "binlog.000002", pos: 700, gtid: null, server }),
      replication: async () => (behind === null ? null : { from: "primary:3306", behindSeconds: behind }),
      close: async () => undefined,
    }),
    endOffsets: async () =>
      new Map([
        ["classicmodels_orders", [5, 3]],
        ["classicmodels_offices", [0]],
      ]),
    committedOffsets: async () => new Map([["classicmodels_orders", landed]]),
    warehouse: {
      query: async (sql) => {
        if (sql.includes("last_offset")) {
          return positions.map((next, partition) => ({
            table_name: "classicmodels_orders",
            partition,
            next_offset: next,
          }));
        }
        if (sql.includes("row_count")) return [{ table_name: "classicmodels_orders", row_count: 8 }];
        return [{ table_name: "classicmodels_orders", touched }];
      },
      transaction: async () => ({ id: "", rows: [] }),
    },
  };
  return { ports, state, telemetry };
}

const through: World = { checkpoint: 700, landed: [5, 3], loaded: [5, 3], touched: 0 };

describe("status", () => {
  it("is caught up when every stage is past the source's newest position", async () => {
    const found = await status(settings, world(through).ports);
    expect(found).toMatchObject({
      caughtUp: true,
      mark: { file: "binlog.000002", pos: 700 },
      capture: { lagSeconds: 0 },
    });
    expect(found.tables[0]).toEqual({
      table: "classicmodels_orders",
      published: 8,
      landed: 8,
      loaded: 8,
      starred: 8,
      lastError: null,
      held: null,
      resync: [],
      cascades: [],
    });
  });

  it("names the facility that gave the newest snapshot its place, once there is one", async () => {
    const { ports } = world(through);
    expect((await status(settings, ports)).capture?.anchor).toBeNull();
    const place = { file: "binlog.000001", pos: 157 };
    const origin = { gtid: null, server: "s", serverId: 1, flavour: "mysql", takenAt: 1 } as const;
    await noteAnchor("test", { ...place, ...origin, facility: "log_status" }, ports.state);
    expect((await status(settings, ports)).capture?.anchor).toEqual({ ...place, facility: "log_status" });
  });

  it.each<[string, Partial<World>]>([
    ["capture is behind", { checkpoint: 600 }],
    ["one partition is not loaded", { loaded: [5, 2] }],
    ["one partition was never loaded", { loaded: [5] }],
    ["keys wait for the star", { touched: 1 }],
    ["another server answers than the one that was captured", { server: "other" }],
  ])("is not caught up while %s", async (_, change) => {
    expect((await status(settings, world({ ...through, ...change }).ports)).caughtUp).toBe(false);
  });

  it("is as far behind as the replica that it captures from", async () => {
    const { ports, telemetry } = world({ ...through, behind: 40 });
    expect((await measure(settings, ports)).capture?.sourceLagSeconds).toBe(40);
    expect(telemetry.metrics.get("SourceReplicaLagSeconds")).toBe(40);
    expect(telemetry.metrics.get("CaptureLagSeconds")).toBe(40);
  });

  it("measures against the mark it is given", async () => {
    const { ports } = world({ ...through, checkpoint: 600 });
    expect((await status(settings, ports, { file: "binlog.000002", pos: 600 })).caughtUp).toBe(true);
    expect((await status(settings, ports, { file: "binlog.000003", pos: 4 })).caughtUp).toBe(false);
  });

  it("is caught up with its mark though the source goes on writing", async () => {
    const first = await status(settings, world({ ...through, loaded: [5, 2] }).ports);
    expect(first).toMatchObject({ caughtUp: false, mark: { ends: { classicmodels_orders: [5, 3] } } });
    const later = world({ ...through, loaded: [5, 3] });
    const busy = { ...later.ports, endOffsets: async () => new Map([["classicmodels_orders", [50, 30]]]) };
    expect((await status(settings, busy, first.mark)).caughtUp).toBe(true);
    expect((await status(settings, busy)).caughtUp).toBe(false);
  });

  it("counts only keys of loads that hold records before its mark", async () => {
    const { ports } = world(through);
    const asked: string[] = [];
    const query = async (sql: string) => {
      asked.push(sql);
      return ports.warehouse.query(sql);
    };
    const listening = { ...ports, warehouse: { ...ports.warehouse, query } };
    await status(settings, listening, { file: "binlog.000002", pos: 1, ends: { classicmodels_orders: [5, 3] } });
    expect(asked.join()).toContain('("partition" = 0 AND first_offset < 5) OR ("partition" = 1 AND first_offset < 3)');
  });

  it("tells the newest failure of a table until it is cleared", async () => {
    const { ports, state } = world(through);
    await noteError(state, () => 1, "land-batch", "classicmodels_orders", new Error("older"));
    await noteError(state, () => 2, "load-warehouse", "classicmodels_orders", new Error("newer"));
    expect((await status(settings, ports)).tables[0]?.lastError).toBe("newer");
    await clearError(state, "load-warehouse", "classicmodels_orders");
    expect((await status(settings, ports)).tables[0]?.lastError).toBe("older");
  });

  it("answers before anything was copied", async () => {
    const { ports, state } = world({ ...through, loaded: [], landed: [null, null] });
    state.objects.delete(checkpointKey("test"));
    expect(await status(settings, ports)).toMatchObject({ capture: null, caughtUp: false });
  });
});

describe("measure", () => {
  it("publishes the lag of each stage", async () => {
    const { ports, telemetry } = world({ checkpoint: 600, landed: [5, 1], loaded: [4, 1], touched: 0 });
    await measure(settings, ports);
    expect(Object.fromEntries(telemetry.metrics)).toEqual({
      CaptureLagSeconds: 6,
      LandLagRecords: 2,
      LoadLagRecords: 1,
    });
  });

  const captureLag = async ({ ports, telemetry }: ReturnType<typeof world>) => {
    await measure(settings, ports);
    return new Map(telemetry.metrics).get("CaptureLagSeconds");
  };

  it("is behind nothing before the first copy", async () => {
    const fresh = world({ ...through, loaded: [], landed: [null, null] });
    fresh.state.objects.delete(checkpointKey("test"));
    const empty = async () => new Map([["classicmodels_orders", [0, 0]]]);
    expect(await captureLag({ ...fresh, ports: { ...fresh.ports, endOffsets: empty } })).toBe(0);
  });

  it("says nothing, which is an alarm, when the checkpoint of what was captured is gone", async () => {
    const lost = world(through);
    lost.state.objects.delete(checkpointKey("test"));
    expect(await captureLag(lost)).toBeUndefined();
  });

  it("rises while capture stands still and the source goes on", async () => {
    const stopped = world({ ...through, checkpoint: 600 });
    expect(await captureLag({ ...stopped, ports: { ...stopped.ports, now: () => 304_000 } })).toBe(300);
  });
});

describe("loaded and report", () => {
  it("waits for what the snapshot published, not for later changes", async () => {
    expect(await loaded("s1", settings, world({ ...through, loaded: [5, 2] }).ports)).toEqual({
      loaded: true,
      missing: 0,
    });
    expect(await loaded("s1", settings, world({ ...through, loaded: [3, 2] }).ports)).toEqual({
      loaded: false,
      missing: 2,
    });
  });

  it("reports the rows that analysts see, again and again alike", async () => {
    const { ports } = world(through);
    const first = await report("s1", settings, ports);
    expect(first).toEqual({ snapshotId: "s1", rows: 8, tables: [{ table: "classicmodels_orders", rows: 8 }] });
    expect(await report("s1", settings, ports)).toEqual(first);
  });

  it("names the snapshot that is not finished", async () => {
    await expect(loaded("s2", settings, world(through).ports)).rejects.toThrow(/'s2' is not finished/);
  });
});
