import { createHash, randomUUID } from "node:crypto";
import { mkdirSync, rmSync } from "node:fs";
import path from "node:path";
import type { Client } from "pg";
import { AwsError } from "../aws-error.ts";
import { s3ObjectStore, type ObjectStore, type S3Settings } from "../sql/copy/object-store.ts";
import { redshiftError } from "../sql/run/postgres-errors.ts";
import { checkRole, type WarehouseDirectory } from "./directory.ts";
import { describeTable, listDatabases, listSchemas, listTables } from "./catalogue.ts";
import { described, listed, submitted } from "./describe.ts";
import { columnMetadata, csvPage, field } from "./fields.ts";
import {
  checkParameters,
  checkSubmission,
  paged,
  readInput,
  validation,
  type Input,
  type Submission,
} from "./input.ts";
import { runStatement } from "./runner.ts";
import { Sessions } from "./sessions.ts";
import { isOver, notFound, StatementStore, type Part, type Statement } from "./statement.ts";
import { Waiting } from "./waiting.ts";

export interface RedshiftDataOptions {
  /** PostgreSQL as its owner; the database comes with each call. */
  readonly warehouseUrl: string;
  readonly s3: S3Settings;
  /** Results that do not fit into memory go below here; what an earlier run left is removed. */
  readonly dataDir: string;
  /** Which workgroups, secrets and roles there are. @default - any name is taken */
  readonly directory?: WarehouseDirectory;
  /** @default - S3 behind the endpoint */
  readonly objects?: ObjectStore;
  readonly now?: () => Date;
}

export interface RedshiftData {
  /** Answers one operation as the service does; times are epoch seconds. @throws AwsError */
  handle(
    operation: string,
    input: unknown,
    context: { readonly region: string; readonly account: string },
  ): Promise<unknown>;
  close(): Promise<void>;
}

/** The Redshift Data API over PostgreSQL, for serverless workgroups. Statements run after the call has returned. */
export async function createRedshiftData(options: RedshiftDataOptions): Promise<RedshiftData> {
  const resultsFolder = path.join(options.dataDir, "redshift-results");
  rmSync(resultsFolder, { recursive: true, force: true });
  mkdirSync(resultsFolder, { recursive: true });
  return new DataApi(options, resultsFolder);
}

class DataApi implements RedshiftData {
  readonly #options: RedshiftDataOptions;
  readonly #resultsFolder: string;
  readonly #now: () => Date;
  readonly #sessions: Sessions;
  readonly #objects: ObjectStore & { close?(): void };
  readonly #statements: StatementStore;
  readonly #waiting = new Waiting();
  readonly #running = new Set<Promise<void>>();
  /** Rises with every statement and from one run of the process to the next. */
  #lastQueryId: number;

  constructor(options: RedshiftDataOptions, resultsFolder: string) {
    this.#options = options;
    this.#resultsFolder = resultsFolder;
    this.#now = options.now ?? (() => new Date());
    this.#sessions = new Sessions(options.warehouseUrl);
    this.#objects = options.objects ?? s3ObjectStore(options.s3);
    this.#statements = new StatementStore(this.#now);
    this.#lastQueryId = this.#now().getTime();
  }

  async handle(operation: string, raw: unknown): Promise<unknown> {
    switch (operation) {
      case "ExecuteStatement": {
        const input = readInput(operation, raw);
        return this.#submit(input, [input.Sql], false, false);
      }
      case "BatchExecuteStatement": {
        const input = readInput(operation, raw);
        return this.#submit(input, input.Sqls, true, input.ExecutionMode === "AUTO_COMMIT");
      }
      case "DescribeStatement": {
        const { Id, WaitTimeSeconds } = readInput(operation, raw);
        const { statement, part } = this.#statements.get(Id);
        await this.#waiting.until(statement, WaitTimeSeconds);
        return described(statement, part);
      }
      case "GetStatementResult":
        return this.#result(readInput(operation, raw), "JSON");
      case "GetStatementResultV2":
        return this.#result(readInput("GetStatementResult", raw), "CSV");
      case "CancelStatement":
        return this.#cancel(readInput(operation, raw).Id);
      case "ListStatements":
        return this.#list(readInput(operation, raw));
      case "ListDatabases":
      case "ListSchemas":
      case "ListTables":
      case "DescribeTable":
        return this.#browse(operation, raw);
      default:
        throw new AwsError("UnknownOperationException", `${operation} is not supported by the local Redshift Data API`);
    }
  }

  async close(): Promise<void> {
    for (const statement of this.#statements.all())
      if (!isOver(statement)) await this.#cancel(statement.id).catch(() => undefined);
    await Promise.allSettled(this.#running);
    await this.#sessions.close();
    this.#objects.close?.();
    rmSync(this.#resultsFolder, { recursive: true, force: true });
  }

  async #submit(input: Submission, sqls: readonly string[], batch: boolean, autoCommit: boolean): Promise<unknown> {
    const workgroup = this.#workgroup(input);
    checkSubmission(input, sqls);
    checkParameters(input.Parameters ?? [], sqls);
    const { WaitTimeSeconds, ClientToken, ...request } = input;
    const fingerprint = createHash("sha256").update(JSON.stringify(request)).digest("hex");
    const known = this.#statements.byToken(ClientToken, fingerprint);
    const statement = known ?? this.#create(input, workgroup, sqls, batch, autoCommit);
    if (known === null) {
      this.#statements.add(statement, ClientToken, fingerprint);
      this.#start(statement);
    }
    await this.#waiting.until(statement, WaitTimeSeconds);
    return submitted(statement);
  }

  #create(
    input: Submission,
    workgroup: string,
    sqls: readonly string[],
    batch: boolean,
    autoCommit: boolean,
  ): Statement {
    const id = randomUUID();
    const createdAt = this.#now();
    const parts = sqls.map((sql, i): Part => ({
      id: batch ? `${id}:${i + 1}` : id,
      sql,
      queryId: ++this.#lastQueryId,
      status: "SUBMITTED",
      error: null,
      rows: -1,
      nanoseconds: 0,
      updatedAt: createdAt,
      result: null,
    }));
    return {
      id, batch, autoCommit, workgroup, createdAt, parts, database: input.Database, secretArn: input.SecretArn,
      name: input.StatementName, parameters: input.Parameters ?? [], resultFormat: input.ResultFormat,
      status: "SUBMITTED", error: null, pid: 0, updatedAt: createdAt, cancelled: false,
    }; // prettier-ignore
  }

  #start(statement: Statement): void {
    const running = runStatement(statement, {
      sessions: this.#sessions,
      objects: this.#objects,
      resultsFolder: this.#resultsFolder,
      authorize: (role) => checkRole(role, this.#options.directory?.workgroup(statement.workgroup) ?? null),
      now: this.#now,
      changed: (changed) => this.#waiting.changed(changed),
    }).finally(() => this.#running.delete(running));
    this.#running.add(running);
  }

  #workgroup({
    WorkgroupName,
    ClusterIdentifier,
    DbUser,
    SecretArn,
  }: Pick<Submission, "WorkgroupName" | "ClusterIdentifier" | "DbUser" | "SecretArn">): string {
    if (ClusterIdentifier !== undefined)
      throw validation("ClusterIdentifier is not supported by the local Redshift stand-in: name a WorkgroupName");
    if (DbUser !== undefined) throw validation("DbUser does not go with WorkgroupName");
    if (WorkgroupName === undefined) throw validation("Either ClusterIdentifier or WorkgroupName must be specified");
    const entry = this.#options.directory?.workgroup(WorkgroupName);
    if (entry === null)
      throw validation(`Redshift endpoint doesn't exist in this region: there is no workgroup ${WorkgroupName}`);
    if (SecretArn !== undefined && entry?.secrets?.includes(SecretArn) === false)
      throw validation(
        `Secret ${SecretArn} does not sign in to workgroup ${WorkgroupName}: use the one that its namespace manages`,
      );
    return WorkgroupName;
  }

  async #result(input: Input<"GetStatementResult">, format: Statement["resultFormat"]): Promise<unknown> {
    const { statement, part } = this.#statements.get(input.Id);
    await this.#waiting.until(statement, input.WaitTimeSeconds);
    const chosen = part ?? (statement.batch ? null : statement.parts[0]);
    const result = chosen?.status === "FINISHED" ? chosen.result : null;
    const columns = result?.found ?? null;
    if (result === null || columns === null)
      throw notFound("Query does not have result. Please check query status with DescribeStatement.", input.Id);
    if (statement.resultFormat !== format)
      throw validation(
        `The result format is ${statement.resultFormat}: ask ${format === "JSON" ? "GetStatementResultV2" : "GetStatementResult"}`,
      );
    const index = input.NextToken === undefined ? 0 : Number(input.NextToken);
    const page = result.page(index);
    if (page === null) throw validation(`NextToken ${input.NextToken ?? ""} is not one that this statement gave`);
    const Records =
      format === "CSV"
        ? [{ CSVRecords: csvPage(page.rows, columns, index === 0) }]
        : page.rows.map((row) => columns.map((column, i) => field(row[i] ?? null, column)));
    return {
      Records,
      ColumnMetadata: columns.map(columnMetadata),
      TotalNumRows: result.rows,
      ...(format === "CSV" ? { ResultFormat: format } : {}),
      ...(page.more ? { NextToken: String(index + 1) } : {}),
    };
  }

  async #cancel(id: string): Promise<unknown> {
    const { statement } = this.#statements.get(id);
    if (isOver(statement))
      throw validation(`Could not cancel a query that is already in ${statement.status} state with ID: ${id}`);
    statement.cancelled = true;
    if (statement.pid > 0) await this.#sessions.cancel(statement.database, statement.pid);
    return { Status: true };
  }

  #list(input: Input<"ListStatements">): unknown {
    const chosen = this.#statements
      .all()
      .filter(
        ({ name, status, database, workgroup }) =>
          (input.StatementName === undefined || name?.startsWith(input.StatementName) === true) &&
          (input.Status === "ALL" || status === input.Status) &&
          (input.Database === undefined || database === input.Database) &&
          (input.WorkgroupName === undefined || workgroup === input.WorkgroupName),
      );
    return paged("Statements", chosen.map(listed), input);
  }

  async #browse(
    operation: "ListDatabases" | "ListSchemas" | "ListTables" | "DescribeTable",
    raw: unknown,
  ): Promise<unknown> {
    const input = readInput(operation, raw);
    this.#workgroup(input);
    const ask = <T>(work: (client: Client) => Promise<T>): Promise<T> =>
      this.#sessions.use(input.ConnectedDatabase ?? input.Database, work).catch((error: unknown) => {
        throw validation(redshiftError(error, { queryId: 0, pid: 0 }));
      });
    if (operation === "ListDatabases") return paged("Databases", await ask(listDatabases), input);
    if (operation === "ListSchemas") return paged("Schemas", await ask((client) => listSchemas(client, input)), input);
    if (operation === "ListTables") return paged("Tables", await ask((client) => listTables(client, input)), input);
    const columns = await ask((client) => describeTable(client, input));
    return { TableName: (input as Input<"DescribeTable">).Table ?? "", ...paged("ColumnList", columns, input) };
  }
}
