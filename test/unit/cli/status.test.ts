import { describe, expect, it } from "@jest/globals";
import { askSources } from "../../../cli/source-status.ts";
import type { DeploymentStatus } from "../../../cli/source-status.ts";
import { answerOf, withoutPassword } from "../../../cli/status.ts";
import { statusText } from "../../../cli/status-text.ts";
import { untilCaughtUp } from "../../../cli/until-caught-up.ts";
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
  cascades: [],
});
const found = (caughtUp: boolean): PipelineStatus => ({
  mark,
  capture: {
    file: "binlog.000003",
    pos: 800,
    lagSeconds: 1.25,
    sourceLagSeconds: null,
    lost: null,
    stuck: null,
    savedAt: "2025-01-01T00:00:00Z",
    anchor: { facility: "gtid_executed", file: "binlog.000001", pos: 157 },
  },
  copyWaits: null,
  tables: [table("shop_orders", 6), table("shop_items", 7, "COPY refused")],
  caughtUp,
});
const sources = [
  { name: "source", areas: ["shop"], MeasureLagName: "lag" },
  { name: "orders", areas: ["orders", "returns"], MeasureLagName: "lag-orders" },
] as const;
/** What a deployment with one source answers. */
const alone = (answer: PipelineStatus): Promise<DeploymentStatus> =>
  askSources(sources.slice(0, 1), () => async () => answer, null);
const endpoints = { source: "mysql://127.0.0.1:1", kafka: "kafka://127.0.0.1:2", aws: null, warehouse: null };

describe("status", () => {
  it("says how far each stage of each table is behind", async () => {
    const answer = answerOf("local", endpoints, await alone(found(false)));
    expect(answer.tables[0]?.lag).toEqual({ land: 1, load: 2, star: 1 });
    expect(answer).toMatchObject({ stage: "local", caughtUp: false, endpoints, sources: [{ name: "source", mark }] });
  });

  it("reads well: positions, lag, last error, what to connect to", async () => {
    const text = statusText(answerOf("local", endpoints, await alone(found(false))));
    expect(text).toContain("binlog.000003:800, 1.3 s behind");
    expect(text).toContain("newest snapshot at binlog.000001:157, by gtid_executed");
    expect(text).toContain("COPY refused");
    expect(text).toContain("mysql://127.0.0.1:1");
    expect(text).not.toContain("null");
  });

  it("says that the source is a replica, and that capture has lost its place", async () => {
    const status = found(false);
    const capture = status.capture === null ? null : { ...status.capture, sourceLagSeconds: 12, lost: "it was reset" };
    const text = statusText(answerOf("local", endpoints, await alone({ ...status, capture })));
    expect(text).toContain("the source is a replica, itself 12 s behind");
    expect(text).toContain("change capture has lost its place: it was reset");
    expect(text).toContain("RUNBOOK.md#the-binlog-was-purged");
  });

  it("says that capture stands still, and before what", async () => {
    const status = found(false);
    const capture = status.capture === null ? null : { ...status.capture, stuck: "a session used XA" };
    const text = statusText(answerOf("local", endpoints, await alone({ ...status, capture })));
    expect(text).toContain("change capture stands still: a session used XA");
  });

  it("says what to do when nothing was ever captured", async () => {
    const none = await alone({ ...found(false), capture: null });
    expect(statusText(answerOf("dev", endpoints, none))).toContain("millrace snapshot");
  });
});

describe("the status of several sources", () => {
  const failing = (name: string) => async (): Promise<PipelineStatus> => {
    if (name === "lag-orders") throw new Error("MysqlConnectionError: 10.0.0.7:3306 does not answer");
    return found(true);
  };

  it("names each, with its areas and where it is; one that does not answer hides nothing of the others", async () => {
    const answer = answerOf("prod", endpoints, await askSources(sources, failing, null));
    expect(answer.caughtUp).toBe(false);
    expect(answer.sources.map(({ name, caughtUp }) => [name, caughtUp])).toEqual([
      ["source", true],
      ["orders", false],
    ]);
    expect(answer.tables.map(({ table: name }) => name)).toEqual(["shop_orders", "shop_items"]);
    const text = statusText(answer);
    expect(text).toContain("source source (shop): change capture at binlog.000003:800");
    expect(text).toContain("source orders (orders, returns): does not answer: MysqlConnectionError: 10.0.0.7:3306");
  });

  it("is caught up when each is, by its own mark", async () => {
    const asked: [string, StatusMark | undefined][] = [];
    const ask = (name: string) => async (given?: StatusMark) => {
      asked.push([name, given]);
      return found(name === "lag" || given !== undefined);
    };
    const answer = await askSources(sources, ask, {});
    expect(answer.caughtUp).toBe(true);
    expect(asked).toEqual([
      ["lag", undefined],
      ["lag-orders", undefined],
      ["lag-orders", mark],
    ]);
  });

  it("cannot be waited for while one does not answer, nor be asked for when it is the only one", async () => {
    await expect(askSources(sources, failing, {})).rejects.toThrow("Source orders: MysqlConnectionError");
    await expect(askSources(sources.slice(1), failing, null)).rejects.toThrow("does not answer");
  });
});

describe("a source's URL in the status", () => {
  it("has no password", () => {
    expect(withoutPassword("mysql://reader:se%40cret@db.example:3306/shop")).toBe(
      "mysql://reader:***@db.example:3306/shop",
    );
    expect(withoutPassword("mysql://reader@db.example:3306")).toBe("mysql://reader@db.example:3306");
    expect(withoutPassword("no URL: secret")).not.toContain("secret");
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
