import {
  DescribeStatementCommand,
  ExecuteStatementCommand,
  GetStatementResultCommand,
  RedshiftDataClient,
} from "@aws-sdk/client-redshift-data";
import type { ColumnMetadata, Field } from "@aws-sdk/client-redshift-data";
import { setTimeout as sleep } from "node:timers/promises";
import { keepIntegersExact } from "../lambdas/adapters/redshift-data/exact-integers.ts";
import { CommandError } from "./errors.ts";
import type { StackOutputs } from "./stack-outputs.ts";
import type { ClientSettings } from "./target.ts";

export interface ResultColumn {
  readonly name: string;
  /** Redshift's type name, lower case, e.g. `int8`, `numeric`, `timestamptz`. */
  readonly type: string;
}

export interface SqlResult {
  readonly columns: readonly ResultColumn[];
  readonly rows: readonly (readonly Field[])[];
  /** False for statements that give no rows, such as DDL. */
  readonly hasResult: boolean;
}

const POLL_MS = 100;

/** Runs one statement through the Redshift Data API and reads all of its rows. @throws CommandError with the server's words */
export async function runStatement(
  sql: string,
  outputs: Pick<StackOutputs, "Workgroup" | "Database" | "WarehouseSecret">,
  aws: ClientSettings,
): Promise<SqlResult> {
  const client = new RedshiftDataClient(aws);
  keepIntegersExact(client);
  try {
    const { Id } = await client.send(
      new ExecuteStatementCommand({
        Sql: sql,
        WorkgroupName: outputs.Workgroup,
        Database: outputs.Database,
        SecretArn: outputs.WarehouseSecret,
      }),
    );
    if (Id === undefined) throw new CommandError("The Data API gave the statement no id.");
    if (!(await finished(client, Id))) return { columns: [], rows: [], hasResult: false };
    return await readResult(client, Id);
  } finally {
    client.destroy();
  }
}

/** Waits for the statement's end. @returns whether it has a result */
async function finished(client: RedshiftDataClient, Id: string): Promise<boolean> {
  for (;;) {
    const { Status, Error: reason, HasResultSet } = await client.send(new DescribeStatementCommand({ Id }));
    if (Status === "FINISHED") return HasResultSet === true;
    if (Status === "FAILED" || Status === "ABORTED")
      throw new CommandError(reason ?? `The statement ${Status.toLowerCase()}.`);
    await sleep(POLL_MS);
  }
}

async function readResult(client: RedshiftDataClient, Id: string): Promise<SqlResult> {
  const rows: Field[][] = [];
  let columns: readonly ColumnMetadata[] = [];
  let NextToken: string | undefined;
  do {
    const page = await client.send(
      new GetStatementResultCommand({ Id, ...(NextToken === undefined ? {} : { NextToken }) }),
    );
    columns = page.ColumnMetadata ?? columns;
    rows.push(...(page.Records ?? []));
    NextToken = page.NextToken;
  } while (NextToken !== undefined && NextToken !== "");
  return {
    columns: columns.map(({ label, name, typeName }) => ({
      name: (label ?? name ?? "").toLowerCase(),
      type: (typeName ?? "").toLowerCase(),
    })),
    rows,
    hasResult: true,
  };
}
