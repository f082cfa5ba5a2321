import { isOver, type Part, type Statement } from "./statement.ts";

const epochSeconds = (date: Date): number => date.getTime() / 1000;
const hasResult = ({ result }: Part): boolean => result !== null;

/** What ExecuteStatement and BatchExecuteStatement answer. */
export function submitted(statement: Statement): Readonly<Record<string, unknown>> {
  return {
    Id: statement.id,
    CreatedAt: epochSeconds(statement.createdAt),
    Database: statement.database,
    WorkgroupName: statement.workgroup,
    SecretArn: statement.secretArn,
    Status: statement.status,
    HasResultSet: statement.parts.some(hasResult),
    ...(statement.pid > 0 ? { RedshiftPid: statement.pid } : {}),
  };
}

/** DescribeStatement of a whole call, or of one part of a batch by its own id. */
export function described(statement: Statement, part: Part | null): Readonly<Record<string, unknown>> {
  const common = {
    Database: statement.database,
    WorkgroupName: statement.workgroup,
    SecretArn: statement.secretArn,
    CreatedAt: epochSeconds(statement.createdAt),
    RedshiftPid: statement.pid,
    ResultFormat: statement.resultFormat,
    ...(statement.parameters.length > 0 ? { QueryParameters: statement.parameters } : {}),
  };
  if (part !== null) return { ...common, ...partOf(part, statement) };
  const [only] = statement.parts;
  const nanoseconds = statement.parts.reduce((sum, { nanoseconds: spent }) => sum + spent, 0);
  return {
    ...common,
    Id: statement.id,
    Status: statement.status,
    UpdatedAt: epochSeconds(statement.updatedAt),
    Duration: isOver(statement) ? nanoseconds : -1,
    HasResultSet: statement.parts.some(hasResult),
    RedshiftQueryId: statement.batch ? 0 : (only?.queryId ?? 0),
    ResultRows: statement.batch ? -1 : (only?.rows ?? -1),
    ResultSize: statement.batch ? -1 : (only?.result?.size ?? -1),
    ...(statement.error === null ? {} : { Error: statement.error }),
    ...(statement.batch
      ? {
          ExecutionMode: statement.autoCommit ? "AUTO_COMMIT" : "TRANSACTION",
          SubStatements: statement.parts.map((one) => partOf(one, statement)),
        }
      : { QueryString: only?.sql ?? "" }),
  };
}

function partOf(part: Part, statement: Statement): Readonly<Record<string, unknown>> {
  return {
    Id: part.id,
    QueryString: part.sql,
    Status: part.status,
    CreatedAt: epochSeconds(statement.createdAt),
    UpdatedAt: epochSeconds(part.updatedAt),
    Duration: part.nanoseconds > 0 ? part.nanoseconds : -1,
    HasResultSet: hasResult(part),
    RedshiftQueryId: part.queryId,
    ResultRows: part.rows,
    ResultSize: part.result?.size ?? -1,
    ...(part.error === null ? {} : { Error: part.error }),
  };
}

/** One line of ListStatements. */
export function listed(statement: Statement): Readonly<Record<string, unknown>> {
  const sqls = statement.parts.map(({ sql }) => sql);
  return {
    Id: statement.id,
    StatementName: statement.name,
    Status: statement.status,
    CreatedAt: epochSeconds(statement.createdAt),
    UpdatedAt: epochSeconds(statement.updatedAt),
    SecretArn: statement.secretArn,
    IsBatchStatement: statement.batch,
    ResultFormat: statement.resultFormat,
    ...(statement.batch ? { QueryStrings: sqls } : { QueryString: sqls[0] }),
    ...(statement.parameters.length > 0 ? { QueryParameters: statement.parameters } : {}),
  };
}
