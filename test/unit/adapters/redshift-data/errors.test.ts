import { RedshiftDataServiceException } from "@aws-sdk/client-redshift-data";
import type { DescribeStatementCommandOutput } from "@aws-sdk/client-redshift-data";
import { describe, expect, it } from "@jest/globals";
import { failedStatement, translated } from "../../../../lambdas/adapters/redshift-data/errors.ts";

const refusal = (name: string, httpStatusCode: number): RedshiftDataServiceException =>
  new RedshiftDataServiceException({ name, message: "m", $fault: "client", $metadata: { httpStatusCode } });

describe("errors of the Data API", () => {
  it.each([
    [refusal("ActiveStatementsExceededException", 400), "TransientError"],
    [refusal("ThrottlingException", 400), "TransientError"],
    [refusal("InternalServerException", 500), "TransientError"],
    [new Error("socket hang up"), "TransientError"],
    [refusal("ValidationException", 400), "WarehouseError"],
  ])("%s is a %s", (error, name) => expect(translated(error, "x").name).toBe(name));

  it.each([
    ["ERROR: 1023 DETAIL: Serializable isolation violation on table - 1", "RolledBackError"],
    ["could not serialize access due to concurrent update", "RolledBackError"],
    ["deadlock detected", "RolledBackError"],
    ["syntax error at or near 10230", "WarehouseError"],
  ])("a statement that failed with '%s' is a %s", (reason, name) => {
    const described = {
      Status: "FAILED",
      SubStatements: [{ Status: "FINISHED" }, { Status: "FAILED", Error: reason }],
    };
    const error = failedStatement(described as unknown as DescribeStatementCommandOutput);
    expect(error.name).toBe(name);
    if (name === "WarehouseError") expect(error).toMatchObject({ statement: 1 });
  });
});
