import { InvokeCommand, LambdaClient } from "@aws-sdk/client-lambda";

/**
 * Starts a function without waiting for its answer (InvocationType Event).
 * @throws the SDK's error when the service does not accept the event
 */
export function createAsyncInvoke(
  client = new LambdaClient(),
): (functionName: string, payload: object) => Promise<void> {
  return async (functionName, payload) => {
    await client.send(
      new InvokeCommand({
        FunctionName: functionName,
        InvocationType: "Event",
        Payload: Buffer.from(JSON.stringify(payload)),
      }),
    );
  };
}
