import { z } from "zod";
import { envInteger, envText, landingEnvironment } from "../core/env.ts";

export const landBatchEnvironment = z.object({
  ...landingEnvironment,
  QUARANTINE_BUCKET: envText,
  LOAD_QUEUE_URL: envText,
  /** Length of a wake-up slot; equals the queue's delivery delay, so that no wake-up is lost. */
  WAKE_SLOT_SECONDS: envInteger,
  /** Epoch of records that carry none (a Debezium connector's). */
  DEFAULT_EPOCH: envInteger,
});
