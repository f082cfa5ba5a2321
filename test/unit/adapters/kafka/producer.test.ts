import { afterEach, beforeEach, describe, expect, it } from "@jest/globals";
import { createPublisher } from "../../../../lambdas/adapters/kafka/index.ts";
import type { Publisher } from "../../../../lambdas/core/capture-ports.ts";
import { FakeBroker } from "./fake-broker.ts";

let broker: FakeBroker;
let publisher: Publisher;

beforeEach(async () => {
  broker = await FakeBroker.start();
  publisher = await createPublisher(
    { brokers: [`127.0.0.1:${broker.port}`], auth: "none", region: "local" },
    { batchBytes: 2_000, bufferBytes: 20_000, lingerMs: 1, deliveryMs: 60_000 },
  );
});

afterEach(async () => {
  await publisher.close();
  await broker.stop();
});

async function send(records: number): Promise<void> {
  for (let i = 0; i < records; i += 1) {
    if (!publisher.send("t", `{"id":${i}}`, `{"n":${i},"text":"${"x".repeat(100)}"}`)) await publisher.drained();
  }
  await publisher.flush();
}

/** Sequences of each partition must go on exactly where the batch before ended. */
function expectInOrder(records: number): void {
  let total = 0;
  for (const partition of [0, 1]) {
    let next = 0;
    const seen = new Set<number>();
    for (const { sequence, count } of broker.written.filter((w) => w.partition === partition)) {
      if (seen.has(sequence)) continue;
      seen.add(sequence);
      expect(sequence).toBe(next);
      next += count;
    }
    total += next;
  }
  expect(total).toBe(records);
}

describe("the producer", () => {
  it("writes all records in order, in batches, and says when they are acknowledged", async () => {
    await send(500);
    expectInOrder(500);
    expect(broker.requests).toBeLessThan(120);
  });

  it("asks to wait when too much is not acknowledged", async () => {
    await publisher.drained();
    let room = true;
    for (let i = 0; i < 400 && room; i += 1) {
      room = publisher.send("t", `${i}`, "y".repeat(200)) || i === 0;
      if (i === 0) await publisher.drained();
    }
    expect(room).toBe(false);
    await publisher.drained();
    await publisher.flush();
  });

  it("sends a batch again, with the same sequence, after errors that pass", async () => {
    broker.answers.push(6, 7, 19, 3);
    await send(200);
    expectInOrder(200);
  });

  it("survives a broken connection, whether the batch was written or not", async () => {
    broker.answers.push(0, "drop-before", 0, "drop-after");
    await send(300);
    expectInOrder(300);
    expect(broker.connections).toBeGreaterThan(1);
  });

  it("takes a batch that the broker has already for written", async () => {
    broker.answers.push(46);
    publisher.send("t", "a", "1");
    await publisher.flush();
    expect(broker.requests).toBe(1);
  });

  it.each([
    [45, "KafkaSequenceError", true],
    [47, "KafkaSequenceError", true],
    [10, "KafkaRecordTooLargeError", false],
    [29, "KafkaAccessError", false],
    [99, "KafkaProtocolError", false],
  ])("ends with a typed error on code %d, for this call and all that follow", async (code, name, retryable) => {
    broker.answers.push(code);
    publisher.send("t", "a", "1");
    const failed = expect.objectContaining({ name, retryable });
    await expect(publisher.flush()).rejects.toThrow(failed);
    await expect(publisher.flush()).rejects.toThrow(failed);
    expect(() => publisher.send("t", "b", "2")).toThrow(failed);
  });

  it("puts a floor into every partition, after the records before it", async () => {
    publisher.send("t", "a", "1");
    await publisher.sendToAll("t", "floor");
    await publisher.flush();
    const records = [0, 1].map((p) => broker.written.filter((w) => w.partition === p).reduce((n, w) => n + w.count, 0));
    expect(records.reduce((a, b) => a + b)).toBe(3);
    expect(Math.min(...records)).toBe(1);
  });

  it("says so when no broker answers", async () => {
    const attempt = createPublisher({ brokers: ["127.0.0.1:1"], auth: "none", region: "local" });
    await expect(attempt).rejects.toThrow(expect.objectContaining({ name: "KafkaConnectionError", retryable: true }));
  });
});
