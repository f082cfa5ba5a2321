import { CloudWatchClient } from "@aws-sdk/client-cloudwatch";
import { CloudWatchLogsClient } from "@aws-sdk/client-cloudwatch-logs";
import { LambdaClient } from "@aws-sdk/client-lambda";
import { S3Client } from "@aws-sdk/client-s3";
import { SchedulerClient } from "@aws-sdk/client-scheduler";
import { SFNClient } from "@aws-sdk/client-sfn";
import { SNSClient } from "@aws-sdk/client-sns";
import { SQSClient } from "@aws-sdk/client-sqs";
import type { ServicesEnvironment } from "./env.ts";

/** A function may run this long; its caller waits a little longer. */
const LONGEST_INVOCATION_MS = 15 * 60_000 + 5_000;

/** Every other call: one that hangs must not keep a worker from its next look, or the process from stopping. */
const LONGEST_CALL_MS = 30_000;

/** Clients of LocalStack, one each for the whole process. */
export function createAwsClients(env: ServicesEnvironment) {
  const common = {
    endpoint: env.AWS_ENDPOINT_URL,
    region: env.AWS_REGION,
    credentials: { accessKeyId: env.AWS_ACCESS_KEY_ID, secretAccessKey: env.AWS_SECRET_ACCESS_KEY },
    requestHandler: { connectionTimeout: 2_000, requestTimeout: LONGEST_CALL_MS, throwOnRequestTimeout: true },
  };
  return {
    lambda: new LambdaClient(common),
    /** Retries are the caller's: an attempt here is an attempt at the function. */
    invoker: new LambdaClient({
      ...common,
      maxAttempts: 1,
      requestHandler: {
        connectionTimeout: 2_000,
        requestTimeout: LONGEST_INVOCATION_MS,
        httpAgent: { maxSockets: 64 },
      },
    }),
    s3: new S3Client({ ...common, forcePathStyle: true }),
    sqs: new SQSClient(common),
    sns: new SNSClient(common),
    scheduler: new SchedulerClient(common),
    stepFunctions: new SFNClient(common),
    logs: new CloudWatchLogsClient(common),
    metrics: new CloudWatchClient(common),
  };
}

export type AwsClients = ReturnType<typeof createAwsClients>;
