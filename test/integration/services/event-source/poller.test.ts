import { setTimeout as wait } from "node:timers/promises";
import { afterAll, afterEach, beforeAll, describe, expect, it, jest } from "@jest/globals";
import type { MSKEvent } from "aws-lambda";
import { startTestBroker, type TestBroker } from "../broker.ts";
import { until } from "../until.ts";
import {
  allValues,
  CLUSTER_ARN,
  mappingOf,
  recordsOf,
  runMapping,
  valuesOf,
  type RunningMapping,
  type TestFunction,
} from "./harness.ts";
import type { Mapping } from "../../../../localstack/services/event-source/mapping.ts";

jest.setTimeout(90_000);

const numbered = (count: number, from = 0): { value: string }[] =>
  Array.from({ length: count }, (_, index) => ({ value: String(from + index) }));

describe("polling a topic for a function", () => {
  let broker: TestBroker;
  const running: RunningMapping[] = [];
  const run = (mapping: Mapping, work: TestFunction = () => null): RunningMapping => {
    const started = runMapping(broker, mapping, work);
    running.push(started);
    return started;
  };

  beforeAll(async () => {
    broker = await startTestBroker();
  }, 60_000);
  afterEach(async () => {
    await Promise.all(running.splice(0).map((mapping) => mapping.stop(0)));
  });
  afterAll(async () => {
    await broker.stop();
  });

  it("hands over the event as Lambda does", async () => {
    await broker.createTopic("shape");
    const timestamp = "1767323045678";
    await broker.produce("shape", 0, [
      { key: "k", value: "vé", timestamp, headers: { trace: Buffer.from([0, 127, 128, 255]) } },
      { key: "gone", value: null, timestamp },
      { value: "keyless", timestamp },
    ]);
    const { calls } = run(mappingOf("shape"));
    await until("one call", () => calls.length === 1);

    const base = { topic: "shape", partition: 0, timestamp: Number(timestamp), timestampType: "CREATE_TIME" };
    expect(calls[0]?.event).toEqual({
      eventSource: "aws:kafka",
      eventSourceArn: CLUSTER_ARN,
      bootstrapServers: broker.address,
      records: {
        "shape-0": [
          { ...base, offset: 0, key: "aw==", value: "dsOp", headers: [{ trace: [0, 127, -128, -1] }] },
          { ...base, offset: 1, key: "Z29uZQ==", headers: [] },
          { ...base, offset: 2, value: "a2V5bGVzcw==", headers: [] },
        ],
      },
    });
  });

  it("keeps each partition in order while several are in flight, and commits after success", async () => {
    await broker.createTopic("ordered", 4);
    for (const partition of [0, 1, 2, 3]) await broker.produce("ordered", partition, numbered(250));
    const busy = new Set<string>();
    let overlapped = false;
    const work = async (event: MSKEvent): Promise<void> => {
      const own = Object.keys(event.records);
      for (const partition of own) {
        expect(busy.has(partition)).toBe(false);
        busy.add(partition);
      }
      overlapped ||= busy.size > own.length;
      await until("another partition's batch is in flight too", () => overlapped);
      for (const partition of own) busy.delete(partition);
    };
    const { calls, mapping } = run(mappingOf("ordered", { batchSize: 60, concurrency: 3 }), work);
    await until("all committed", async () =>
      (await broker.committed(mapping.groupId, "ordered")).every((offset) => offset === 250),
    );
    for (const partition of [0, 1, 2, 3]) {
      const offsets = calls
        .flatMap(({ event }) => recordsOf(event))
        .filter((record) => record.partition === partition)
        .map((record) => record.offset);
      expect(offsets).toEqual(Array.from({ length: 250 }, (_, index) => index));
    }
  });

  it("delivers when the batch is full, whatever the window", async () => {
    await broker.createTopic("full");
    await broker.produce("full", 0, numbered(30));
    const { calls } = run(mappingOf("full", { batchSize: 10, windowMs: 60_000 }));
    await until("three calls", () => calls.length === 3);
    expect(calls.map(({ event }) => recordsOf(event).length)).toEqual([10, 10, 10]);
  });

  it("delivers what there is when the window ends", async () => {
    await broker.createTopic("window", 2);
    await broker.produce("window", 0, numbered(3));
    await broker.produce("window", 1, numbered(2, 3));
    const started = Date.now();
    const { calls } = run(mappingOf("window", { batchSize: 10_000, windowMs: 1_000 }));
    await until("a call", () => calls.length === 1);
    expect(allValues(calls)).toHaveLength(5);
    expect((calls[0]?.at ?? 0) - started).toBeGreaterThanOrEqual(1_000);
  });

  it("splits at 6 MB of payload", async () => {
    await broker.createTopic("large");
    const value = "x".repeat(900_000);
    for (let index = 0; index < 12; index += 1) await broker.produce("large", 0, [{ value }]);
    const { calls } = run(mappingOf("large", { batchSize: 10_000, windowMs: 600_000 }));
    // Base64 makes 1.2 MB of each: five fit, and the last two wait for more.
    await until("two full payloads", () => calls.length === 2);
    expect(calls.map(({ event }) => recordsOf(event).length)).toEqual([5, 5]);
    for (const { size } of calls) expect(size).toBeLessThanOrEqual(6 * 1024 * 1024);
  });

  it("resumes at the committed offset after a restart; an abandoned batch comes again", async () => {
    await broker.createTopic("restart");
    await broker.produce("restart", 0, numbered(20));
    const mapping = mappingOf("restart", { batchSize: 10, concurrency: 1 });
    let second = 0;
    const first = run(mapping, async (event, signal) => {
      if (valuesOf(event)[0] === "0") return;
      second += 1;
      await wait(60_000, undefined, { signal });
    });
    await until("the second batch is in flight", () => second === 1);
    await first.stop(0);
    expect(await broker.committed(mapping.groupId, "restart")).toEqual([10]);

    const again = run(mapping);
    await until("the rest", () => allValues(again.calls).length === 10);
    expect(allValues(again.calls)).toEqual(numbered(10, 10).map(({ value }) => value));
  });

  it("lets a running invocation end within the grace and commits it", async () => {
    await broker.createTopic("grace");
    await broker.produce("grace", 0, numbered(5));
    const started = run(mappingOf("grace"), () => wait(300));
    const { calls, mapping } = started;
    await until("a call", () => calls.length === 1);
    await started.stop(5_000);
    expect(await broker.committed(mapping.groupId, "grace")).toEqual([5]);
  });

  it("begins at the end as it was when the mapping began: LATEST, also when nothing came before a restart", async () => {
    await broker.createTopic("latest");
    await broker.produce("latest", 0, numbered(5));
    const mapping = mappingOf("latest", { start: { at: "LATEST" } });
    const before = run(mapping);
    await until("the start is committed", async () => (await broker.committed(mapping.groupId, "latest"))[0] === 5);
    await before.stop();
    expect(before.calls).toEqual([]);

    await broker.produce("latest", 0, numbered(3, 5));
    const after = run(mapping);
    await until("what came meanwhile", () => allValues(after.calls).length === 3);
    expect(allValues(after.calls)).toEqual(["5", "6", "7"]);
  });

  it("begins at the first record of a time: AT_TIMESTAMP", async () => {
    await broker.createTopic("timed");
    await broker.produce(
      "timed",
      0,
      [1000, 2000, 3000].map((at) => ({ value: String(at), timestamp: String(at) })),
    );
    const { calls } = run(mappingOf("timed", { start: { at: "AT_TIMESTAMP", timestamp: 2000 } }));
    await until("two records", () => allValues(calls).length === 2);
    expect(allValues(calls)).toEqual(["2000", "3000"]);
  });

  it("waits for a topic that is not there yet and finds partitions that are added", async () => {
    const { calls, mapping } = run(mappingOf("later"));
    await wait(300);
    await broker.createTopic("later");
    await broker.produce("later", 0, numbered(1));
    await until("the first record", () => allValues(calls).length === 1);

    const admin = broker.kafka.admin();
    await admin.connect();
    await admin.createPartitions({ topicPartitions: [{ topic: "later", count: 2 }] });
    await admin.disconnect();
    await broker.produce("later", 1, numbered(1, 1));
    await until("a record of the new partition", () => allValues(calls).includes("1"));
    await until("it is committed", async () => (await broker.committed(mapping.groupId, "later"))[1] === 1);
  });
});
