import { describe, expect, it } from "@jest/globals";
import { deliver, type DeliveryPorts } from "../../../../localstack/services/event-source/delivery.ts";
import type { Failure } from "../../../../localstack/services/event-source/failure.ts";
import type { Invocation } from "../../../../localstack/services/event-source/invocation.ts";
import type { RetryRules } from "../../../../localstack/services/event-source/mapping.ts";
import { silentLog } from "../../../../localstack/services/log.ts";
import { envelope, recordOf, recordsOf } from "./records.ts";

const ok: Invocation = { kind: "succeeded", requestId: "r", version: "1", payload: "null" };
const error: Invocation = { kind: "failed", requestId: "r", version: "1", functionError: "Unhandled", payload: "{}" };
const throttled: Invocation = { kind: "unavailable", reason: "TooManyRequestsException" };
const rules: RetryRules = {
  maximumRetries: Number.POSITIVE_INFINITY,
  maximumAgeMs: Number.POSITIVE_INFINITY,
  bisect: false,
  partialResponses: false,
};

function setUp(answers: Invocation[], changes: Partial<DeliveryPorts> = {}) {
  const sent: string[] = [];
  const commits: (readonly (readonly [number, number])[])[] = [];
  const pauses: number[] = [];
  const discarded: Failure[] = [];
  const ports: DeliveryPorts = {
    envelope,
    rules,
    invoke: async (payload) => {
      const { records } = JSON.parse(payload) as { records: Record<string, { partition: number; offset: number }[]> };
      sent.push(
        Object.values(records)
          .flat()
          .map(({ partition, offset }) => `${partition}:${offset}`)
          .join(" "),
      );
      return answers.shift() ?? ok;
    },
    discard: async (failure) => void discarded.push(failure),
    commit: async (positions) => void commits.push([...positions]),
    now: () => 1_000_000,
    sleep: async (ms) => void pauses.push(ms),
    random: () => 1,
    log: silentLog,
    ...changes,
  };
  const stop = new AbortController();
  const signals = { stop: stop.signal, abandon: new AbortController().signal };
  const run = (records = recordsOf(0, 3), oversized = false) => deliver({ records, oversized }, ports, signals);
  return { sent, commits, pauses, discarded, run, stop };
}

describe("delivering a batch", () => {
  it("commits what follows the batch, per partition, once", async () => {
    const { commits, run } = setUp([ok]);
    await run([...recordsOf(0, 3, 5), ...recordsOf(2, 1, 9)]);
    expect(commits).toEqual([
      [
        [0, 8],
        [2, 10],
      ],
    ]);
  });

  it("doubles the pause between attempts, whether they count or not, up to 30 s", async () => {
    const { pauses, run } = setUp([error, throttled, error, ...Array.from({ length: 9 }, () => error)]);
    await run();
    expect(pauses.slice(0, 5)).toEqual([200, 400, 400, 800, 1600]);
    expect(Math.max(...pauses)).toBe(30_000);
  });

  it("counts only attempts that ran: n retries are n + 1 attempts", async () => {
    const { sent, discarded, commits, run } = setUp([throttled, error, throttled, error, error, error], {
      rules: { ...rules, maximumRetries: 2 },
    });
    await run();
    expect(sent).toHaveLength(5);
    expect(discarded).toMatchObject([
      { condition: "RetryAttemptsExhausted", invocations: 5, last: { functionError: "Unhandled" } },
    ]);
    expect(commits).toEqual([[[0, 3]]]);
  });

  it("bisects without counting, front half first, and commits half by half", async () => {
    const { sent, commits, pauses, run } = setUp([error, error, ok, ok, ok], {
      rules: { ...rules, bisect: true, maximumRetries: 0 },
    });
    await run(recordsOf(0, 4));
    expect(sent).toEqual(["0:0 0:1 0:2 0:3", "0:0 0:1", "0:0", "0:1", "0:2 0:3"]);
    expect(commits).toEqual([[[0, 1]], [[0, 2]], [[0, 4]]]);
    expect(pauses).toEqual([]);
  });

  it("halves mixed batches without turning a partition's order round", async () => {
    const { sent, run } = setUp([error, ok, ok], { rules: { ...rules, bisect: true } });
    await run([...recordsOf(0, 3), ...recordsOf(1, 1)]);
    expect(sent).toEqual(["0:0 0:1 0:2 1:0", "0:0 0:1", "0:2 1:0"]);
  });

  it("does not commit past a reported record, and retries only what was reported", async () => {
    const report = { batchItemFailures: [{ itemIdentifier: { partition: "t-0", offset: 1 } }] };
    const { sent, commits, run } = setUp([{ ...ok, payload: JSON.stringify(report) }, ok], {
      rules: { ...rules, partialResponses: true },
    });
    await run([...recordsOf(0, 3), ...recordsOf(1, 2)]);
    expect(sent).toEqual(["0:0 0:1 0:2 1:0 1:1", "0:1"]);
    expect(commits).toEqual([
      [
        [0, 1],
        [1, 2],
      ],
      [[0, 3]],
    ]);
  });

  it("ignores the response when partial responses are off", async () => {
    const report = { batchItemFailures: [{ itemIdentifier: { partition: "t-0", offset: 1 } }] };
    const { sent, run } = setUp([{ ...ok, payload: JSON.stringify(report) }]);
    await run();
    expect(sent).toHaveLength(1);
  });

  it("gives up old records first, and the young ones are still tried", async () => {
    const { sent, discarded, run } = setUp([ok], { rules: { ...rules, maximumAgeMs: 1000 } });
    await run([recordOf(0, 0, "v", 0, 998_999), recordOf(0, 1, "v", 0, 999_000)]);
    expect(discarded.map((failure) => [failure.condition, failure.records.length])).toEqual([["RecordAgeExceeded", 1]]);
    expect(sent).toEqual(["0:1"]);
  });

  it("looks at the age again before each retry", async () => {
    let clock = 1_000_000;
    const { sent, discarded, run } = setUp([error, error], {
      rules: { ...rules, maximumAgeMs: 60_000 },
      now: () => clock,
      sleep: async () => void (clock += 40_000),
    });
    await run([recordOf(0, 0, "v", 0, 1_000_000)]);
    expect(sent).toHaveLength(2);
    expect(discarded.map((failure) => failure.condition)).toEqual(["RecordAgeExceeded"]);
  });

  it("asks the destination until it takes the failure, and commits only then", async () => {
    let refusals = 0;
    const { commits, pauses, run } = setUp([error], {
      rules: { ...rules, maximumRetries: 0 },
      discard: async () => {
        refusals += 1;
        if (refusals < 3) throw new Error("no such bucket");
      },
    });
    await run();
    expect(refusals).toBe(3);
    expect(pauses).toHaveLength(2);
    expect(commits).toEqual([[[0, 3]]]);
  });

  it("stops after the running attempt, commits what went through, and leaves the rest", async () => {
    const { sent, commits, run, stop } = setUp([error], {
      rules: { ...rules, bisect: true },
      commit: async (positions) => {
        commits.push([...positions]);
        stop.abort();
      },
    });
    await run(recordsOf(0, 4));
    expect(sent).toEqual(["0:0 0:1 0:2 0:3", "0:0 0:1"]);
    expect(commits).toEqual([[[0, 2]]]);
  });

  it("holds the partition, without any attempt, for a record too large that nobody would take", async () => {
    const { sent, commits, run, stop } = setUp([], {
      discard: null,
      sleep: async () => stop.abort(),
    });
    await run([recordOf(0, 0)], true);
    expect(sent).toEqual([]);
    expect(commits).toEqual([]);
  });

  it("drops a record too large when retries are limited, as on AWS", async () => {
    const { sent, commits, run } = setUp([], { discard: null, rules: { ...rules, maximumRetries: 5 } });
    await run([recordOf(0, 0)], true);
    expect(sent).toEqual([]);
    expect(commits).toEqual([[[0, 1]]]);
  });
});
