import { z } from "zod";
import { envInteger, envText, landingEnvironment, warehouseEnvironment } from "../core/env.ts";

export const loadWarehouseEnvironment = z.object({
  ...landingEnvironment,
  ...warehouseEnvironment,
  QUARANTINE_BUCKET: envText,
  COPY_ROLE_ARN: envText,
  LOAD_QUEUE_URL: envText,
  STAR_QUEUE_URL: envText,
  WAKE_SLOT_SECONDS: envInteger,
  /** Seconds between two loads of one table at least; a table's own `cadence` goes before it. */
  CADENCE_SECONDS: envInteger,
});
