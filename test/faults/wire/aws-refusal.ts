import type { AwsCall } from "./aws-call.ts";
import type { Answer } from "./aws.ts";

/** How services refuse for the moment: https://docs.aws.amazon.com/AmazonS3/latest/API/ErrorResponses.html and others. */
const REFUSALS: Readonly<Record<string, readonly (readonly [status: number, code: string])[]>> = {
  s3: [
    [503, "SlowDown"],
    [503, "ServiceUnavailable"],
    [500, "InternalError"],
  ],
  "redshift-data": [
    [400, "ThrottlingException"],
    [400, "ActiveStatementsExceededException"],
    [500, "InternalServerException"],
  ],
  sqs: [
    [400, "ThrottlingException"],
    [503, "ServiceUnavailable"],
  ],
};
const OTHERS = [
  [429, "TooManyRequestsException"],
  [503, "ServiceUnavailableException"],
] as const;

/** A refusal of the service that was called. @param pick chooses among its ways to refuse */
export function refusalOf(call: AwsCall, pick: number): Answer {
  const ways = REFUSALS[call.service] ?? OTHERS;
  const [status, code] = ways[pick % ways.length] ?? OTHERS[0];
  if (call.service === "s3") {
    const body = `<?xml version="1.0" encoding="UTF-8"?><Error><Code>${code}</Code><Message>Please reduce your request rate.</Message></Error>`;
    return { status, headers: { "content-type": "application/xml" }, body: Buffer.from(body) };
  }
  return {
    status,
    headers: { "content-type": call.contentType, "x-amzn-errortype": code },
    body: Buffer.from(JSON.stringify({ __type: code, message: "Rate exceeded" })),
  };
}
