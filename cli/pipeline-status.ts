import { InvokeCommand, LambdaClient } from "@aws-sdk/client-lambda";
import { z } from "zod";
import type { PipelineStatus, StatusMark } from "../lambdas/core/events.ts";
import { CommandError } from "./errors.ts";
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

/** @param functionName the stacks' output MeasureLagName */
export function statusAsker(aws: ClientSettings, functionName: string): AskStatus {
  const client = new LambdaClient(aws);
  return async (mark) => {
    const payload = { action: "status", ...(mark === undefined ? {} : { mark }) };
    const answer = await client.send(
      new InvokeCommand({ FunctionName: functionName, Payload: Buffer.from(JSON.stringify(payload)) }),
    );
    const text = Buffer.from(answer.Payload ?? []).toString("utf8");
    if (answer.FunctionError !== undefined) throw new CommandError(`measure-lag failed: ${errorIn(text)}`);
    return pipelineStatus.parse(JSON.parse(text));
  };
}

/** Lambda's error document: `{errorType, errorMessage, trace}`. */
function errorIn(text: string): string {
  const parsed = z.object({ errorType: z.string(), errorMessage: z.string() }).safeParse(JSON.parse(text));
  return parsed.success ? `${parsed.data.errorType}: ${parsed.data.errorMessage}` : text;
}
