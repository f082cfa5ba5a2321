import { z } from "zod";
import { AwsError } from "../aws-error.ts";
import { tokenize } from "../sql/tokenizer.ts";
import { LIMITS } from "./limits.ts";

export function validation(message: string): AwsError {
  return new AwsError("ValidationException", message, 400, { Message: message });
}

const seconds = z.number().int().min(1).max(LIMITS.waitSeconds).optional();
const id = z.string().regex(/^[a-z0-9]{8}(-[a-z0-9]{4}){3}-[a-z0-9]{12}(:\d+)?$/, "is no statement id");
const text = z.string().min(1);

const parameters = z
  .array(z.object({ name: z.string().regex(/^[0-9a-zA-Z_]+$/), value: text.describe("never NULL and never empty") }))
  .min(1)
  .optional();

/** What all operations on a database say about where it is. */
const connection = {
  WorkgroupName: text.optional(),
  ClusterIdentifier: z.string().optional(),
  Database: text,
  SecretArn: z.string().optional(),
  DbUser: z.string().optional(),
};
const submission = {
  ...connection,
  ClientToken: z.string().min(1).max(LIMITS.clientToken).optional(),
  Parameters: parameters,
  ResultFormat: z.enum(["JSON", "CSV"]).default("JSON"),
  SessionId: z.string().optional(),
  SessionKeepAliveSeconds: z.number().optional(),
  StatementName: z.string().max(LIMITS.statementName).optional(),
  WaitTimeSeconds: seconds,
  WithEvent: z.boolean().optional(),
};
const paging = { NextToken: z.string().optional(), MaxResults: z.number().int().min(0).max(1000).optional() };
const browsing = { ...connection, ...paging, ConnectedDatabase: z.string().optional() };

export const SCHEMAS = {
  ExecuteStatement: z.object({ ...submission, Sql: z.string() }),
  BatchExecuteStatement: z.object({
    ...submission,
    Sqls: z.array(z.string()).min(1).max(LIMITS.statements),
    ExecutionMode: z.enum(["TRANSACTION", "AUTO_COMMIT"]).default("TRANSACTION"),
  }),
  DescribeStatement: z.object({ Id: id, WaitTimeSeconds: seconds }),
  GetStatementResult: z.object({ Id: id, NextToken: z.string().optional(), WaitTimeSeconds: seconds }),
  CancelStatement: z.object({ Id: id }),
  ListStatements: z.object({
    ...paging,
    StatementName: z.string().optional(),
    Status: z.enum(["SUBMITTED", "PICKED", "STARTED", "FINISHED", "ABORTED", "FAILED", "ALL"]).default("ALL"),
    Database: z.string().optional(),
    WorkgroupName: z.string().optional(),
  }),
  ListDatabases: z.object({ ...browsing, Database: text.default("dev") }),
  ListSchemas: z.object({ ...browsing, SchemaPattern: z.string().optional() }),
  ListTables: z.object({ ...browsing, SchemaPattern: z.string().optional(), TablePattern: z.string().optional() }),
  DescribeTable: z.object({ ...browsing, Schema: z.string().optional(), Table: z.string().optional() }),
} as const;

export type Operation = keyof typeof SCHEMAS;
export type Input<O extends Operation> = z.output<(typeof SCHEMAS)[O]>;
export type Submission = Input<"ExecuteStatement"> | Input<"BatchExecuteStatement">;

/** @throws AwsError ValidationException naming every member that does not fit */
export function readInput<O extends Operation>(operation: O, raw: unknown): Input<O> {
  const result = SCHEMAS[operation].safeParse(raw ?? {});
  if (result.success) return result.data as Input<O>;
  const problems = result.error.issues.map(({ path, message }) => `${path.join(".")}: ${message}`);
  throw validation(`${problems.length} validation error(s) detected: ${problems.join("; ")}`);
}

/** What Redshift Serverless through the Data API does not take, or the stand-in does not have. */
export function checkSubmission(input: Submission, sqls: readonly string[]): void {
  if (input.SessionId !== undefined || input.SessionKeepAliveSeconds !== undefined)
    throw validation(
      "Sessions (SessionId, SessionKeepAliveSeconds) are not supported by the local Redshift stand-in: use BatchExecuteStatement",
    );
  if (input.WithEvent === true)
    throw validation("WithEvent is not supported by the local Redshift stand-in: poll DescribeStatement");
  for (const sql of sqls) {
    if (sql.trim() === "") throw validation("The SQL statement is empty");
    const bytes = Buffer.byteLength(sql);
    if (bytes > LIMITS.statementBytes)
      throw validation(`The SQL statement has ${bytes} bytes: the limit is ${LIMITS.statementBytes} (100 KB)`);
  }
}

/** One page of a list, with the token of the next. */
export function paged(
  member: string,
  items: readonly unknown[],
  { NextToken, MaxResults }: { NextToken?: string | undefined; MaxResults?: number | undefined },
) {
  const from = NextToken === undefined ? 0 : Number(NextToken);
  if (!Number.isInteger(from) || from < 0)
    throw validation(`NextToken ${NextToken ?? ""} is not one that this operation gave`);
  const to = from + (MaxResults === undefined || MaxResults === 0 ? LIMITS.listed : MaxResults);
  return { [member]: items.slice(from, to), ...(to < items.length ? { NextToken: String(to) } : {}) };
}

/** Every parameter is used by some statement, as the Data API demands. A text that is no SQL fails when it runs. */
export function checkParameters(parameters: readonly { readonly name: string }[], sqls: readonly string[]): void {
  if (parameters.length === 0) return;
  const used = new Set<string>();
  for (const sql of sqls) {
    try {
      for (const { kind, value } of tokenize(sql)) if (kind === "parameter") used.add(value);
    } catch {
      return;
    }
  }
  const unused = parameters.find(({ name }) => !used.has(name));
  if (unused !== undefined) throw validation(`Parameter ${unused.name} is not used in the SQL statement`);
}
