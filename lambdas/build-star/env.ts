import { z } from "zod";
import { envText, warehouseEnvironment } from "../core/env.ts";

export const buildStarEnvironment = z.object({ ...warehouseEnvironment, STAR_QUEUE_URL: envText });
