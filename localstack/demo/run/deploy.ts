import path from "node:path";
import { CloudFormationClient, paginateDescribeStacks } from "@aws-sdk/client-cloudformation";
import { localClients } from "../../../cli/target.ts";
import { node, root } from "../../engines/paths.ts";
import { lastLines } from "../../engines/process.ts";
import { DemoError } from "../errors.ts";
import { runCommand } from "./command.ts";

export const ACCOUNT = "000000000000";
export const REGION = "us-east-1";
export const STAGE = "local";

/** Folders of one run. */
export interface RunFolders {
  readonly data: string;
  readonly logs: string;
  readonly assembly: string;
}

/** The plain CDK command line, as it deploys to AWS, in child processes. */
export interface Deployer {
  /** Bundles the Lambdas and writes the templates; needs nothing that runs. */
  synthesize(source: { readonly host: string; readonly port: number }): Promise<void>;
  bootstrap(endpoint: string): Promise<void>;
  /** Deploys what was synthesized, and makes sure that it is. */
  deploy(endpoint: string): Promise<void>;
}

export function createDeployer(folders: RunFolders, signal: AbortSignal): Deployer {
  const cdk = (name: string, args: readonly string[], cwd: string, endpoint: string | null) =>
    runCommand({
      part: name,
      command: node,
      args: [path.join(root, "node_modules", "aws-cdk", "bin", "cdk"), ...args],
      cwd,
      env: cdkEnvironment(endpoint),
      log: path.join(folders.logs, `cdk-${name}.log`),
      signal,
    });
  return {
    synthesize: ({ host, port }) => {
      // With deleteData all goes with the stacks: a cloud that is thrown away keeps nothing.
      const context = { stage: STAGE, sourceHost: host, sourcePort: port, deleteData: STAGE };
      const given = Object.entries(context).flatMap(([key, value]) => ["--context", `${key}=${value}`]);
      return cdk("synth", ["synth", "--quiet", "--output", folders.assembly, ...given], root, null);
    },
    // Elsewhere than at the root: with an app at hand, the command would synthesize it again, without bundling.
    bootstrap: (endpoint) =>
      cdk(
        "bootstrap",
        ["bootstrap", `aws://${ACCOUNT}/${REGION}`, "--no-notices"],
        path.join(folders.data, "bootstrap"),
        endpoint,
      ),
    deploy: async (endpoint) => {
      const options = ["--all", "--require-approval", "never", "--progress", "events", "--no-notices"];
      await cdk("deploy", ["deploy", "--app", folders.assembly, ...options], folders.data, endpoint);
      // The command has been seen to report success where LocalStack had failed.
      await checkStacks(endpoint, path.join(folders.logs, "cdk-deploy.log"));
    },
  };
}

/** What the CDK command line runs with. Nothing of a real account may reach it: it would deploy there. */
export function cdkEnvironment(endpoint: string | null): NodeJS.ProcessEnv {
  const { HOME, LANG, TMPDIR } = process.env;
  const aws =
    endpoint === null
      ? {}
      : {
          AWS_ENDPOINT_URL: endpoint,
          AWS_ENDPOINT_URL_S3: endpoint,
          AWS_ACCESS_KEY_ID: "test",
          AWS_SECRET_ACCESS_KEY: "test",
          AWS_REGION: REGION,
          AWS_DEFAULT_REGION: REGION,
        };
  return {
    HOME,
    LANG,
    TMPDIR,
    PATH: [path.dirname(node), path.join(root, "node_modules", ".bin"), process.env["PATH"] ?? ""].join(path.delimiter),
    CI: "1",
    NO_COLOR: "1",
    AWS_EC2_METADATA_DISABLED: "true",
    AWS_CONFIG_FILE: "/dev/null",
    AWS_SHARED_CREDENTIALS_FILE: "/dev/null",
    CDK_DISABLE_CLI_TELEMETRY: "true",
    CDK_DISABLE_VERSION_CHECK: "true",
    // Costs more than half of synth's time; the infra tests check every template.
    CDK_VALIDATION: "false",
    ...aws,
  };
}

/** @throws DemoError naming the stacks that are not complete */
async function checkStacks(endpoint: string, log: string): Promise<void> {
  const client = new CloudFormationClient(localClients(endpoint));
  try {
    const wrong: string[] = [];
    let count = 0;
    for await (const page of paginateDescribeStacks({ client }, {})) {
      for (const { StackName = "", StackStatus = "", StackStatusReason } of page.Stacks ?? []) {
        if (!StackName.startsWith(`Millrace-${STAGE}-`)) continue;
        count++;
        if (/^(CREATE|UPDATE)_COMPLETE$/.test(StackStatus)) continue;
        wrong.push(`${StackName} is ${StackStatus}${StackStatusReason === undefined ? "" : ` (${StackStatusReason})`}`);
      }
    }
    if (wrong.length > 0 || count === 0) {
      const what = count === 0 ? "no stack is there after the deployment" : wrong.join("; ");
      throw new DemoError("deploy", `${what}. The whole log: ${log}`);
    }
  } finally {
    client.destroy();
  }
}

/** Where the deployment is, from its log; for progress only. */
export async function deployProgress(logs: string): Promise<string> {
  const lines = await lastLines(path.join(logs, "cdk-deploy.log"), 10);
  const counted = lines.findLast((line) => /\|\s*\d+\/\d+\s*\|/.test(line));
  const [stack = "", done = ""] = (counted ?? "").split("|");
  return counted === undefined ? "starting" : `${stack.trim()}: ${done.trim()} resources`;
}
