import { Kafka, logLevel } from "kafkajs";
import { identify } from "../../lambdas/adapters/mysql/server.ts";
import { openSession } from "../../lambdas/adapters/mysql/session.ts";
import { parseMysqlUrl } from "../../lambdas/adapters/mysql/index.ts";
import type { MysqlTarget } from "../../lambdas/adapters/mysql/index.ts";
import { startKafka } from "../../localstack/engines/kafka.ts";
import { startMysql } from "../../localstack/engines/mysql.ts";
import { PARTITIONS } from "./orders-table.ts";

export interface BenchEngines {
  readonly target: MysqlTarget;
  readonly flavour: "mysql" | "mariadb";
  readonly broker: string;
  /** Makes a topic with the bench's number of partitions. */
  topic(name: string): Promise<void>;
  stop(): Promise<void>;
}

/** A source and a broker of their own for one bench. */
export async function startEngines(dir: string): Promise<BenchEngines> {
  const started = await Promise.allSettled([startMysql({ dataDir: dir }), startKafka({ dataDir: dir })]);
  const [source, kafka] = started;
  const stop = async (): Promise<void> => {
    for (const engine of started) if (engine.status === "fulfilled") await engine.value.stop();
  };
  if (source.status === "rejected" || kafka.status === "rejected") {
    await stop();
    throw source.status === "rejected" ? source.reason : (kafka as PromiseRejectedResult).reason;
  }
  const target = parseMysqlUrl(source.value.endpoint);
  const session = await openSession(target);
  const { flavour } = await identify(session);
  session.close();
  const broker = kafka.value.endpoint;
  const topic = async (name: string): Promise<void> => {
    const admin = new Kafka({ brokers: [broker], logLevel: logLevel.NOTHING }).admin();
    await admin.connect();
    // Whoever writes first waits for leaders; the client's own waiting fails while the broker is still learning.
    await admin.createTopics({ waitForLeaders: false, topics: [{ topic: name, numPartitions: PARTITIONS }] });
    await admin.disconnect();
  };
  return { target, flavour, broker, topic, stop };
}
