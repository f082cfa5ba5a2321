import { describe, expect, it } from "@jest/globals";
import kafkajs from "kafkajs";
import type { Kafka } from "kafkajs";
import { createBroker } from "../../../../localstack/services/msk/broker.ts";

const { KafkaJSNumberOfRetriesExceeded, KafkaJSProtocolError } = kafkajs;
const said = (type: string) => new KafkaJSProtocolError({ type, code: 3, message: type, retriable: true } as never);
const led = (leader: number) => ({
  topics: [{ name: "orders", partitions: [{ partitionId: 0, leader, replicas: [1], isr: [1] }] }],
});

/** A client whose broker shows a new topic late: each answer in turn, the last one for ever. */
function slowClient(answers: readonly (Error | ReturnType<typeof led>)[]) {
  const asked: unknown[] = [];
  const admin = {
    connect: async () => undefined,
    disconnect: async () => undefined,
    createTopics: async () => true,
    fetchTopicMetadata: async (request: unknown) => {
      const answer = answers[Math.min(asked.push(request), answers.length) - 1];
      if (answer === undefined || answer instanceof Error) throw answer ?? new Error("no answer");
      return answer;
    },
  };
  return { asked, kafka: { admin: () => admin } as unknown as Kafka };
}

const topic = { name: "orders", partitions: 1, replicationFactor: 1, config: {} };

describe("a new topic", () => {
  it("is made when all its partitions have leaders, however late the broker shows it", async () => {
    const unknown = said("UNKNOWN_TOPIC_OR_PARTITION");
    const gaveUp = new KafkaJSNumberOfRetriesExceeded(said("LEADER_NOT_AVAILABLE"), { retryCount: 5, retryTime: 1 });
    const { kafka, asked } = slowClient([unknown, gaveUp, led(-1), led(1)]);
    expect(await createBroker(kafka).create(topic)).toBe(true);
    expect(asked).toHaveLength(4);
  });

  it("fails with what else the broker says", async () => {
    const { kafka } = slowClient([said("CLUSTER_AUTHORIZATION_FAILED")]);
    await expect(createBroker(kafka).create(topic)).rejects.toThrow("CLUSTER_AUTHORIZATION_FAILED");
  });
});
