import { mkdir } from "node:fs/promises";
import path from "node:path";
import type { EngineOptions, RunningEngine } from "./engine.ts";
import { node, python, root } from "./paths.ts";
import { choosePort } from "./ports.ts";
import { startProcess } from "./process.ts";

export interface LocalStackOptions extends EngineOptions {
  /** Where the project's own services answer, or will answer: they may start later. */
  readonly servicesEndpoint: string;
  /** Port of a running DynamoDB Local. @default - LocalStack without DynamoDB */
  readonly dynamodbPort?: number;
}

/** Whole services that go to the project's own process. */
const FORWARDED = ["kafka", "redshift-data", "redshift-serverless"];

/** Loaded while other parts still start: the first call of each would take up to seconds. */
const WARMED_UP = [
  ...["cloudformation", "s3", "sts", "iam", "ssm", "ec2", "sqs", "lambda", "logs", "kms", "secretsmanager"],
  ...["sns", "stepfunctions", "scheduler", "events", "cloudwatch", "ecr"],
];

/** LocalStack 4.14.0 on this machine, without Docker, with the project's extension. */
export async function startLocalStack(options: LocalStackOptions): Promise<RunningEngine> {
  const port = await choosePort("aws", options.port);
  const folder = path.join(options.dataDir, "localstack");
  const temporary = path.join(folder, "tmp");
  // What functions write, as they write it, a file per function; CloudWatch Logs has it when a run has ended.
  const lambdaLogs = path.join(options.dataDir, "logs", "lambda");
  for (const each of [temporary, lambdaLogs]) await mkdir(each, { recursive: true });
  const endpoint = `http://127.0.0.1:${port}`;
  const started = await startProcess({
    name: "aws",
    command: python,
    args: ["-m", "localstack.runtime.main"],
    cwd: root,
    env: { ...inherited(), ...settings(port, { folder, temporary, lambdaLogs }, options) },
    log: path.join(options.dataDir, "logs", "aws.log"),
    ready: async () => {
      const response = await fetch(`${endpoint}/_localstack/init/ready`, { signal: AbortSignal.timeout(2000) });
      return response.ok && ((await response.json()) as { completed?: unknown }).completed === true;
    },
    timeoutSeconds: 120,
    signal: options.signal,
  });
  return { name: "aws", endpoint, ...started };
}

/** Only what a process needs to run: settings and credentials of a real AWS account must not reach the local one. */
function inherited(): NodeJS.ProcessEnv {
  const { PATH, HOME, LANG } = process.env;
  return { PATH, HOME, LANG };
}

function settings(
  port: number,
  { folder, temporary, lambdaLogs }: { folder: string; temporary: string; lambdaLogs: string },
  options: LocalStackOptions,
): NodeJS.ProcessEnv {
  const dynamodb = options.dynamodbPort === undefined ? {} : { DYNAMODB_LOCAL_PORT: String(options.dynamodbPort) };
  return {
    GATEWAY_LISTEN: `127.0.0.1:${port}`,
    LOCALSTACK_HOST: `127.0.0.1:${port}`,
    FILESYSTEM_ROOT: folder,
    TMPDIR: temporary,
    // Nothing is fetched or reported, and no name server is started.
    SKIP_SSL_CERT_DOWNLOAD: "1",
    DISABLE_EVENTS: "1",
    DNS_ADDRESS: "0",
    SQS_ENDPOINT_STRATEGY: "path",
    LAMBDA_RUNTIME_EXECUTOR: "process",
    LAMBDA_KEEPALIVE_MS: "600000",
    LAMBDA_EVENT_SOURCE_MAPPING_POLL_INTERVAL_SEC: "0.05",
    LAMBDA_EVENT_SOURCE_MAPPING_MAX_BACKOFF_ON_EMPTY_POLL_SEC: "0.05",
    MILLRACE_NODE: node,
    MILLRACE_WARM_UP: WARMED_UP.join(","),
    MILLRACE_LAMBDA_LOGS: lambdaLogs,
    MILLRACE_FORWARD: FORWARDED.map((service) => `${service}=${options.servicesEndpoint}`).join(","),
    MILLRACE_CFN: `${options.servicesEndpoint}/cfn`,
    ...dynamodb,
  };
}
