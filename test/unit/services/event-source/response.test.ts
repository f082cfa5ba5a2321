import { describe, expect, it } from "@jest/globals";
import { readReport } from "../../../../localstack/services/event-source/response.ts";
import { recordsOf } from "./records.ts";

const records = [...recordsOf(0, 3), ...recordsOf(1, 2)];
const item = (partition: string, offset: unknown) => ({ itemIdentifier: { partition, offset } });
const read = (response: unknown) => readReport(JSON.stringify(response), records);

describe("a function's report of batch item failures", () => {
  it.each([[null], [{}], [{ batchItemFailures: null }], [{ batchItemFailures: [] }], [{ status: "ok" }]])(
    "%j is success",
    (response) => {
      expect(read(response)).toEqual({ kind: "all" });
    },
  );

  it("an empty payload is success", () => {
    expect(readReport("", records)).toEqual({ kind: "all" });
  });

  it("names records by topic-partition and offset, in any order and more than once", () => {
    const report = read({ batchItemFailures: [item("t-1", 1), item("t-0", 2), item("t-1", 1)] });
    expect(report).toEqual({ kind: "some", failed: [records[2], records[4]] });
  });

  it.each([
    ["an offset that was not in the batch", { batchItemFailures: [item("t-0", 7)] }],
    ["a partition that was not in the batch", { batchItemFailures: [item("t-7", 0)] }],
    ["an offset as text", { batchItemFailures: [item("t-0", "1")] }],
    ["the identifier of streams", { batchItemFailures: [{ itemIdentifier: "1" }] }],
    ["an empty identifier", { batchItemFailures: [{ itemIdentifier: {} }] }],
    ["a text", "failed"],
  ])("%s fails the whole batch", (_, response) => {
    expect(read(response)).toMatchObject({ kind: "invalid" });
  });

  it("what is not JSON fails the whole batch", () => {
    expect(readReport("{", records)).toMatchObject({ kind: "invalid" });
  });
});
