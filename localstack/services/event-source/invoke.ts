import { InvokeCommand, type LambdaClient } from "@aws-sdk/client-lambda";
import { messageOf } from "../../../lambdas/core/errors.ts";
import type { Invoke } from "./invocation.ts";

/**
 * The Lambda Invoke API, synchronously. The client must not retry by itself (maxAttempts 1) and must wait as long as
 * a function may run. Errors of the service, throttling among them, mean that the function was not run.
 */
export function createInvoke(client: LambdaClient, functionArn: string): Invoke {
  return async (payload, signal) => {
    try {
      const answer = await client.send(
        new InvokeCommand({
          FunctionName: functionArn,
          InvocationType: "RequestResponse",
          Payload: Buffer.from(payload),
        }),
        { abortSignal: signal },
      );
      const common = {
        requestId: answer.$metadata.requestId ?? "",
        version: answer.ExecutedVersion ?? "$LATEST",
        payload: answer.Payload?.transformToString() ?? "",
      };
      return answer.FunctionError === undefined
        ? { kind: "succeeded", ...common }
        : { kind: "failed", functionError: answer.FunctionError, ...common };
    } catch (error) {
      const name = error instanceof Error ? error.name : "Error";
      return { kind: "unavailable", reason: `${name}: ${messageOf(error)}` };
    }
  };
}
