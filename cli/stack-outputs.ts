import { CloudFormationClient, DescribeStacksCommand } from "@aws-sdk/client-cloudformation";
import { messageOf } from "../lambdas/core/errors.ts";
import { CommandError } from "./errors.ts";
import type { Target } from "./target.ts";

const STACKS = ["Data", "Pipeline"] as const;
const OUTPUTS = [
  "CopyMachineArn",
  "CaptureChangesName",
  "LandBatchName",
  "LoadWarehouseName",
  "MeasureLagName",
  "ReconcileTableName",
  "LandingBucket",
  "QuarantineBucket",
  "ClusterArn",
  "Workgroup",
  "Database",
  "WarehouseSecret",
  "PersonalDataSecret",
  "StarQueueUrl",
] as const;

/** Names of deployed resources, as the stacks give them out. */
export type StackOutputs = Readonly<Record<(typeof OUTPUTS)[number], string>>;

/** @throws CommandError when the stage is not deployed, or by an older version */
export async function stackOutputs({ stage, aws }: Target): Promise<StackOutputs> {
  const client = new CloudFormationClient(aws);
  const found: Record<string, string> = {};
  try {
    for (const stack of STACKS) {
      const StackName = `Millrace-${stage}-${stack}`;
      const { Stacks } = await client.send(new DescribeStacksCommand({ StackName })).catch((cause: unknown) => {
        const hint = `Is stage ${stage} deployed (cdk deploy --all -c stage=${stage}), and are account and region right?`;
        throw new CommandError(`Stack ${StackName} cannot be read: ${messageOf(cause)}. ${hint}`, { cause });
      });
      for (const { OutputKey, OutputValue } of Stacks?.[0]?.Outputs ?? []) {
        if (OutputKey !== undefined && OutputValue !== undefined) found[OutputKey] = OutputValue;
      }
    }
  } finally {
    client.destroy();
  }
  const missing = OUTPUTS.filter((name) => found[name] === undefined);
  if (missing.length > 0) {
    throw new CommandError(`The stacks of stage ${stage} lack the outputs ${missing.join(", ")}: deploy them again.`);
  }
  return found as StackOutputs;
}
