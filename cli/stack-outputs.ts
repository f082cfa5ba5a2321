import { CloudFormationClient, DescribeStacksCommand } from "@aws-sdk/client-cloudformation";
import { z } from "zod";
import { messageOf } from "../lambdas/core/errors.ts";
import { CommandError } from "./errors.ts";
import type { Target } from "./target.ts";

const STACKS = ["Data", "Pipeline"] as const;
/** Those of the deployment as a whole. */
export const OUTPUTS = [
  "LandBatchName",
  "LoadWarehouseName",
  "LandingBucket",
  "QuarantineBucket",
  "ClusterArn",
  "Workgroup",
  "Database",
  "WarehouseSecret",
  "PersonalDataSecret",
  "StarQueueUrl",
  "Sources",
] as const;
/** Those of each source: the output's name ends with the source's suffix. */
const SOURCE_OUTPUTS = ["CopyMachineArn", "CaptureChangesName", "MeasureLagName", "ReconcileTableName"] as const;

/** One source and what it has to itself. */
export interface SourceOutputs extends Readonly<Record<(typeof SOURCE_OUTPUTS)[number], string>> {
  readonly name: string;
  readonly areas: readonly string[];
}

/** Names of deployed resources, as the stacks give them out. */
export interface StackOutputs extends Readonly<Record<Exclude<(typeof OUTPUTS)[number], "Sources">, string>> {
  readonly sources: readonly SourceOutputs[];
}

const sourcesSchema = z.array(z.object({ name: z.string(), areas: z.array(z.string()), suffix: z.string() }));

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
  return outputsIn(found, stage);
}

/** @throws CommandError naming every output that is missing */
export function outputsIn(found: Readonly<Record<string, string>>, stage: string): StackOutputs {
  const listed = sourcesSchema.parse(JSON.parse(found["Sources"] ?? "[]"));
  const wanted = [
    ...OUTPUTS,
    ...listed.flatMap(({ suffix }) => SOURCE_OUTPUTS.map((name) => `${name}${suffix}`)),
  ] as const;
  const missing = wanted.filter((name) => found[name] === undefined);
  if (missing.length > 0) {
    throw new CommandError(`The stacks of stage ${stage} lack the outputs ${missing.join(", ")}: deploy them again.`);
  }
  const value = (name: string): string => found[name] ?? "";
  const sources = listed.map(({ name, areas, suffix }): SourceOutputs => {
    const own = Object.fromEntries(SOURCE_OUTPUTS.map((output) => [output, value(`${output}${suffix}`)]));
    return { name, areas, ...(own as Readonly<Record<(typeof SOURCE_OUTPUTS)[number], string>>) };
  });
  const shared = Object.fromEntries(OUTPUTS.map((output) => [output, value(output)]));
  return { ...(shared as Readonly<Record<(typeof OUTPUTS)[number], string>>), sources };
}
