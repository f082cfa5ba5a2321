import { z } from "zod";
import {
  envInteger,
  envText,
  kafkaEnvironment,
  landingEnvironment,
  personalDataEnvironment,
  sourceEnvironment,
} from "../core/env.ts";

export const captureChangesEnvironment = z.object({
  ...sourceEnvironment,
  ...kafkaEnvironment,
  ...landingEnvironment,
  ...personalDataEnvironment,
  QUARANTINE_BUCKET: envText,
  /** Length of one bounded run; the next takes over before it ends. Below the function's timeout. */
  RUN_SECONDS: envInteger,
  /** Replication server ids of this source's runs: this one and the next fifteen; they must be free at the source. */
  SERVER_ID_BASE: envInteger,
});
