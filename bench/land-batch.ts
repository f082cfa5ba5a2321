import { Kafka, logLevel } from "kafkajs";
import type { MSKEvent, MSKRecord } from "aws-lambda";
import { createPublisher } from "../lambdas/adapters/kafka/index.ts";
import type { ObjectStore } from "../lambdas/core/ports.ts";
import { recordWriter } from "../lambdas/core/record-text.ts";
import { encoderCache } from "../lambdas/land-batch/encode-range.ts";
import { landBatch } from "../lambdas/land-batch/land-batch.ts";
import { startKafka } from "../localstack/engines/kafka.ts";
import { topicName } from "../schemas/naming.ts";
import { customers } from "../schemas/sources/classicmodels/customers.ts";
import { compared } from "./result.ts";
import type { Bench } from "./result.ts";

const RECORDS = 300_000;
const ASKED = 0.6;
/** A Lambda payload holds 6 MB; base64 and the event's own text take their share. */
const RECORDS_PER_EVENT = 5_000;

/**
 * Kafka events to landing objects by one worker, thirteen columns, against a loop that only consumes and parses. Ours
 * starts with the event's text, as the Lambda runtime gets it; objects are compressed and handed to a store that keeps
 * only their size.
 */
export const run: Bench = async ({ dir, scale, log }) => {
  const records = Math.max(1_000, Math.round(RECORDS * scale));
  const kafka = await startKafka({ dataDir: dir });
  try {
    const topic = topicName(customers);
    await publish(kafka.endpoint, topic, records);
    log("measuring the loop that consumes and parses");
    const { seconds, events } = await consume(kafka.endpoint, topic, records);
    log("measuring ours");
    const ours = await land(events);
    return [
      compared({
        name: "land-batch",
        rate: records / ours.seconds,
        unit: "records/s",
        against: { name: "consume and JSON.parse", rate: records / seconds },
        asked: ASKED,
        peakMb: null,
        details: { records, objects: ours.objects, bytes: ours.bytes, events: events.length },
      }),
    ];
  } finally {
    await kafka.stop();
  }
};

async function publish(broker: string, topic: string, records: number): Promise<void> {
  const admin = new Kafka({ brokers: [broker], logLevel: logLevel.NOTHING }).admin();
  await admin.connect();
  await admin.createTopics({ topics: [{ topic, numPartitions: 4 }] });
  await admin.disconnect();
  const publisher = await createPublisher({ brokers: [broker], auth: "none", region: "us-east-1" });
  const base = { connector: "mariadb", name: "bench", epoch: 1, db: "classicmodels", table: "customers" } as const;
  const place = { serverId: 1, gtid: "0-1-1", file: "binlog.000001", committedAt: 1_700_000_000_000, snapshot: false };
  for (let i = 0; i < records; i++) {
    const writer = recordWriter({ ...base, ...place, pos: 1_000 + i }, 1_700_000_000_500);
    const key = JSON.stringify({ customerNumber: i });
    if (!publisher.send(topic, key, writer.change("c", 0, null, JSON.stringify(customer(i)))))
      await publisher.drained();
  }
  await publisher.flush();
  await publisher.close();
}

const customer = (n: number): object => ({
  customerNumber: n,
  customerName: `Häuser & Söhne ${n}`,
  contactLastName: "Müller",
  contactFirstName: "Zoë",
  phone: "+49 69 66 90 2555",
  addressLine1: `Lyonerstr. ${n}`,
  addressLine2: n % 3 === 0 ? null : "2. Stock",
  city: "Frankfurt",
  state: null,
  postalCode: String(60_000 + (n % 10_000)),
  country: "Germany",
  salesRepEmployeeNumber: n % 5 === 0 ? null : 1_504,
  creditLimit: `${n % 100_000}.50`,
});

/** The floor: every record fetched and parsed. Keeps the records as the events that a mapping would make of them. */
async function consume(
  broker: string,
  topic: string,
  records: number,
): Promise<{ readonly seconds: number; readonly events: readonly string[] }> {
  const events: string[] = [];
  let pending: MSKRecord[] = [];
  let seen = 0;
  let parsing = 0;
  const consumer = new Kafka({ brokers: [broker], logLevel: logLevel.NOTHING }).consumer({
    groupId: "bench",
    maxWaitTimeInMs: 100,
  });
  await consumer.connect();
  await consumer.subscribe({ topics: [topic], fromBeginning: true });
  const began = process.hrtime.bigint();
  await new Promise<void>((resolve, reject) => {
    consumer
      .run({
        eachBatch: async ({ batch }) => {
          for (const { value } of batch.messages) {
            if (typeof JSON.parse(value?.toString("utf8") ?? "") !== "object") throw new Error("not an object");
          }
          // Making the events is the service's work, not the loop's: taken out of its time.
          const aside = process.hrtime.bigint();
          for (const message of batch.messages) {
            pending.push(toRecord(topic, batch.partition, message));
            if (pending.length === RECORDS_PER_EVENT) {
              events.push(toEvent(topic, pending));
              pending = [];
            }
          }
          parsing += Number(process.hrtime.bigint() - aside);
          seen += batch.messages.length;
          if (seen >= records) resolve();
        },
      })
      .catch(reject);
  });
  const seconds = (Number(process.hrtime.bigint() - began) - parsing) / 1e9;
  if (pending.length > 0) events.push(toEvent(topic, pending));
  await consumer.disconnect();
  return { seconds, events };
}

function toRecord(
  topic: string,
  partition: number,
  message: {
    readonly key: Buffer | null;
    readonly value: Buffer | null;
    readonly offset: string;
    readonly timestamp: string;
  },
): MSKRecord {
  return {
    topic,
    partition,
    offset: Number(message.offset),
    timestamp: Number(message.timestamp),
    timestampType: "CREATE_TIME",
    key: message.key?.toString("base64") ?? "",
    value: message.value?.toString("base64") ?? "",
    headers: [],
  };
}

function toEvent(topic: string, records: readonly MSKRecord[]): string {
  const byPartition: Record<string, MSKRecord[]> = {};
  for (const record of records) (byPartition[`${topic}-${record.partition}`] ??= []).push(record);
  const event: MSKEvent = {
    eventSource: "aws:kafka",
    eventSourceArn: "arn",
    bootstrapServers: "",
    records: byPartition,
  };
  return JSON.stringify(event);
}

async function land(
  events: readonly string[],
): Promise<{ readonly seconds: number; readonly objects: number; readonly bytes: number }> {
  const totals = { objects: 0, bytes: 0 };
  const nothing = async (): Promise<never> => Promise.reject(new Error("land-batch only writes"));
  const store: ObjectStore = {
    bucket: "bench",
    get: nothing,
    put: nothing,
    putIfMatch: nothing,
    remove: nothing,
    // eslint-disable-next-line require-yield -- it refuses
    list: async function* () {
      await nothing();
    },
    putIfAbsent: async (_key, body) => {
      totals.objects += 1;
      totals.bytes += body.length;
      return { created: true, etag: "" };
    },
  };
  const settings = { cluster: "bench", wakeSlotSeconds: 10, tables: [customers], encoders: encoderCache(1) };
  const quiet = (): void => undefined;
  const telemetry = { info: quiet, warn: quiet, error: quiet, metric: quiet };
  const ports = { landing: store, quarantine: store, wake: async () => undefined, telemetry, now: Date.now };
  const began = process.hrtime.bigint();
  for (const text of events) await landBatch(JSON.parse(text) as MSKEvent, settings, ports);
  return { ...totals, seconds: Number(process.hrtime.bigint() - began) / 1e9 };
}
