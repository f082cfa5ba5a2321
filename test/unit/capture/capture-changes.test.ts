import { describe, expect, it } from "@jest/globals";
import { captureChanges } from "../../../lambdas/capture-changes/capture-changes.ts";
import type { CaptureChangesPorts, CaptureChangesRequest } from "../../../lambdas/capture-changes/capture-changes.ts";
import type { BinlogEvent, LogPlace, OpenBinlog } from "../../../lambdas/core/capture-ports.ts";
import { parseCheckpoint } from "../../../lambdas/core/checkpoint.ts";
import type { Checkpoint } from "../../../lambdas/core/checkpoint.ts";
import { BinlogUnsupportedError } from "../../../lambdas/adapters/binlog/index.ts";
import { TransientError } from "../../../lambdas/core/errors.ts";
import { recordVersion } from "../../../lambdas/core/record.ts";
import { checkpointKey } from "../../../lambdas/core/state-keys.ts";
import type { AnyTable } from "../../../schemas/model/table.ts";
import { orders } from "../../../schemas/sources/classicmodels/orders.ts";
import { memoryStore } from "../../support/memory-store.ts";
import { asSource, facts } from "../../support/source.ts";
import { recordingPublisher, recordingTelemetry } from "../../support/recording.ts";

const KEY = checkpointKey("test");
const place = (pos: number): LogPlace => ({ file: "binlog.000001", pos });
const row = (n: number, status: string): string => JSON.stringify({ orderNumber: n, status });
const key = (n: number): string => JSON.stringify({ orderNumber: n });

/** Two transactions: three rows in two events, then an update of a key and a TRUNCATE. */
const log: readonly BinlogEvent[] = [
  { kind: "begin", place: place(100), gtid: "0-1-1", serverId: 1, committedAt: 1_000 },
  {
    kind: "rows",
    table: orders,
    op: "c",
    place: place(120),
    firstRow: 0,
    unknownColumns: [],
    rows: [1, 2].map((n) => ({ before: null, after: row(n, "new"), key: key(n), keyBefore: null })),
  },
  {
    kind: "rows",
    table: orders,
    op: "d",
    place: place(150),
    firstRow: 0,
    unknownColumns: [],
    rows: [{ before: row(3, "old"), after: null, key: key(3), keyBefore: null }],
  },
  { kind: "commit", next: place(200), gtid: "0-1-1" },
  { kind: "begin", place: place(200), gtid: "0-1-2", serverId: 1, committedAt: 2_000 },
  {
    kind: "rows",
    table: orders,
    op: "u",
    place: place(220),
    firstRow: 0,
    unknownColumns: ["colour"],
    rows: [{ before: row(1, "new"), after: row(9, "new"), key: key(9), keyBefore: key(1) }],
  },
  { kind: "commit", next: place(300), gtid: "0-1-2" },
  {
    kind: "ddl",
    verb: "truncate",
    tables: [{ db: "classicmodels", name: "orders" }],
    place: place(300),
    next: place(350),
    committedAt: 3_000,
    statement: "TRUNCATE orders",
  },
];

const first: Checkpoint = {
  position: { epoch: 1, ...place(100) },
  sent: null,
  gtid: null,
  server: "s1",
  turn: 0,
  owner: "",
  savedAt: new Date(0).toISOString(),
  committedAt: null,
};

/** Events from the position asked for on, then silence until the run stops. */
const replay = (events: readonly BinlogEvent[]): OpenBinlog =>
  async function* ({ from, signal }) {
    const start = events.findIndex((event) => "place" in event && event.place.pos >= from.pos);
    if (start >= 0) yield events.slice(start);
    await new Promise<void>((resolve) => {
      if (signal.aborted) resolve();
      signal.addEventListener("abort", () => resolve());
    });
  };

function world(checkpoint: Checkpoint | null, openBinlog = replay(log)) {
  const state = memoryStore();
  if (checkpoint !== null) state.objects.set(KEY, { body: Buffer.from(JSON.stringify(checkpoint)), etag: '"0"' });
  const publisher = recordingPublisher();
  const telemetry = recordingTelemetry();
  let time = 100_000;
  const handovers: string[] = [];
  const ports: CaptureChangesPorts = {
    state,
    openBinlog,
    openPublisher: async () => publisher,
    openSource: async () => ({
      currentPlace: async () => ({ ...place(350), gtid: null, server: "s1" }),
      placeAfter: async () => place(4),
      describeTables: async () => [asSource(orders)],
      facts: async () => facts,
      close: async () => undefined,
    }),
    invokeNext: async (owner) => {
      handovers.push(owner);
    },
    telemetry,
    now: () => time,
    sleep: async (ms) => {
      await new Promise((resolve) => setImmediate(resolve));
      time += ms;
    },
    newId: () => `run-${time}`,
  };
  const saved = (): Checkpoint => parseCheckpoint(state.objects.get(KEY)?.body.toString("utf8") ?? "", KEY);
  return { ports, publisher, telemetry, handovers, saved, state };
}

const request: CaptureChangesRequest = {
  sourceName: "test",
  tables: [orders],
  serverIdBase: 5_000,
  runSeconds: 30,
  handover: false,
};

describe("captureChanges", () => {
  it("publishes each row at its place, and the checkpoint ends after the last event", async () => {
    const { ports, publisher, saved, telemetry } = world(first);
    const outcome = await captureChanges(request, ports);
    expect(outcome).toEqual({ status: "released", rows: 4 });
    expect(publisher.sent.map((s) => [s.key, s.record.op, s.record.source.pos, s.record.source.row])).toEqual([
      [key(1), "c", 120, 0],
      [key(2), "c", 120, 1],
      [key(3), "d", 150, 0],
      [key(1), "d", 220, 0],
      [key(9), "c", 220, 0],
      [null, "t", 300, 0],
    ]);
    expect(saved()).toMatchObject({ position: { file: "binlog.000001", pos: 350, epoch: 1 }, sent: null, owner: "" });
    expect(telemetry.lines.join()).toContain("colour");
  });

  it.each([
    ["its database is gone", async () => []],
    ["others of its database are there", async () => [{ ...asSource(orders), name: "offices" }]],
  ])("captures a table that the source does not show when the run begins: %s", async (_, describeTables) => {
    const { ports, publisher, saved } = world(first);
    const asked: (readonly AnyTable[])[] = [];
    const openBinlog: OpenBinlog = (stream) => {
      asked.push(stream.tables);
      return ports.openBinlog(stream);
    };
    const openSource = async () => ({ ...(await ports.openSource()), describeTables });
    expect(await captureChanges(request, { ...ports, openBinlog, openSource })).toMatchObject({ rows: 4 });
    expect(asked).toEqual([[orders]]);
    expect(publisher.sent.map((s) => s.record.op)).toEqual(["c", "c", "d", "d", "c", "t"]);
    expect(saved().position.pos).toBe(350);
  });

  it("replays with the same versions: a second run from the same checkpoint changes nothing", async () => {
    const versions = async (): Promise<string[]> => {
      const { ports, publisher } = world(first);
      await captureChanges(request, ports);
      return publisher.sent.map((s) => `${s.key}:${recordVersion(s.record.op, s.record.source, 1)}`);
    };
    expect(await versions()).toEqual(await versions());
  });

  it("resumes inside a transaction after the last row sent", async () => {
    const { ports, publisher } = world({ ...first, sent: { file: "binlog.000001", pos: 120, row: 0 } });
    await captureChanges(request, ports);
    expect(publisher.sent.map((s) => s.key).slice(0, 2)).toEqual([key(2), key(3)]);
  });

  it("calls its successor in time and stops when that one has taken the lease", async () => {
    const { ports, state, handovers } = world(first);
    const takeover: CaptureChangesPorts = {
      ...ports,
      invokeNext: async (owner) => {
        await ports.invokeNext(owner);
        await captureChanges({ ...request, handover: true }, { ...ports, newId: () => "successor" });
      },
    };
    const outcome = await captureChanges(request, takeover);
    expect(handovers).toHaveLength(2);
    expect(outcome.status).toBe("handed-over");
    expect(parseCheckpoint(state.objects.get(KEY)?.body.toString("utf8") ?? "", KEY).turn).toBe(2);
  });

  it("takes over though the holder saves between its read and its write", async () => {
    const { ports, state } = world({ ...first, owner: "holder", savedAt: new Date(99_500).toISOString() });
    const saves = 2;
    let seen = 0;
    const get: typeof state.get = async (name) => {
      const found = await state.get(name);
      if (found !== null && ++seen <= saves) await state.put(name, found.body);
      return found;
    };
    const successor = { ...ports, state: { ...state, get } };
    expect((await captureChanges({ ...request, handover: true }, successor)).status).toBe("released");
    seen = 0;
    expect((await captureChanges(request, successor)).status).toBe("busy");
  });

  it("leaves a fresh lease alone and takes an old one", async () => {
    const fresh = world({ ...first, owner: "other", savedAt: new Date(95_000).toISOString() });
    expect(await captureChanges(request, fresh.ports)).toEqual({ status: "busy", rows: 0 });
    const old = world({ ...first, owner: "other", savedAt: new Date(60_000).toISOString() });
    expect((await captureChanges(request, old.ports)).status).toBe("released");
  });

  it("does nothing before a copy was planned", async () => {
    expect(await captureChanges(request, world(null).ports)).toEqual({ status: "no-checkpoint", rows: 0 });
  });

  it("never saves what Kafka has not acknowledged", async () => {
    const { ports, publisher, saved } = world(first);
    publisher.failFlush = new TransientError("broker away");
    await expect(captureChanges(request, ports)).rejects.toThrow("broker away");
    expect(saved().position.pos).toBe(100);
  });

  it("refuses a position of another server and names both", async () => {
    const { ports } = world({ ...first, server: "s0" });
    await expect(captureChanges(request, ports)).rejects.toThrow(/server s1 answers instead of s0, and without GTIDs/);
  });

  it("notes that its place is lost, until it moves on again", async () => {
    const { ports, saved } = world({ ...first, server: "s0" });
    await expect(captureChanges(request, ports)).rejects.toMatchObject({ name: "PositionLostError" });
    expect(saved().owner).toBe("");
    expect(saved().lost).toContain("s1 answers instead of s0");
    const back = world({ ...saved(), server: "s1" });
    await captureChanges(request, back.ports);
    expect(back.saved().lost).toBeUndefined();
  });

  it("notes what it cannot read behind its place, wishes for nothing, and forgets it once it moves on", async () => {
    const { ports, saved, state, telemetry } = world(first, async function* ({ from, signal }) {
      yield* replay(log.slice(0, 4))({ from, signal: AbortSignal.abort(), tables: [], gtid: null, serverId: 1 });
      if (!signal.aborted) throw new BinlogUnsupportedError("a session logged a statement");
    });
    for (let tries = 1; tries <= 2; tries++) {
      await expect(captureChanges(request, ports)).rejects.toThrow("a session logged a statement");
      expect(saved()).toMatchObject({ position: { pos: 200 }, stuck: "a session logged a statement", owner: "" });
    }
    expect(telemetry.lines.join()).toContain("RUNBOOK.md#capture-lag");
    expect([...state.objects.keys()].filter((name) => name.includes("wishes"))).toEqual([]);
    const on = world(saved());
    await captureChanges(request, on.ports);
    expect(on.saved()).toMatchObject({ position: { pos: 350 } });
    expect(on.saved().stuck).toBeUndefined();
  });

  describe("a run that ends while its pump still publishes", () => {
    const three: readonly BinlogEvent[] = [1, 2, 3].flatMap((n): BinlogEvent[] => [
      { kind: "begin", place: place(n * 100), gtid: `0-1-${n}`, serverId: 1, committedAt: 1_000 },
      {
        ...{ kind: "rows", table: orders, op: "c", place: place(n * 100 + 20), firstRow: 0, unknownColumns: [] },
        rows: [{ before: null, after: row(n, "new"), key: key(n), keyBefore: null }],
      },
      { kind: "commit", next: place(n * 100 + 100), gtid: `0-1-${n}` },
    ]);
    /** The producer's buffer is full from the first row on, until `open` says otherwise. */
    const blocked = (isOpen: (test: ReturnType<typeof world>, time: number) => boolean) => {
      const test = world(first, replay(three));
      const { publisher, ports } = test;
      const send = publisher.send.bind(publisher);
      publisher.send = (...record) => send(...record) && false;
      publisher.drained = async () => {
        while (!isOpen(test, ports.now())) await new Promise((resolve) => setImmediate(resolve));
      };
      return test;
    };
    const end = 100_000 + request.runSeconds * 1_000;

    it("says how far the rest of its batch got", async () => {
      let turns = 0;
      const { ports, publisher, saved } = blocked((_, time) => time >= end && ++turns > 5);
      expect((await captureChanges(request, ports)).status).toBe("released");
      expect(publisher.sent).toHaveLength(3);
      expect(saved()).toMatchObject({ position: { pos: 400 }, gtid: "0-1-3", sent: null, owner: "", ahead: false });
    });

    it("does not wait for ever, and says that it does not know", async () => {
      const { ports, publisher, saved } = blocked(({ saved: now }) => now().owner === "" && now().turn === 1);
      expect((await captureChanges(request, ports)).status).toBe("released");
      expect(publisher.sent).toHaveLength(3);
      expect(saved()).toMatchObject({ position: { pos: 100 }, owner: "", ahead: true });
    });
  });

  it("says that it does not know how far it got when it fails between the rows of an event", async () => {
    const { ports, publisher, saved } = world(first);
    const send = publisher.send.bind(publisher);
    publisher.send = (...record) => send(...record) && false;
    publisher.drained = async () => {
      throw new TransientError("broker away");
    };
    await expect(captureChanges(request, ports)).rejects.toThrow("broker away");
    expect(publisher.sent).toHaveLength(1);
    expect(saved()).toMatchObject({ position: { pos: 100 }, sent: null, ahead: true });
  });

  it("nor when what it sent before an event that it cannot read is not acknowledged", async () => {
    const { ports, publisher, saved } = world(first, async function* () {
      yield log.slice(0, 4);
      throw new BinlogUnsupportedError("a session used XA");
    });
    publisher.failFlush = new TransientError("broker away");
    await expect(captureChanges(request, ports)).rejects.toThrow("a session used XA");
    expect(saved()).toMatchObject({ position: { pos: 100 }, stuck: "a session used XA", owner: "", ahead: true });
  });

  it("says which checkpoint cannot be read", async () => {
    const { ports, state } = world(first);
    state.objects.set(KEY, { body: Buffer.from("{"), etag: '"0"' });
    await expect(captureChanges(request, ports)).rejects.toThrow(KEY);
  });

  it("ends with the error when the stream ends by itself", async () => {
    const { ports } = world(first, async function* () {
      yield log.slice(0, 4);
    });
    await expect(captureChanges(request, ports)).rejects.toMatchObject({ name: "TransientError", retryable: true });
  });
});
