import { tables } from "../../schemas/sources/index.ts";
import { starTables } from "../../schemas/warehouse/star.ts";
import { now } from "../adapters/clock/index.ts";
import { createWarehouse } from "../adapters/redshift-data/index.ts";
import { createObjectStore } from "../adapters/s3/index.ts";
import { createWake } from "../adapters/sqs/index.ts";
import { createTelemetry } from "../adapters/telemetry/index.ts";
import { parseEnvironment } from "../core/env.ts";
import { wakeLoadersEnvironment } from "./env.ts";
import { wakeLoaders } from "./wake-loaders.ts";
import type { WakeLoadersOutcome } from "./wake-loaders.ts";

const env = parseEnvironment(wakeLoadersEnvironment, process.env);
const settings = {
  cluster: env.CLUSTER_NAME,
  wakeSlotSeconds: env.WAKE_SLOT_SECONDS,
  tables,
  starTables: starTables(),
};
const ports = {
  landing: createObjectStore(env.LANDING_BUCKET),
  warehouse: createWarehouse({
    workgroup: env.WAREHOUSE_WORKGROUP,
    database: env.WAREHOUSE_DATABASE,
    secretArn: env.WAREHOUSE_SECRET,
  }),
  wakeLoader: createWake(env.LOAD_QUEUE_URL),
  wakeStar: createWake(env.STAR_QUEUE_URL, "star"),
  telemetry: createTelemetry({ stage: env.STAGE, service: "wake-loaders" }),
  now,
};

/** Once a minute: wakes what should be awake, because a queue only promises to try. */
export const handler = async (): Promise<WakeLoadersOutcome> => wakeLoaders(settings, ports);
