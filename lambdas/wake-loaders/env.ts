import { z } from "zod";
import { envInteger, envText, landingEnvironment, warehouseEnvironment } from "../core/env.ts";

export const wakeLoadersEnvironment = z.object({
  ...landingEnvironment,
  ...warehouseEnvironment,
  LOAD_QUEUE_URL: envText,
  STAR_QUEUE_URL: envText,
  WAKE_SLOT_SECONDS: envInteger,
});
