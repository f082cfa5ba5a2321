import { setTimeout as sleep } from "node:timers/promises";
import type { KafkaConnection } from "../connection.ts";
import { KAFKA_ERROR, KafkaAccessError, KafkaConnectionError, RETRIABLE_CODES } from "../errors.ts";
import { BrokerConnection } from "../wire/broker.ts";
import { API, initProducerIdRequest, metadataRequest, readMetadata, readProducerId } from "../wire/requests.ts";
import type { BrokerAddress, TopicMetadata } from "../wire/requests.ts";
import type { ProducerIdentity } from "./record-batch.ts";

const INIT_TIMEOUT_MS = 30_000;
const INIT_POLL_MS = 100;

/** Brokers and the leaders of partitions, kept as long as they are right; one connection per broker. */
export class Cluster {
  private readonly connection: KafkaConnection;
  private brokers = new Map<number, BrokerAddress>();
  private leaders = new Map<string, readonly number[]>();
  private readonly connections = new Map<string, Promise<BrokerConnection>>();

  constructor(connection: KafkaConnection) {
    this.connection = connection;
  }

  /** Leader of each partition of a topic whose metadata was read; -1 while there is none. */
  leadersOf(topic: string): readonly number[] | undefined {
    return this.leaders.get(topic);
  }

  /**
   * Reads where the partitions of these topics are.
   * @returns topics that the cluster does not have (yet)
   * @throws KafkaConnectionError, KafkaAccessError
   */
  async refresh(topics: readonly string[]): Promise<readonly string[]> {
    const broker = await this.anyBroker();
    const { brokers, topics: found } = readMetadata(await broker.request(API.metadata, [metadataRequest(topics)]));
    this.brokers = new Map(brokers.map((b) => [b.id, b]));
    return found.flatMap((topic) => (this.learn(topic) ? [] : [topic.topic]));
  }

  private learn({ error, topic, partitions }: TopicMetadata): boolean {
    if (error === KAFKA_ERROR.topicAuthorizationFailed) {
      throw new KafkaAccessError(`Topic ${topic} may not be written to by this role`);
    }
    if (error !== KAFKA_ERROR.none && !RETRIABLE_CODES.has(error)) {
      throw new KafkaConnectionError(`Topic ${topic}: the broker answers error ${error}`);
    }
    if (partitions.length === 0) return false;
    const leaders: number[] = [];
    for (const { partition, leader } of partitions) leaders[partition] = leader;
    this.leaders.set(topic, leaders);
    return true;
  }

  /** The connection to a broker by id, opened when needed. */
  async broker(id: number): Promise<BrokerConnection> {
    const address = this.brokers.get(id);
    if (address === undefined) throw new KafkaConnectionError(`Broker ${id} is not known yet`);
    return this.connect(address.host, address.port);
  }

  /**
   * A number from the cluster by which brokers tell this producer's batches apart and put them in order. A cluster that
   * has just started may need a moment for its first.
   */
  async producerIdentity(): Promise<ProducerIdentity> {
    const deadline = Date.now() + INIT_TIMEOUT_MS;
    for (;;) {
      const broker = await this.anyBroker();
      const answer = readProducerId(await broker.request(API.initProducerId, [initProducerIdRequest(INIT_TIMEOUT_MS)]));
      if (answer.error === KAFKA_ERROR.none) return { id: answer.id, epoch: answer.epoch };
      if (answer.error === KAFKA_ERROR.clusterAuthorizationFailed) {
        throw new KafkaAccessError("This role may not produce idempotently: allow kafka-cluster:WriteDataIdempotently");
      }
      if (!RETRIABLE_CODES.has(answer.error) || Date.now() > deadline) {
        throw new KafkaConnectionError(`The broker gives no producer id (error ${answer.error})`);
      }
      await sleep(INIT_POLL_MS);
    }
  }

  /** The first of the bootstrap brokers and those known that can be reached. */
  private async anyBroker(): Promise<BrokerConnection> {
    const known = [...this.brokers.values()].map((b) => `${b.host}:${b.port}`);
    let last: unknown = new KafkaConnectionError("No brokers are configured");
    for (const address of new Set([...known, ...this.connection.brokers])) {
      const colon = address.lastIndexOf(":");
      try {
        return await this.connect(address.slice(0, colon), Number(address.slice(colon + 1)));
      } catch (error) {
        if (!(error instanceof KafkaConnectionError)) throw error;
        last = error;
      }
    }
    throw last;
  }

  private async connect(host: string, port: number): Promise<BrokerConnection> {
    const address = `${host}:${port}`;
    const existing = this.connections.get(address);
    if (existing !== undefined) {
      const broker = await existing.catch(() => null);
      if (broker?.usable === true) return broker;
      broker?.close();
      // Someone else may have replaced it while we waited.
      if (this.connections.get(address) === existing) this.connections.delete(address);
      return this.connect(host, port);
    }
    const opening = BrokerConnection.open(host, port, this.connection);
    this.connections.set(address, opening);
    opening.catch(() => {
      if (this.connections.get(address) === opening) this.connections.delete(address);
    });
    return opening;
  }

  async close(): Promise<void> {
    for (const opening of this.connections.values()) (await opening.catch(() => null))?.close();
    this.connections.clear();
  }
}
