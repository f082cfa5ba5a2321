import { z } from "zod";
import { areasEnvironment, envInteger, envText, landingEnvironment } from "../core/env.ts";

export const resyncTablesEnvironment = z.object({
  ...areasEnvironment,
  ...landingEnvironment,
  COPY_MACHINE_ARN: envText,
  /** Seconds that records may be missing from a partition before the table is copied again: a batch may be late. */
  GAP_GRACE_SECONDS: envInteger,
  /** Seconds between a resync that failed and the next. */
  RETRY_SECONDS: envInteger,
});
