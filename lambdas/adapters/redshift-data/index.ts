import {
  BatchExecuteStatementCommand,
  DescribeStatementCommand,
  ExecuteStatementCommand,
  GetStatementResultCommand,
  RedshiftDataClient,
} from "@aws-sdk/client-redshift-data";
import type { DescribeStatementCommandOutput, StatementStatusString } from "@aws-sdk/client-redshift-data";
import type { Warehouse, WarehouseRow } from "../../core/ports.ts";
import { failedStatement, translated } from "./errors.ts";
import { keepIntegersExact } from "./exact-integers.ts";
import { rowsOf } from "./result.ts";

export interface WarehouseSettings {
  readonly workgroup: string;
  readonly database: string;
  /** ARN of the secret that signs in. */
  readonly secretArn: string;
}

/** Longest wait that one call may ask for is 30 s; below the SDK's and any proxy's patience. */
const WAIT_SECONDS = 20;

/** Redshift Serverless through the Data API: no connection, no VPC; each call waits on the server, not in a poll loop. */
export function createWarehouse(
  settings: WarehouseSettings,
  client: RedshiftDataClient = new RedshiftDataClient(),
): Warehouse {
  keepIntegersExact(client);
  const where = { WorkgroupName: settings.workgroup, Database: settings.database, SecretArn: settings.secretArn };

  const finished = async (
    id: string,
    status: StatementStatusString | undefined,
  ): Promise<DescribeStatementCommandOutput> => {
    // A first answer that says FINISHED still lacks the counts of rows.
    let described = await describe(id, status === "FINISHED" ? 0 : WAIT_SECONDS);
    while (!isOver(described.Status)) described = await describe(id, WAIT_SECONDS);
    if (described.Status !== "FINISHED") throw failedStatement(described);
    return described;
  };

  const describe = async (id: string, wait: number): Promise<DescribeStatementCommandOutput> =>
    client
      .send(new DescribeStatementCommand({ Id: id, ...(wait > 0 && { WaitTimeSeconds: wait }) }))
      .catch((error: unknown) => {
        throw translated(error, `describe statement ${id}`);
      });

  return {
    async query(sql) {
      const started = await client
        .send(new ExecuteStatementCommand({ ...where, Sql: sql, WaitTimeSeconds: WAIT_SECONDS }))
        .catch((error: unknown) => {
          throw translated(error, "execute statement");
        });
      const { Id: id = "", HasResultSet } = await finished(started.Id ?? "", started.Status);
      const rows: WarehouseRow[] = [];
      if (HasResultSet !== true) return rows;
      let token: string | undefined;
      do {
        const page = await client
          .send(new GetStatementResultCommand({ Id: id, NextToken: token }))
          .catch((error: unknown) => {
            throw translated(error, `result of statement ${id}`);
          });
        rows.push(...rowsOf(page));
        token = page.NextToken;
      } while (token !== undefined && token !== "");
      return rows;
    },

    async transaction(statements, clientToken) {
      const started = await client
        .send(
          new BatchExecuteStatementCommand({
            ...where,
            Sqls: [...statements],
            ClientToken: clientToken,
            WaitTimeSeconds: WAIT_SECONDS,
          }),
        )
        .catch((error: unknown) => {
          throw translated(error, "execute transaction");
        });
      const described = await finished(started.Id ?? "", started.Status);
      const subStatements = described.SubStatements ?? [];
      return { id: described.Id ?? "", rows: statements.map((_, i) => subStatements[i]?.ResultRows ?? -1) };
    },
  };
}

function isOver(status: DescribeStatementCommandOutput["Status"]): boolean {
  return status === "FINISHED" || status === "FAILED" || status === "ABORTED";
}
