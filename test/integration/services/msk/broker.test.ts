import { afterAll, beforeAll, describe, expect, it, jest } from "@jest/globals";
import { createBroker, type Broker } from "../../../../localstack/services/msk/broker.ts";
import { toMskError } from "../../../../localstack/services/msk/errors.ts";
import { startTestBroker, type TestBroker } from "../broker.ts";

jest.setTimeout(60_000);

describe("the broker behind MSK", () => {
  let real: TestBroker;
  let broker: Broker;
  const topic = { name: "orders", partitions: 2, replicationFactor: 1, config: { "retention.ms": "1000" } };

  beforeAll(async () => {
    real = await startTestBroker();
    broker = createBroker(real.kafka);
  }, 60_000);
  afterAll(async () => {
    await broker.close();
    await real.stop();
  });

  it("makes topics with their own settings, once", async () => {
    expect(await broker.create(topic)).toBe(true);
    expect(await broker.create({ ...topic, partitions: 9 })).toBe(false);
    const partitions = [0, 1].map((partition) => ({ partition, leader: 1, replicas: [1], isr: [1] }));
    expect(await broker.topic("orders")).toEqual({ topic: "orders", partitions });
    expect(await broker.config("orders")).toEqual({ "retention.ms": "1000" });
  });

  it("replaces a topic's settings", async () => {
    await broker.configure("orders", { "cleanup.policy": "delete", "max.message.bytes": "2000" });
    expect(await broker.config("orders")).toEqual({ "cleanup.policy": "delete", "max.message.bytes": "2000" });
  });

  it("adds partitions, and refuses to take any away", async () => {
    await broker.grow("orders", 3);
    expect((await broker.topic("orders"))?.partitions).toHaveLength(3);
    const error = toMskError(await broker.grow("orders", 1).catch((thrown: unknown) => thrown));
    expect(error).toMatchObject({ code: "KafkaRequestException", statusCode: 400 });
  });

  it("names what the broker refuses, and works on after it", async () => {
    const config = { "no.such.setting": "1" };
    const error = toMskError(
      await broker.create({ ...topic, name: "wrong", config }).catch((thrown: unknown) => thrown),
    );
    expect(error).toMatchObject({ code: "KafkaRequestException", statusCode: 400 });
    expect(await broker.topic("wrong")).toBeNull();
  });

  it("lists and removes topics, without the broker's own", async () => {
    expect((await broker.topics()).map((described) => described.topic)).toEqual(["orders"]);
    await broker.remove("orders");
    expect(await broker.topics()).toEqual([]);
  });
});
