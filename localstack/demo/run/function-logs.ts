import { mkdirSync, writeFileSync } from "node:fs";
import path from "node:path";
import { CloudWatchLogsClient, paginateFilterLogEvents } from "@aws-sdk/client-cloudwatch-logs";
import { LambdaClient, paginateListFunctions } from "@aws-sdk/client-lambda";
import { localClients } from "../../../cli/target.ts";

/** A function's log, saved, and its last lines that tell of errors. */
export interface FunctionLog {
  readonly name: string;
  readonly file: string;
  readonly errors: readonly string[];
}

const TROUBLE = /"level":"ERROR"|error|timed out/i;
const SHOWN = 6;

/**
 * Saves what the Lambdas have logged: LocalStack's memory, where it is, goes when all is stopped.
 * @returns the functions that logged errors
 */
export async function saveFunctionLogs(endpoint: string, folder: string): Promise<FunctionLog[]> {
  const lambda = new LambdaClient(localClients(endpoint));
  const logs = new CloudWatchLogsClient(localClients(endpoint));
  const found: FunctionLog[] = [];
  try {
    for await (const page of paginateListFunctions({ client: lambda }, {})) {
      for (const { FunctionName: name = "", LoggingConfig } of page.Functions ?? []) {
        const lines: string[] = [];
        const logGroupName = LoggingConfig?.LogGroup ?? `/aws/lambda/${name}`;
        try {
          for await (const events of paginateFilterLogEvents({ client: logs }, { logGroupName })) {
            lines.push(...(events.events ?? []).map(({ message = "" }) => message.trimEnd()));
          }
        } catch {
          continue; // It has not run yet, so there is no group.
        }
        const file = path.join(folder, `lambda-${name}.log`);
        mkdirSync(folder, { recursive: true });
        writeFileSync(file, `${lines.join("\n")}\n`);
        const errors = lines.filter((line) => TROUBLE.test(line)).slice(-SHOWN);
        if (errors.length > 0) found.push({ name, file, errors });
      }
    }
    return found;
  } finally {
    lambda.destroy();
    logs.destroy();
  }
}

/** For the end of a failure's message. */
export function functionLogText(logs: readonly FunctionLog[]): string {
  return logs
    .map(({ name, file, errors }) =>
      [`${name} logged:`, ...errors.map((line) => `  ${line.slice(0, 500)}`), `The whole log: ${file}`].join("\n"),
    )
    .join("\n");
}
