import type { CloudFormationCustomResourceEvent, CloudFormationCustomResourceResponse } from "aws-lambda";
import { messageOf } from "../core/errors.ts";

/** Answers CloudFormation at the address that came with the event. */
export type PutResponse = (url: string, response: CloudFormationCustomResourceResponse) => Promise<void>;

/** CloudFormation takes a reason of at most 4 KB. */
const LONGEST_REASON = 3500;
const PHYSICAL_ID = "warehouse-schema";

/**
 * Runs the migration for CloudFormation and tells it the outcome, whatever it is: without an answer a deployment hangs
 * for an hour. Delete does nothing: tables hold data and outlive their stack.
 */
export async function answerCloudFormation(
  event: CloudFormationCustomResourceEvent,
  migrate: () => Promise<unknown>,
  putResponse: PutResponse,
): Promise<void> {
  const answer = {
    PhysicalResourceId: "PhysicalResourceId" in event ? event.PhysicalResourceId : PHYSICAL_ID,
    StackId: event.StackId,
    RequestId: event.RequestId,
    LogicalResourceId: event.LogicalResourceId,
  };
  try {
    if (event.RequestType !== "Delete") await migrate();
  } catch (error) {
    const Reason = messageOf(error).slice(0, LONGEST_REASON);
    await putResponse(event.ResponseURL, { ...answer, Status: "FAILED", Reason });
    return;
  }
  await putResponse(event.ResponseURL, { ...answer, Status: "SUCCESS" });
}

/** Whether CloudFormation is asking; anything else is somebody who invokes the function to migrate. */
export function isCloudFormation(event: unknown): event is CloudFormationCustomResourceEvent {
  return typeof event === "object" && event !== null && "RequestType" in event && "ResponseURL" in event;
}
