import { InvokeCommand, LambdaClient } from "@aws-sdk/client-lambda";
import { z } from "zod";
import { CommandError } from "./errors.ts";
import type { ClientSettings } from "./target.ts";

/**
 * Calls one of the project's functions and waits for its answer.
 * @param maxAttempts once by default: a slice of work takes longer than the client would wait by itself, and asking
 *   twice would do it twice
 * @throws CommandError with the function's own words
 */
export function functionCaller(
  aws: ClientSettings,
  functionName: string,
  maxAttempts = 1,
): (payload: object) => Promise<unknown> {
  const client = new LambdaClient({ ...aws, maxAttempts });
  return async (payload) => {
    const answer = await client.send(
      new InvokeCommand({ FunctionName: functionName, Payload: Buffer.from(JSON.stringify(payload)) }),
    );
    const text = Buffer.from(answer.Payload ?? []).toString("utf8");
    if (answer.FunctionError !== undefined) throw new CommandError(errorIn(text));
    return JSON.parse(text) as unknown;
  };
}

/** Lambda's error document: `{errorType, errorMessage, trace}`. */
function errorIn(text: string): string {
  const parsed = z.object({ errorType: z.string(), errorMessage: z.string() }).safeParse(JSON.parse(text));
  return parsed.success ? `${parsed.data.errorType}: ${parsed.data.errorMessage}` : text;
}
