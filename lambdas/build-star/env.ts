import { z } from "zod";
import { warehouseEnvironment } from "../core/env.ts";

export const buildStarEnvironment = z.object({ ...warehouseEnvironment });
