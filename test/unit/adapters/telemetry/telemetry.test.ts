import { describe, expect, it } from "@jest/globals";
import { createTelemetry } from "../../../../lambdas/adapters/telemetry/index.ts";

describe("telemetry", () => {
  const lines: Record<string, unknown>[] = [];
  const telemetry = createTelemetry(
    { stage: "dev", service: "land-batch" },
    (line) => lines.push(JSON.parse(line) as Record<string, unknown>),
    () => 42,
  );

  it("writes one JSON object a line", () => {
    telemetry.warn("careful", { table: "a\nb" });
    expect(lines.pop()).toEqual({ level: "WARN", message: "careful", service: "land-batch", table: "a\nb" });
  });

  it("writes metrics for the stage, and for what they name", () => {
    telemetry.metric("RowsLanded", 5, "Count", { Table: "t" });
    expect(lines.pop()).toEqual({
      _aws: {
        Timestamp: 42,
        CloudWatchMetrics: [
          {
            Namespace: "Millrace",
            Dimensions: [["Stage"], ["Stage", "Table"]],
            Metrics: [{ Name: "RowsLanded", Unit: "Count" }],
          },
        ],
      },
      Stage: "dev",
      Table: "t",
      service: "land-batch",
      RowsLanded: 5,
    });
  });
});
