import type { Context, SQSBatchResponse, SQSEvent } from "aws-lambda";
import { tables } from "../../schemas/sources/index.ts";
import { starTables } from "../../schemas/warehouse/star.ts";
import { newId, now, sleep } from "../adapters/clock/index.ts";
import { createWarehouse } from "../adapters/redshift-data/index.ts";
import { createObjectStore } from "../adapters/s3/index.ts";
import { createRelease, createWake } from "../adapters/sqs/index.ts";
import { createTelemetry } from "../adapters/telemetry/index.ts";
import { parseEnvironment } from "../core/env.ts";
import type { ReplayOutcome } from "../core/events.ts";
import { loadWarehouseEnvironment } from "./env.ts";
import { handleWakeUps } from "./handle-wake-ups.ts";
import { isReplay, replayObjects } from "./replay-objects.ts";

const env = parseEnvironment(loadWarehouseEnvironment, process.env);
const starred = new Set(starTables());
const settings = {
  cluster: env.CLUSTER_NAME,
  role: env.COPY_ROLE_ARN,
  wakeSlotSeconds: env.WAKE_SLOT_SECONDS,
  cadenceSeconds: env.CADENCE_SECONDS,
  limits: { bytes: 16 * 1024 * 1024, objects: 500 },
  isStarred: (table: (typeof tables)[number]) => starred.has(table),
};
const ports = {
  landing: createObjectStore(env.LANDING_BUCKET),
  quarantine: createObjectStore(env.QUARANTINE_BUCKET),
  warehouse: createWarehouse({
    workgroup: env.WAREHOUSE_WORKGROUP,
    database: env.WAREHOUSE_DATABASE,
    secretArn: env.WAREHOUSE_SECRET,
  }),
  wakeLoader: createWake(env.LOAD_QUEUE_URL),
  wakeStar: createWake(env.STAR_QUEUE_URL, "star"),
  release: createRelease(env.LOAD_QUEUE_URL),
  telemetry: createTelemetry({ stage: env.STAGE, service: "load-warehouse" }),
  now,
  sleep,
  random: Math.random,
  newId,
};

/** Landed files to history and mirror: woken per table, so that one table's trouble is not the others'. */
export const handler = async (event: unknown, context: Context): Promise<SQSBatchResponse | ReplayOutcome> =>
  isReplay(event)
    ? replayObjects(event, tables, settings, ports)
    : handleWakeUps(event as SQSEvent, tables, settings, {
        ...ports,
        timeLeft: () => context.getRemainingTimeInMillis(),
      });
