import { RedshiftDataClient } from "@aws-sdk/client-redshift-data";
import type { AskStatus } from "../../../cli/pipeline-status.ts";
import { statusAsker } from "../../../cli/pipeline-status.ts";
import type { SourceOutputs, StackOutputs } from "../../../cli/stack-outputs.ts";
import { stackOutputs } from "../../../cli/stack-outputs.ts";
import { localClients } from "../../../cli/target.ts";
import { createWarehouse } from "../../../lambdas/adapters/redshift-data/index.ts";
import type { AskWarehouse } from "../compare/figures.ts";
import { DemoError } from "../errors.ts";
import { STAGE } from "./deploy.ts";

/** The deployed pipeline as the job talks to it: AWS calls only. */
export interface DeployedPipeline {
  readonly endpoint: string;
  readonly outputs: StackOutputs;
  /** The first source: the one that the job fills and compares. */
  readonly source: SourceOutputs;
  readonly status: AskStatus;
  readonly ask: AskWarehouse;
}

export async function deployedPipeline(endpoint: string): Promise<DeployedPipeline> {
  const aws = localClients(endpoint);
  const outputs = await stackOutputs({ stage: STAGE, aws, local: null });
  const [source] = outputs.sources;
  if (source === undefined) throw new DemoError("deploy", "the stacks name no source.");
  const where = { workgroup: outputs.Workgroup, database: outputs.Database, secretArn: outputs.WarehouseSecret };
  const warehouse = createWarehouse(where, new RedshiftDataClient(aws));
  return {
    endpoint,
    outputs,
    source,
    status: statusAsker(aws, source.MeasureLagName),
    ask: (sql) => warehouse.query(sql),
  };
}
