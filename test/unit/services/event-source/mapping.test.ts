import type { EventSourceMappingConfiguration } from "@aws-sdk/client-lambda";
import { describe, expect, it } from "@jest/globals";
import { parseMapping } from "../../../../localstack/services/event-source/mapping.ts";

const config: EventSourceMappingConfiguration = {
  UUID: "8d7e",
  FunctionArn: "arn:aws:lambda:us-east-1:000000000000:function:f",
  EventSourceArn: "arn:aws:kafka:us-east-1:000000000000:cluster/c/1",
  Topics: ["orders"],
};
const retries: EventSourceMappingConfiguration = {
  MaximumRetryAttempts: 3,
  MaximumRecordAgeInSeconds: 60,
  BisectBatchOnFunctionError: true,
  FunctionResponseTypes: ["ReportBatchItemFailures"],
};
const provisioned = { ProvisionedPollerConfig: { MinimumPollers: 1, MaximumPollers: 2 } };
const toS3 = { DestinationConfig: { OnFailure: { Destination: "arn:aws:s3:::failed" } } };

function parsed(changes: EventSourceMappingConfiguration) {
  const result = parseMapping({ ...config, ...changes });
  if ("problem" in result) throw new Error(result.problem);
  return result;
}

describe("an event source mapping as the worker reads it", () => {
  it("has Lambda's defaults: 100 records, half a second, its own id as the group, retries without end", () => {
    expect(parsed({}).mapping).toMatchObject({
      batchSize: 100,
      windowMs: 500,
      groupId: "8d7e",
      start: { at: "TRIM_HORIZON" },
      destination: null,
      rules: { maximumRetries: Infinity, maximumAgeMs: Infinity, bisect: false, partialResponses: false },
    });
  });

  it("has the retry rules in provisioned mode", () => {
    const { mapping, warnings } = parsed({ ...retries, ...provisioned });
    expect(mapping.rules).toEqual({ maximumRetries: 3, maximumAgeMs: 60_000, bisect: true, partialResponses: true });
    expect(warnings).toEqual([]);
  });

  it("ignores them without it, and says which", () => {
    const { mapping, warnings } = parsed(retries);
    expect(mapping.rules).toEqual(parsed({}).mapping.rules);
    expect(warnings).toHaveLength(4);
  });

  it("turns endless retries into ten when there is a destination", () => {
    expect(parsed({ ...provisioned, ...toS3 }).mapping.rules.maximumRetries).toBe(10);
    expect(parsed({ ...provisioned, ...toS3, MaximumRetryAttempts: 0 }).mapping.rules.maximumRetries).toBe(0);
    expect(parsed(toS3).mapping.rules.maximumRetries).toBe(10);
  });

  it.each([
    ["arn:aws:s3:::failed", { kind: "s3", bucket: "failed" }],
    ["arn:aws:sqs:us-east-1:000000000000:q", { kind: "sqs", arn: "arn:aws:sqs:us-east-1:000000000000:q" }],
    ["arn:aws:sns:us-east-1:000000000000:t", { kind: "sns", arn: "arn:aws:sns:us-east-1:000000000000:t" }],
    ["kafka://failed", { kind: "kafka", topic: "failed" }],
    ["", null],
  ])("reads the destination %s", (Destination, destination) => {
    expect(parsed({ ...provisioned, DestinationConfig: { OnFailure: { Destination } } }).mapping.destination).toEqual(
      destination,
    );
  });

  it("starts at a time", () => {
    const StartingPositionTimestamp = new Date(5000);
    expect(parsed({ StartingPosition: "AT_TIMESTAMP", StartingPositionTimestamp }).mapping.start).toEqual({
      at: "AT_TIMESTAMP",
      timestamp: 5000,
    });
  });

  it.each<[string, EventSourceMappingConfiguration]>([
    ["no topic", { Topics: [] }],
    ["two topics", { Topics: ["a", "b"] }],
    ["a filter", { FilterCriteria: { Filters: [{ Pattern: "{}" }] } }],
    ["AT_TIMESTAMP without a time", { StartingPosition: "AT_TIMESTAMP" }],
    ["an unknown destination", { DestinationConfig: { OnFailure: { Destination: "arn:aws:events:::bus" } } }],
    [
      "an on-failure topic without provisioned mode",
      { DestinationConfig: { OnFailure: { Destination: "kafka://x" } } },
    ],
    [
      "its own topic as destination",
      { ...provisioned, DestinationConfig: { OnFailure: { Destination: "kafka://orders" } } },
    ],
  ])("refuses %s with a sentence", (_, changes) => {
    const result = parseMapping({ ...config, ...changes });
    expect("problem" in result && result.problem).toMatch(/^[A-Z].*\.$/);
  });
});
