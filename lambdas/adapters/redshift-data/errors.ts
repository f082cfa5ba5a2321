import { RedshiftDataServiceException } from "@aws-sdk/client-redshift-data";
import type { DescribeStatementCommandOutput } from "@aws-sdk/client-redshift-data";
import { messageOf, TransientError } from "../../core/errors.ts";
import { RolledBackError, WarehouseError } from "../../core/warehouse-error.ts";

/** Refusals of the service that the same request survives later. */
const BUSY = new Set([
  "ActiveStatementsExceededException",
  "ActiveSessionsExceededException",
  "ActiveWaitingRequestsExceededException",
  "DatabaseConnectionException",
  "InternalServerException",
  "ThrottlingException",
  "TooManyRequestsException",
]);

/**
 * Failures of a statement that the whole transaction survives when it is run again: serializable conflict (error 1023,
 * "Serializable isolation violation"), snapshot conflict, deadlock, and a restart under way.
 */
const CONFLICT =
  /\b1023\b|isolation violation|could not serialize access|deadlock detected|concurrent transaction|terminating connection|connection (?:was )?closed/i;

/** An error of the API call itself: the statement was not taken, or it is not known whether it was. */
export function translated(error: unknown, doing: string): Error {
  const message = `${doing}: ${messageOf(error)}`;
  if (!(error instanceof RedshiftDataServiceException)) return new TransientError(message, { cause: error });
  const status = error.$metadata.httpStatusCode ?? 500;
  if (BUSY.has(error.name) || status >= 500 || status === 429) return new TransientError(message, { cause: error });
  return new WarehouseError(message, -1, { cause: error });
}

/** The failure of a statement that has run: rolled back for a conflict, else with the index of the one that failed. */
export function failedStatement(described: DescribeStatementCommandOutput): Error {
  const subStatements = described.SubStatements ?? [];
  const index = subStatements.findIndex(({ Status }) => Status === "FAILED");
  const reason = subStatements[index]?.Error ?? described.Error ?? `status ${described.Status ?? "unknown"}`;
  if (described.Status === "ABORTED" || CONFLICT.test(reason)) return new RolledBackError(reason);
  return new WarehouseError(reason, index);
}
