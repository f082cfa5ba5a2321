import { Decoder } from "./decoder.ts";
import { Encoder } from "./encoder.ts";

/** Requests in the newest versions without compact types: every broker from 2.4 to 4.x speaks them. */
export const API = {
  produce: { key: 0, version: 8 },
  metadata: { key: 3, version: 8 },
  saslHandshake: { key: 17, version: 1 },
  apiVersions: { key: 18, version: 0 },
  initProducerId: { key: 22, version: 1 },
  saslAuthenticate: { key: 36, version: 1 },
} as const;

export type Api = (typeof API)[keyof typeof API];

export interface BrokerAddress {
  readonly id: number;
  readonly host: string;
  readonly port: number;
}

export interface PartitionMetadata {
  readonly error: number;
  readonly partition: number;
  /** Broker id, -1 while there is none. */
  readonly leader: number;
}

export interface TopicMetadata {
  readonly error: number;
  readonly topic: string;
  readonly partitions: readonly PartitionMetadata[];
}

export function metadataRequest(topics: readonly string[]): Buffer {
  const body = new Encoder();
  body.array(topics, (topic) => body.string(topic));
  return body.i8(0).i8(0).i8(0).finish();
}

export function readMetadata(answer: Buffer): {
  readonly brokers: readonly BrokerAddress[];
  readonly topics: readonly TopicMetadata[];
} {
  const d = new Decoder(answer);
  d.i32();
  const brokers = d.array(() => {
    const broker = { id: d.i32(), host: d.string() ?? "", port: d.i32() };
    d.string();
    return broker;
  });
  d.string();
  d.i32();
  const topics = d.array(() => {
    const error = d.i16();
    const topic = d.string() ?? "";
    d.bool();
    const partitions = d.array(() => {
      const found = { error: d.i16(), partition: d.i32(), leader: d.i32() };
      d.i32();
      for (let lists = 0; lists < 3; lists += 1) d.array(() => d.i32());
      return found;
    });
    d.i32();
    return { error, topic, partitions };
  });
  return { brokers, topics };
}

export function initProducerIdRequest(timeoutMs: number): Buffer {
  return new Encoder().string(null).i32(timeoutMs).finish();
}

export function readProducerId(answer: Buffer): {
  readonly error: number;
  readonly id: bigint;
  readonly epoch: number;
} {
  const d = new Decoder(answer);
  d.i32();
  return { error: d.i16(), id: d.i64(), epoch: d.i16() };
}

export interface ProducePartition {
  readonly topic: string;
  readonly partition: number;
  /** One record batch. */
  readonly records: Buffer;
}

/** The request's body in pieces, so that batches are written to the socket without being copied. */
export function produceRequest(parts: readonly ProducePartition[], timeoutMs: number): Buffer[] {
  const ALL_IN_SYNC = -1;
  const pieces: Buffer[] = [new Encoder().string(null).i16(ALL_IN_SYNC).i32(timeoutMs).i32(parts.length).finish()];
  for (const { topic, partition, records } of parts) {
    pieces.push(new Encoder().string(topic).i32(1).i32(partition).i32(records.length).finish(), records);
  }
  return pieces;
}

export interface ProduceOutcome {
  readonly topic: string;
  readonly partition: number;
  readonly error: number;
  readonly message: string | null;
}

export function readProduce(answer: Buffer): readonly ProduceOutcome[] {
  const d = new Decoder(answer);
  return d
    .array(() => {
      const topic = d.string() ?? "";
      return d.array((): ProduceOutcome => {
        const partition = d.i32();
        const error = d.i16();
        d.i64();
        d.i64();
        d.i64();
        d.array(() => [d.i32(), d.string()]);
        return { topic, partition, error, message: d.string() };
      });
    })
    .flat();
}

/** Versions that the broker speaks, by API key. */
export function readApiVersions(answer: Buffer): ReadonlyMap<number, { readonly min: number; readonly max: number }> {
  const d = new Decoder(answer);
  d.i16();
  return new Map(d.array(() => [d.i16(), { min: d.i16(), max: d.i16() }] as const));
}

export const saslHandshakeRequest = (mechanism: string): Buffer => new Encoder().string(mechanism).finish();

export const readSaslHandshake = (answer: Buffer): number => new Decoder(answer).i16();

export const saslAuthenticateRequest = (token: Buffer): Buffer => new Encoder().bytes(token).finish();

export function readSaslAuthenticate(answer: Buffer): {
  readonly error: number;
  readonly message: string | null;
  /** Milliseconds until the broker wants to be asked again; 0: never. */
  readonly lifetimeMs: number;
} {
  const d = new Decoder(answer);
  const error = d.i16();
  const message = d.string();
  d.bytes();
  return { error, message, lifetimeMs: Number(d.i64()) };
}
