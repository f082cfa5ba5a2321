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
  /** Rows per chunk aimed at when a plan is made; at least these. */
  CHUNK_ROWS: envInteger,
  /** Rows a second and chunk at most; 0 means unthrottled. */
  ROWS_PER_SECOND: envInteger,
});
