import { describe, expect, it } from "@jest/globals";
import { embeddedMetrics } from "../../../../localstack/services/metrics/embedded.ts";

const line = (members: object, metrics: object = {}): string =>
  JSON.stringify({
    _aws: {
      Timestamp: 1_767_323_045_678,
      CloudWatchMetrics: [
        {
          Namespace: "Millrace",
          Dimensions: [["Stage"], ["Stage", "Table"]],
          Metrics: [{ Name: "Rows", Unit: "Count" }],
          ...metrics,
        },
      ],
    },
    ...members,
  });

describe("embedded metrics", () => {
  it("are one datum per dimension set", () => {
    const found = embeddedMetrics(line({ Stage: "local", Table: "orders", Rows: 7 }));
    expect(found.map(({ namespace, datum }) => [namespace, datum.MetricName, datum.Value, datum.Unit])).toEqual([
      ["Millrace", "Rows", 7, "Count"],
      ["Millrace", "Rows", 7, "Count"],
    ]);
    expect(found[1]?.datum.Dimensions).toEqual([
      { Name: "Stage", Value: "local" },
      { Name: "Table", Value: "orders" },
    ]);
    expect(found[0]?.datum.Timestamp).toEqual(new Date(1_767_323_045_678));
  });

  it("keep lists of values", () => {
    const [first] = embeddedMetrics(line({ Stage: "local", Rows: [1, 2, 2] }));
    expect(first?.datum).toMatchObject({ Values: [1, 2, 2], Counts: [1, 1, 1] });
  });

  it("leave out sets whose dimension is missing and metrics without a value", () => {
    expect(embeddedMetrics(line({ Stage: "local", Rows: 1 }))).toHaveLength(1);
    expect(embeddedMetrics(line({ Stage: "local", Rows: "many" }))).toEqual([]);
  });

  it("may follow the runtime's prefix", () => {
    expect(embeddedMetrics(`2026-01-02T03:04:05Z\tid\tINFO\t${line({ Stage: "local", Rows: 1 })}\n`)).toHaveLength(1);
  });

  it.each([["START RequestId: 1"], ['{"CloudWatchMetrics"'], ['{"CloudWatchMetrics":[]}'], [""]])(
    "none in %s",
    (text) => {
      expect(embeddedMetrics(text)).toEqual([]);
    },
  );
});
