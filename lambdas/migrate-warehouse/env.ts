import { z } from "zod";
import { landingEnvironment, warehouseEnvironment } from "../core/env.ts";

export const migrateWarehouseEnvironment = z.object({ ...warehouseEnvironment, ...landingEnvironment });
