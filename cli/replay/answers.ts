import { z } from "zod";
import type { RedriveOutcome, ReplayOutcome } from "../../lambdas/core/events.ts";

const refused = z.array(z.object({ topic: z.string(), partition: z.number(), offset: z.number(), reason: z.string() }));
const redriveSchema: z.ZodType<RedriveOutcome> = z.object({ landed: z.array(z.string()), refused });
const replaySchema: z.ZodType<ReplayOutcome> = z.object({
  state: z.enum(["done", "held"]),
  rows: z.number(),
  refused,
  ahead: z.array(z.string()),
});

/** land-batch's answer, checked. */
export const redriveAnswer = (answer: unknown): RedriveOutcome => redriveSchema.parse(answer);
/** load-warehouse's answer, checked. */
export const replayAnswer = (answer: unknown): ReplayOutcome => replaySchema.parse(answer);
