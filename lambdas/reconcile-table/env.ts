import { z } from "zod";
import {
  envInteger,
  envText,
  kafkaEnvironment,
  landingEnvironment,
  personalDataEnvironment,
  sourceEnvironment,
  warehouseEnvironment,
} from "../core/env.ts";

export const reconcileTableEnvironment = z.object({
  ...sourceEnvironment,
  ...kafkaEnvironment,
  ...landingEnvironment,
  ...warehouseEnvironment,
  ...personalDataEnvironment,
  QUARANTINE_BUCKET: envText,
  /** Replication server id of the short look into the log that a repair's anchor may need. */
  ANCHOR_SERVER_ID: envInteger,
  /** Rows read before progress is saved. */
  CHUNK_ROWS: envInteger,
  /** Rows that are looked at one by one when one of them differs. */
  RANGE_ROWS: envInteger,
  /** Longest wait, in seconds, until the mirror has passed the place at which the source was read. */
  PATIENCE_SECONDS: envInteger,
});
