import type { SQSEvent } from "aws-lambda";
import { newId, now, sleep } from "../adapters/clock/index.ts";
import { createWarehouse } from "../adapters/redshift-data/index.ts";
import { createRelease } from "../adapters/sqs/index.ts";
import { createTelemetry } from "../adapters/telemetry/index.ts";
import { parseEnvironment } from "../core/env.ts";
import type { StarRequest } from "../core/events.ts";
import { buildStar } from "./build-star.ts";
import type { StarOutcome } from "./build-star.ts";
import { buildStarEnvironment } from "./env.ts";

const env = parseEnvironment(buildStarEnvironment, process.env);
const telemetry = createTelemetry({ stage: env.STAGE, service: "build-star" });
const warehouse = createWarehouse({
  workgroup: env.WAREHOUSE_WORKGROUP,
  database: env.WAREHOUSE_DATABASE,
  secretArn: env.WAREHOUSE_SECRET,
});

const release = createRelease(env.STAR_QUEUE_URL);
/** A failed build is tried again this soon; the queue's own timeout is longer than the longest build. */
const RETRY_SECONDS = 15;

/** Makes what is loaded visible in mart. A wake-up says only that there is something: what, the warehouse knows. */
export const handler = async (event: SQSEvent | StarRequest): Promise<StarOutcome> => {
  const all = "action" in event;
  try {
    const outcome = await buildStar({ warehouse, telemetry, now, sleep, newId, random: Math.random }, all);
    telemetry.info("star built", { all, ...outcome });
    return outcome;
  } catch (error) {
    const handles = "action" in event ? [] : event.Records.map(({ receiptHandle }) => receiptHandle);
    await Promise.allSettled(handles.map((handle) => release(handle, RETRY_SECONDS)));
    throw error;
  }
};
