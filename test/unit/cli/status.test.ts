import { describe, expect, it } from "@jest/globals";
import { answerOf, untilCaughtUp } from "../../../cli/status.ts";
import { statusText } from "../../../cli/status-text.ts";
import type { PipelineStatus, StatusMark } from "../../../lambdas/core/events.ts";

const mark = { file: "binlog.000003", pos: 900 };
const table = (name: string, starred: number, lastError: string | null = null) => ({
  table: name,
  published: 10,
  landed: 9,
  loaded: 7,
  starred,
  lastError,
  held: null,
  resync: [],
});
const found = (caughtUp: boolean): PipelineStatus => ({
  mark,
  capture: {
    file: "binlog.000003",
    pos: 800,
    lagSeconds: 1.25,
    savedAt: "2025-01-01T00:00:00Z",
    anchor: { facility: "gtid_executed", file: "binlog.000001", pos: 157 },
  },
  tables: [table("shop_orders", 6), table("shop_items", 7, "COPY refused")],
  caughtUp,
});
const endpoints = { source: "mysql://127.0.0.1:1", kafka: "kafka://127.0.0.1:2", aws: null, warehouse: null };

describe("status", () => {
  it("says how far each stage of each table is behind", () => {
    const answer = answerOf("local", endpoints, found(false));
    expect(answer.tables[0]?.lag).toEqual({ land: 1, load: 2, star: 1 });
    expect(answer).toMatchObject({ stage: "local", caughtUp: false, endpoints, mark });
  });

  it("reads well: positions, lag, last error, what to connect to", () => {
    const text = statusText(answerOf("local", endpoints, found(false)));
    expect(text).toContain("binlog.000003:800, 1.3 s behind");
    expect(text).toContain("newest snapshot at binlog.000001:157, by gtid_executed");
    expect(text).toContain("COPY refused");
    expect(text).toContain("mysql://127.0.0.1:1");
    expect(text).not.toContain("null");
  });

  it("says what to do when nothing was ever captured", () => {
    expect(statusText(answerOf("dev", endpoints, { ...found(false), capture: null }))).toContain("millrace snapshot");
  });
});

describe("untilCaughtUp", () => {
  it("asks again relative to the first answer's mark until all is through", async () => {
    const marks: (StatusMark | undefined)[] = [];
    const result = await untilCaughtUp(async (given) => {
      marks.push(given);
      return found(marks.length === 2);
    });
    expect(result.caughtUp).toBe(true);
    expect(marks).toEqual([undefined, mark]);
  });

  it("gives up when the time is over and names what is behind", async () => {
    let time = 0;
    const attempt = untilCaughtUp(
      async () => found(false),
      0.001,
      () => time++,
    );
    await expect(attempt).rejects.toThrow("shop_orders, shop_items are behind");
  });
});
