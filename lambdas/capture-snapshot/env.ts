import { z } from "zod";
import {
  envInteger,
  envText,
  kafkaEnvironment,
  landingEnvironment,
  personalDataEnvironment,
  sourceEnvironment,
} from "../core/env.ts";

export const captureSnapshotEnvironment = z.object({
  ...sourceEnvironment,
  ...kafkaEnvironment,
  ...landingEnvironment,
  ...personalDataEnvironment,
  QUARANTINE_BUCKET: envText,
  /** Replication server id of the short look into the log that an anchor may need; it must be free at the source. */
  ANCHOR_SERVER_ID: envInteger,
  /** Rows per chunk aimed at when a plan is made; at least these. */
  CHUNK_ROWS: envInteger,
  /** Rows a second and chunk at most; 0 means unthrottled. */
  ROWS_PER_SECOND: envInteger,
});
