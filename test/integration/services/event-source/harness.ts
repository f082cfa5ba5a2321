import { randomUUID } from "node:crypto";
import type { MSKEvent, MSKRecord } from "aws-lambda";
import { createDiscard, type DestinationClients } from "../../../../localstack/services/event-source/destination.ts";
import type { Invocation } from "../../../../localstack/services/event-source/invocation.ts";
import type { Mapping } from "../../../../localstack/services/event-source/mapping.ts";
import { startPoller, type Poller } from "../../../../localstack/services/event-source/poller.ts";
import { openSource } from "../../../../localstack/services/event-source/source.ts";
import { createProduce } from "../../../../localstack/services/kafka-client.ts";
import { createLog, type Log } from "../../../../localstack/services/log.ts";
import { sleep } from "../../../../localstack/services/sleep.ts";
import type { TestBroker } from "../broker.ts";

export const CLUSTER_ARN = "arn:aws:kafka:us-east-1:000000000000:cluster/demo/0aa6a1f8-1d2c-4c39-9a3d-70f6d8a9a1b2-1";
export const FUNCTION_ARN = "arn:aws:lambda:us-east-1:000000000000:function:land";

/** A function that runs in this process: what it returns is its response, what it throws is a function error. */
export type TestFunction = (event: MSKEvent, signal: AbortSignal) => unknown;

export interface Call {
  readonly event: MSKEvent;
  readonly at: number;
  /** Bytes of the payload. */
  readonly size: number;
}

export interface RunningMapping {
  readonly calls: readonly Call[];
  readonly mapping: Mapping;
  readonly logged: readonly string[];
  stop(graceMs?: number): Promise<void>;
}

/** A function error, as opposed to Lambda not running the function. */
export class Unavailable extends Error {}

export function mappingOf(topic: string, changes: Partial<Mapping> = {}): Mapping {
  return {
    uuid: randomUUID(),
    functionArn: FUNCTION_ARN,
    eventSourceArn: CLUSTER_ARN,
    topic,
    groupId: `group-${topic}`,
    batchSize: 100,
    windowMs: 50,
    start: { at: "TRIM_HORIZON" },
    rules: {
      maximumRetries: Number.POSITIVE_INFINITY,
      maximumAgeMs: Number.POSITIVE_INFINITY,
      bisect: false,
      partialResponses: false,
    },
    destination: null,
    concurrency: 2,
    ...changes,
  };
}

/** Runs the real poller on the real broker; only the function is a recorded one. */
export function runMapping(
  broker: TestBroker,
  mapping: Mapping,
  work: TestFunction,
  destinations: Partial<DestinationClients> = {},
): RunningMapping {
  const calls: Call[] = [];
  const logged: string[] = [];
  const log: Log = createLog((line) => logged.push(line));
  const producer = createProduce(broker.kafka);
  const envelope = { eventSourceArn: mapping.eventSourceArn, bootstrapServers: broker.address };
  const clients = {
    now: Date.now,
    newId: randomUUID,
    produce: producer.produce,
    ...destinations,
  } as DestinationClients;
  const poller: Poller = startPoller(mapping, {
    open: ({ topic, groupId, start }, handlers) =>
      openSource({ kafka: broker.kafka, topic, groupId, start, log }, handlers),
    invoke: async (payload, signal): Promise<Invocation> => {
      const event = JSON.parse(payload) as MSKEvent;
      calls.push({ event, at: Date.now(), size: Buffer.byteLength(payload) });
      const answer = { requestId: `request-${calls.length}`, version: "$LATEST" };
      try {
        return { kind: "succeeded", ...answer, payload: JSON.stringify((await work(event, signal)) ?? null) };
      } catch (error) {
        const reason = String(error);
        if (error instanceof Unavailable || signal.aborted) return { kind: "unavailable", reason };
        return {
          kind: "failed",
          ...answer,
          functionError: "Unhandled",
          payload: JSON.stringify({ errorMessage: reason }),
        };
      }
    },
    discard: createDiscard(mapping, envelope, clients),
    bootstrapServers: broker.address,
    now: Date.now,
    sleep,
    random: () => 0,
    newId: randomUUID,
    log,
  });
  return {
    calls,
    mapping,
    logged,
    stop: async (graceMs = 5_000) => {
      await poller.stop(graceMs);
      await producer.close();
    },
  };
}

/** All records of an event, in the order in which it holds them. */
export function recordsOf(event: MSKEvent): readonly MSKRecord[] {
  return Object.values(event.records).flat();
}

export function valuesOf(event: MSKEvent): readonly string[] {
  return recordsOf(event).map((record) => Buffer.from(record.value, "base64").toString());
}

/** Values of every successful or failed call so far, in order. */
export function allValues(calls: readonly Call[]): readonly string[] {
  return calls.flatMap((call) => valuesOf(call.event));
}
