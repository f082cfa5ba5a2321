import type { MSKEvent } from "aws-lambda";
import { tables } from "../../schemas/sources/index.ts";
import { now } from "../adapters/clock/index.ts";
import { createObjectStore } from "../adapters/s3/index.ts";
import { createWake } from "../adapters/sqs/index.ts";
import { createTelemetry } from "../adapters/telemetry/index.ts";
import { parseEnvironment } from "../core/env.ts";
import type { RedriveOutcome } from "../core/events.ts";
import { encoderCache } from "./encode-range.ts";
import { landBatchEnvironment } from "./env.ts";
import { landBatch } from "./land-batch.ts";
import { isRedrive, redriveRecords } from "./redrive-records.ts";

const env = parseEnvironment(landBatchEnvironment, process.env);
const settings = {
  cluster: env.CLUSTER_NAME,
  wakeSlotSeconds: env.WAKE_SLOT_SECONDS,
  tables,
  encoders: encoderCache(env.DEFAULT_EPOCH),
};
const ports = {
  landing: createObjectStore(env.LANDING_BUCKET),
  quarantine: createObjectStore(env.QUARANTINE_BUCKET),
  wake: createWake(env.LOAD_QUEUE_URL),
  telemetry: createTelemetry({ stage: env.STAGE, service: "land-batch" }),
  now,
};

/**
 * Kafka to S3, so that the warehouse can load files: the only stage that reads topics. The event source gets no answer: it
 * would take one for a report of failures.
 */
export const handler = async (event: unknown): Promise<RedriveOutcome | undefined> => {
  if (isRedrive(event)) return redriveRecords(event, settings, ports);
  await landBatch(event as MSKEvent, settings, ports);
  return undefined;
};
