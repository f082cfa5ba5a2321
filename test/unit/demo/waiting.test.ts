import { describe, expect, it } from "@jest/globals";
import type { PipelineStatus } from "../../../lambdas/core/events.ts";
import { createProgress } from "../../../localstack/demo/progress/progress.ts";
import { plainProgress } from "../../../localstack/demo/progress/plain.ts";
import { watchForStall, whereItStands } from "../../../localstack/demo/run/stall.ts";

const status = (loaded: number, lastError: string | null = null): PipelineStatus => ({
  mark: { file: "binlog.000001", pos: 900 },
  capture: {
    file: "binlog.000001",
    pos: 900,
    lagSeconds: 0,
    sourceLagSeconds: null,
    lost: null,
    stuck: null,
    savedAt: "",
    anchor: null,
  },
  copyWaits: null,
  tables: [
    {
      table: "shop_orders",
      published: 10,
      landed: 10,
      loaded,
      starred: loaded,
      lastError,
      held: null,
      resync: [],
      cascades: [],
    },
  ],
  caughtUp: false,
});

describe("watchForStall", () => {
  it("lets slowness pass and reports standstill, with the stage and its last error", () => {
    let time = 0;
    const watch = watchForStall("changes", () => time);
    for (let loaded = 0; loaded < 5; loaded++) {
      time += 170_000;
      watch.look(status(loaded));
    }
    time += 181_000;
    const attempt = () => watch.look(status(4, "COPY refused"));
    attempt();
    time += 181_000;
    expect(attempt).toThrow(/nothing has moved for 180 s/);
    expect(attempt).toThrow(/shop_orders: 10 published, 10 landed, 4 loaded, 4 in mart; last error: COPY refused/);
  });

  it("says when change capture has not started", () => {
    expect(whereItStands({ ...status(10), capture: null })).toBe("Change capture has not started.");
  });
});

describe("progress", () => {
  const lines: string[] = [];
  let time = 0;
  const progress = plainProgress(
    (line) => lines.push(line),
    () => (time += 1_000),
    0,
  );

  it("gives what the steps give", async () => {
    const results = await progress.together(
      { a: { title: "A", work: async () => 1 }, b: { title: "B", work: async () => "x" } },
      () => undefined,
    );
    expect(results).toEqual({ a: 1, b: "x" });
    expect(lines.join("\n")).toMatch(/A \.\.\./);
    expect(lines.join("\n")).toMatch(/B: done in \d/);
  });

  it("ends the others when one fails, waits for them, and throws the first failure", async () => {
    const order: string[] = [];
    let end: () => void = () => undefined;
    const ended = new Promise<void>((resolve) => (end = resolve));
    const other = async () => {
      await ended;
      order.push("other ended");
      throw new Error("echo");
    };
    const failing = async () => {
      throw new Error("the cause");
    };
    const attempt = progress.together({ a: { title: "A", work: other }, b: { title: "B", work: failing } }, () => {
      order.push("told");
      end();
    });
    await expect(attempt).rejects.toThrow("the cause");
    expect(order).toEqual(["told", "other ended"]);
  });

  it("shows failures whatever the way of showing", async () => {
    const silent = createProgress(
      async (steps) => {
        await Promise.allSettled(steps.map(({ run }) => run(() => undefined)));
      },
      () => undefined,
    );
    await expect(silent.step("x", async () => Promise.reject(new Error("no")))).rejects.toThrow("no");
  });
});
