import { DatabaseError } from "pg";
import { SqlError } from "../errors.ts";
import { MULTIPLE_MATCHES } from "../statements/merge.ts";

/** What is known of the statement that failed. */
export interface FailureContext {
  readonly queryId: number;
  readonly pid: number;
}

/** SQLSTATE of a statement that was cancelled. */
export const CANCELLED = "57014";

/**
 * The text of a failure as Redshift words it, with its leading `ERROR: `. What users and programs match on (conflicts,
 * lengths, digits, NULLs, MERGE) is reworded; the rest keeps PostgreSQL's sentence, which Redshift mostly shares.
 */
export function redshiftError(error: unknown, context: FailureContext): string {
  if (!(error instanceof DatabaseError)) return `ERROR: ${error instanceof Error ? error.message : String(error)}`;
  switch (error.code) {
    case "40001":
    case "40P01":
      return (
        `ERROR: 1023 DETAIL: Serializable isolation violation on table - ${error.table ?? "unknown"}, ` +
        `transactions forming the cycle are: ${context.queryId} (pid:${context.pid})`
      );
    case "22P02":
      return invalidText(error, context);
    case "22001":
      return tooLong(error, context);
    case "23514":
      return error.constraint?.startsWith("bytes of ") === true ? tooLong(error, context) : plain(error);
    case "23502":
      return `ERROR: Cannot insert a NULL value into column ${error.column ?? "?"}${block(context, "Cannot insert a NULL value", 8007, error.column ?? "")}`;
    case "21000":
      return error.message.startsWith("MERGE") ? `ERROR: ${MULTIPLE_MATCHES}` : plain(error);
    case CANCELLED:
      return "ERROR: Query cancelled on user's request";
    default:
      return plain(error);
  }
}

function plain({ message, detail, hint }: DatabaseError): string {
  const more = [detail === undefined ? "" : `\n  Detail: ${detail}`, hint === undefined ? "" : `\n  Hint: ${hint}`];
  return `ERROR: ${message}${more.join("")}`;
}

const TYPE_NAMES: ReadonlyMap<string, string> = new Map([
  ["integer", "Integer"],
  ["bigint", "Long"],
  ["smallint", "Short"],
  ["numeric", "Decimal"],
]);

/** A text that is no number: Redshift names the first character that is no digit, and shows the text as context. */
function invalidText(error: DatabaseError, context: FailureContext): string {
  const match = /^invalid input syntax for type (\w+): "(.*)"$/s.exec(error.message);
  const type = TYPE_NAMES.get(match?.[1] ?? "");
  const value = match?.[2] ?? "";
  if (type === undefined) return plain(error);
  const position = /^[+-]?\d*/.exec(value)?.[0].length ?? 0;
  const message = `Invalid digit, Value '${value.charAt(position)}', Pos ${position}, Type: ${type}`;
  return `ERROR: ${message}${block(context, message, 1207, value)}`;
}

function tooLong(error: DatabaseError, context: FailureContext): string {
  const message = "Value too long for character type";
  return `ERROR: ${message}${block(context, message, 8001, error.code === "22001" ? error.message : `Value too long for the ${error.constraint ?? ""}`)}`;
}

const LINE = "-----------------------------------------------";

/** The detail that a compute node adds. */
function block({ queryId, pid }: FailureContext, message: string, code: number, context: string): string {
  const lines = [
    `error:  ${message}`,
    `code:      ${code}`,
    `context:   ${context}`,
    `query:     ${queryId}`,
    "location:  :0",
    `process:   query0_${queryId}_${pid} [pid=${pid}]`,
  ];
  return ["", "  Detail: ", `  ${LINE}`, ...lines.map((line) => `  ${line}`), `  ${LINE}`, ""].join("\n");
}

/** @returns whether a failure is that of a cancelled statement */
export function isCancelled(error: unknown): boolean {
  return error instanceof DatabaseError && error.code === CANCELLED;
}

/** @returns whether the server or its connection is gone, which is no fault of the statement */
export function isConnectionLoss(error: unknown): boolean {
  if (error instanceof SqlError) return error.sqlstate?.startsWith("08") === true;
  if (error instanceof DatabaseError) return error.code?.startsWith("57P") === true;
  return error instanceof Error && /Connection terminated|ECONNRE|Client has encountered/.test(error.message);
}
