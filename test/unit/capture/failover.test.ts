import { describe, expect, it } from "@jest/globals";
import { followFailover } from "../../../lambdas/capture-changes/failover.ts";
import type { Lease, SavedPlace } from "../../../lambdas/capture-changes/lease.ts";
import type { Checkpoint } from "../../../lambdas/core/checkpoint.ts";
import { PositionLostError } from "../../../lambdas/core/errors.ts";
import { noteCopied, notePlanned } from "../../../lambdas/core/table-facts.ts";
import type { TableCopy } from "../../../lambdas/core/table-facts.ts";
import { memoryStore } from "../../support/memory-store.ts";
import { recordingTelemetry } from "../../support/recording.ts";

const checkpoint: Checkpoint = {
  position: { epoch: 3, file: "binlog.000007", pos: 900 },
  sent: null,
  gtid: "0-1-9",
  server: "1",
  turn: 4,
  owner: "us",
  savedAt: new Date(0).toISOString(),
  committedAt: 5_000,
};
const copy: TableCopy = {
  ...{ snapshotId: "s1", kind: "copy", pass: 0, takenAt: 1, columns: ["id"] },
  anchor: { epoch: 3, file: "binlog.000006", pos: 4 },
};

function world(change: Partial<Checkpoint> = {}, held = "0-1-9") {
  const saved: SavedPlace[] = [];
  const asked: string[] = [];
  const lease: Lease = {
    checkpoint: { ...checkpoint, ...change },
    save: async (next) => void saved.push(next),
    caughtUp: () => undefined,
    lose: async () => undefined,
    stick: async () => undefined,
    release: async () => undefined,
  };
  const source = {
    placeAfter: async (gtid: string) => {
      asked.push(gtid);
      if (!gtid.endsWith(held)) throw new PositionLostError(`it never got ${gtid}`);
      return { file: "binlog.000002", pos: 400 };
    },
  };
  const ports = { state: memoryStore(), telemetry: recordingTelemetry() };
  const follow = () => followFailover(source, "2", lease, ["lab_items"], ports);
  return { follow, saved, asked, ...ports };
}

describe("followFailover", () => {
  it("saves the place at the new server, in the next epoch, before anything is read there", async () => {
    const { follow, saved, telemetry } = world();
    const position = { epoch: 4, file: "binlog.000002", pos: 400 };
    expect(await follow()).toMatchObject({ position, server: "2", gtid: "0-1-9", sent: null });
    expect(saved).toEqual([{ position, created: null, sent: null, server: "2", gtid: "0-1-9", committedAt: 5_000 }]);
    expect(telemetry.metrics.get("SourceFailovers")).toBe(1);
  });

  it("asks for a transaction that was sent in part as well, and begins before it", async () => {
    const sent = { file: "binlog.000007", pos: 950, row: 3, gtid: "0-1-10" };
    const { follow, asked } = world({ sent }, "");
    expect((await follow()).sent).toBeNull();
    expect(asked).toEqual(["0-1-9,0-1-10", "0-1-9"]);
    await expect(world({ sent }).follow()).rejects.toThrow("it never got 0-1-9,0-1-10");
  });

  it.each<[string, Partial<Checkpoint>, string]>([
    ["there are no GTIDs", { gtid: null }, "gtid_mode = ON"],
    ["a run has died", { ahead: true }, "without saying how far it got"],
    ["capture was lost before", { lost: "purged" }, "lost its place before: purged"],
    ["a part has no GTID", { sent: { file: "binlog.000007", pos: 950, row: 3 } }, "without GTID was sent in part"],
  ])("refuses when %s, and saves nothing", async (_, change, sentence) => {
    const { follow, saved } = world(change);
    await expect(follow()).rejects.toMatchObject({ name: "PositionLostError", kind: "failover" });
    await expect(follow()).rejects.toThrow(sentence);
    expect(saved).toEqual([]);
  });

  it("refuses while a copy is read, or when one was read beyond the checkpoint", async () => {
    const running = world();
    await notePlanned(running.state, "lab_items", copy);
    await expect(running.follow()).rejects.toThrow("copies of lab_items had read what was not captured yet");
    await noteCopied(running.state, "lab_items", { ...copy, end: { ...checkpoint.position, pos: 901 } });
    await expect(running.follow()).rejects.toThrow("copies of lab_items");
    await noteCopied(running.state, "lab_items", { ...copy, end: checkpoint.position });
    await expect(running.follow()).resolves.toBeDefined();
  });
});
