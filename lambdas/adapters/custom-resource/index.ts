import type { CloudFormationCustomResourceResponse } from "aws-lambda";
import { TransientError, messageOf } from "../../core/errors.ts";

/** PUTs a custom resource's answer to its presigned address. */
export async function putResponse(url: string, response: CloudFormationCustomResourceResponse): Promise<void> {
  const body = JSON.stringify(response);
  // The address is signed for an empty content type: any other is refused.
  const answer = await fetch(url, { method: "PUT", body, headers: { "content-type": "" } }).catch((error: unknown) => {
    throw new TransientError(`answer to CloudFormation: ${messageOf(error)}`, { cause: error });
  });
  await answer.arrayBuffer();
  if (!answer.ok) throw new TransientError(`answer to CloudFormation: status ${answer.status}`);
}
