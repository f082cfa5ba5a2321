import {
  BatchExecuteStatementCommand,
  DescribeStatementCommand,
  ExecuteStatementCommand,
  GetStatementResultCommand,
  type DescribeStatementResponse,
  type Field,
} from "@aws-sdk/client-redshift-data";
import { startDataApi, startWarehouse } from "./support.ts";
import type { DataApi, Warehouse } from "./support.ts";

const SECONDS = 30;

/** Short ways to run SQL through the SDK's client. */
export class Runner {
  readonly #api: DataApi;
  readonly #place: { readonly WorkgroupName: string; readonly Database: string };

  constructor(api: DataApi, { database }: Pick<Warehouse, "database">) {
    this.#api = api;
    this.#place = { WorkgroupName: "local", Database: database };
  }

  /** Runs a statement to its end, however it ends. */
  async execute(
    sql: string,
    more: Partial<ConstructorParameters<typeof ExecuteStatementCommand>[0]> = {},
  ): Promise<DescribeStatementResponse> {
    const { Id } = await this.#api.client.send(new ExecuteStatementCommand({ Sql: sql, ...this.#place, ...more }));
    return this.describe(Id);
  }

  /** Runs a batch to its end, however it ends. */
  async batch(
    sqls: string[],
    more: Partial<ConstructorParameters<typeof BatchExecuteStatementCommand>[0]> = {},
  ): Promise<DescribeStatementResponse> {
    const { Id } = await this.#api.client.send(
      new BatchExecuteStatementCommand({ Sqls: sqls, ...this.#place, ...more }),
    );
    return this.describe(Id);
  }

  describe(id: string | undefined): Promise<DescribeStatementResponse> {
    return this.#api.client.send(new DescribeStatementCommand({ Id: id, WaitTimeSeconds: SECONDS }));
  }

  /** Runs statements one after the other and wants each to succeed. */
  async must(...sqls: string[]): Promise<void> {
    for (const sql of sqls) {
      const { Status, Error: reason } = await this.execute(sql);
      if (Status !== "FINISHED") throw new Error(`${sql}\n${Status ?? ""}: ${reason ?? ""}`);
    }
  }

  /** @returns the rows of a query as plain values. */
  async rows(sql: string): Promise<(string | number | boolean | null)[][]> {
    const { Id, Status, Error: reason } = await this.execute(sql);
    if (Status !== "FINISHED") throw new Error(`${sql}\n${Status ?? ""}: ${reason ?? ""}`);
    const { Records } = await this.#api.client.send(new GetStatementResultCommand({ Id }));
    return (Records ?? []).map((row) => row.map(plain));
  }

  /** @returns the error of a statement that must fail */
  async error(sql: string): Promise<string> {
    const { Status, Error: reason } = await this.execute(sql);
    if (Status !== "FAILED") throw new Error(`${sql} is ${Status ?? ""}, FAILED was expected`);
    return reason ?? "";
  }
}

function plain(field: Field): string | number | boolean | null {
  return field.stringValue ?? field.longValue ?? field.doubleValue ?? field.booleanValue ?? null;
}

/** A warehouse and its Data API, with short ways to both. */
export interface Redshift {
  readonly warehouse: Warehouse;
  readonly api: DataApi;
  readonly run: Runner;
  stop(): Promise<void>;
}

export async function startRedshift(): Promise<Redshift> {
  const warehouse = await startWarehouse();
  const api = await startDataApi(warehouse);
  const stop = async (): Promise<void> => {
    await api.close();
    await warehouse.stop();
  };
  return { warehouse, api, run: new Runner(api, warehouse), stop };
}
