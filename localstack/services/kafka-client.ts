import { Kafka, logLevel, Partitioners, type Producer } from "kafkajs";
import type { Log } from "./log.ts";

/** A client of the local broker whose own messages go to the process's log, from warnings up. */
export function createKafka(broker: string, log: Log): Kafka {
  return new Kafka({
    clientId: "millrace-services",
    brokers: [broker],
    connectionTimeout: 3_000,
    requestTimeout: 30_000,
    logLevel: logLevel.WARN,
    logCreator:
      () =>
      ({ level, namespace, log: { message, error } }) => {
        log[level === logLevel.ERROR ? "error" : "warn"](message, {
          from: `kafkajs ${namespace}`,
          ...(error === undefined ? {} : { error: String(error) }),
        });
      },
  });
}

/** One producer for on-failure topics, connected when the first message comes. */
export function createProduce(kafka: Kafka) {
  let producer: Promise<Producer> | null = null;
  const connect = async (): Promise<Producer> => {
    const made = kafka.producer({ createPartitioner: Partitioners.DefaultPartitioner, idempotent: true });
    await made.connect();
    return made;
  };
  return {
    produce: async (
      topic: string,
      messages: readonly { readonly key: Buffer | null; readonly value: string }[],
    ): Promise<void> => {
      const current = (producer ??= connect());
      try {
        await (await current).send({ topic, acks: -1, messages: [...messages] });
      } catch (error) {
        // The connection may be what failed: the next attempt makes a new one.
        producer = null;
        void current.then((made) => made.disconnect()).catch(() => undefined);
        throw error;
      }
    },
    close: async (): Promise<void> => {
      await producer?.then((made) => made.disconnect()).catch(() => undefined);
    },
  };
}
