import { z } from "zod";
import { kafkaEnvironment, landingEnvironment, sourceEnvironment, warehouseEnvironment } from "../core/env.ts";

export const measureLagEnvironment = z.object({
  ...sourceEnvironment,
  ...kafkaEnvironment,
  ...landingEnvironment,
  ...warehouseEnvironment,
});
