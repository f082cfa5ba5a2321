import { describe, expect, it } from "@jest/globals";
import { Pace } from "../../../lambdas/capture-snapshot/pace.ts";
import { readWait } from "../../../lambdas/core/copy-wait.ts";
import { memoryStore } from "../../support/memory-store.ts";
import { recordingTelemetry } from "../../support/recording.ts";

function world(reasons: (string | null)[], rowsPerSecond = 0, endsAt = Infinity) {
  let time = 0;
  const state = memoryStore();
  const telemetry = recordingTelemetry();
  const waits: (string | null)[] = [];
  const pace = new Pace(
    { sourceName: "source", table: "shop_orders", rowsPerSecond },
    {
      ...{ state, telemetry, now: () => time, mayGoOn: () => time < endsAt },
      sleep: async (ms) => {
        time += ms;
        waits.push((await readWait(state, "source", time))?.reason ?? null);
      },
      load: { hindrance: async () => reasons.shift() ?? null },
    },
  );
  return { pace, state, telemetry, waits, now: () => time };
}

describe("the pace of a copy", () => {
  it("waits until nothing speaks against reading; status and metric say for what and how long", async () => {
    const { pace, state, telemetry, waits, now } = world(["busy", "lag", "lag", null]);
    const first = await pace.hindrance();
    expect(first).toBe("busy");
    expect(await pace.untilFree(first ?? "")).toBe(true);
    expect(waits).toEqual(["busy", "lag", "lag"]);
    expect(now()).toBe(3_000);
    expect(telemetry.metrics.get("SnapshotThrottledSeconds")).toBe(3);
    expect(await readWait(state, "source", now())).toBeNull();
  });

  it("looks once a second and no more", async () => {
    const { pace } = world([null, "busy"]);
    expect(await pace.hindrance()).toBeNull();
    expect(await pace.hindrance()).toBeNull();
  });

  it("ends with the invocation's time; the note stays for the next one to renew, and grows old without one", async () => {
    const { pace, state, now } = world(Array<string>(100).fill("busy"), 0, 30_000);
    expect(await pace.untilFree("busy")).toBe(false);
    expect(now()).toBe(30_000);
    expect(await readWait(state, "source", now())).toMatchObject({ table: "shop_orders", reason: "busy" });
    expect(await readWait(state, "source", now() + 3_600_000)).toBeNull();
  });

  it("gives no rows for the time that was waited", async () => {
    const { pace, now } = world(["busy", "busy", null], 10);
    await pace.took(10);
    expect(now()).toBe(1_000);
    await pace.untilFree("busy");
    const free = now();
    await pace.took(10);
    expect(now() - free).toBe(1_000);
  });

  it("keeps to its rate no longer than the invocation lasts", async () => {
    const { pace, now } = world([], 1, 5_000);
    await pace.took(3_600);
    expect(now()).toBe(5_000);
  });
});
