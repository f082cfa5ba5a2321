import type { App, StackProps } from "aws-cdk-lib";
import { tables as captured } from "../../schemas/sources/index.ts";
import type { StageConfig } from "../config.ts";
import { DataStack } from "./data.ts";
import { ObservabilityStack } from "./observability.ts";
import { PipelineStack } from "./pipeline.ts";

export interface MillraceStacks {
  readonly data: DataStack;
  readonly pipeline: PipelineStack;
  readonly observability: ObservabilityStack;
}

/** The three stacks of a stage, by lifecycle: Data holds bytes, Pipeline works on them, Observability watches. */
export function createStacks(app: App, config: StageConfig, tables = captured): MillraceStacks {
  const common = (part: string): StackProps => ({
    env: { region: config.region, ...(config.account && { account: config.account }) },
    stackName: `Millrace-${config.stage}-${part}`,
    tags: { project: "millrace", stage: config.stage },
  });
  const id = (part: string): string => `Millrace-${config.stage}-${part}`;
  const data = new DataStack(app, id("Data"), {
    ...common("Data"),
    terminationProtection: config.removal.terminationProtection,
    config,
    tables,
  });
  const pipeline = new PipelineStack(app, id("Pipeline"), { ...common("Pipeline"), config, data, tables });
  const observability = new ObservabilityStack(app, id("Observability"), {
    ...common("Observability"),
    config,
    pipeline,
  });
  return { data, pipeline, observability };
}
