import { z } from "zod";
import type { PipelineStatus, StatusMark } from "../lambdas/core/events.ts";
import { functionCaller } from "./function-call.ts";
import type { ClientSettings } from "./target.ts";

const count = z.number().nonnegative();
const pipelineStatus: z.ZodType<PipelineStatus> = z.object({
  mark: z.looseObject({ file: z.string(), pos: count }),
  capture: z
    .object({
      file: z.string(),
      pos: count,
      lagSeconds: count.nullable(),
      sourceLagSeconds: count.nullable(),
      lost: z.string().nullable(),
      stuck: z.string().nullable(),
      savedAt: z.string(),
      anchor: z
        .object({
          facility: z.enum(["binlog_snapshot", "gtid_executed", "log_status", "innodb_trx"]),
          file: z.string(),
          pos: count,
        })
        .nullable(),
    })
    .nullable(),
  copyWaits: z.object({ table: z.string(), reason: z.string(), since: z.string() }).nullable(),
  tables: z.array(
    z.object({
      table: z.string(),
      published: count,
      landed: count,
      loaded: count,
      starred: count,
      lastError: z.string().nullable(),
      held: z.string().nullable(),
      resync: z.array(z.string()),
      cascades: z.array(z.string()),
    }),
  ),
  caughtUp: z.boolean(),
});

/** Asks measure-lag where every stage is; with the mark of an earlier answer, relative to that moment. */
export type AskStatus = (mark?: StatusMark) => Promise<PipelineStatus>;

/** Asking changes nothing, so it may be asked again. */
const ATTEMPTS = 3;

/** @param functionName the stacks' output MeasureLagName */
export function statusAsker(aws: ClientSettings, functionName: string): AskStatus {
  const call = functionCaller(aws, functionName, ATTEMPTS);
  return async (mark) =>
    pipelineStatus.parse(await call({ action: "status", ...(mark === undefined ? {} : { mark }) }));
}
