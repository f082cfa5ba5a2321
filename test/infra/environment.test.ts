import { describe, expect, it } from "@jest/globals";
import { buildStarEnvironment } from "../../lambdas/build-star/env.ts";
import { captureChangesEnvironment } from "../../lambdas/capture-changes/env.ts";
import { captureSnapshotEnvironment } from "../../lambdas/capture-snapshot/env.ts";
import { parseEnvironment } from "../../lambdas/core/env.ts";
import type { EnvironmentOf } from "../../lambdas/core/env.ts";
import { landBatchEnvironment } from "../../lambdas/land-batch/env.ts";
import { loadWarehouseEnvironment } from "../../lambdas/load-warehouse/env.ts";
import { measureLagEnvironment } from "../../lambdas/measure-lag/env.ts";
import { migrateWarehouseEnvironment } from "../../lambdas/migrate-warehouse/env.ts";
import { resyncTablesEnvironment } from "../../lambdas/resync-tables/env.ts";
import { reconcileTableEnvironment } from "../../lambdas/reconcile-table/env.ts";
import { wakeLoadersEnvironment } from "../../lambdas/wake-loaders/env.ts";
import { configOf, STAGES } from "../../lib/config.ts";
import type { FunctionName } from "../../lib/config.ts";
import { environmentOf, resourcesOf, stage } from "./synth/index.ts";

const CONTRACTS = {
  "build-star": buildStarEnvironment,
  "capture-changes": captureChangesEnvironment,
  "capture-snapshot": captureSnapshotEnvironment,
  "land-batch": landBatchEnvironment,
  "load-warehouse": loadWarehouseEnvironment,
  "measure-lag": measureLagEnvironment,
  "reconcile-table": reconcileTableEnvironment,
  "migrate-warehouse": migrateWarehouseEnvironment,
  "resync-tables": resyncTablesEnvironment,
  "wake-loaders": wakeLoadersEnvironment,
} as const satisfies Readonly<Record<FunctionName, unknown>>;

describe.each(STAGES)("environment of functions in stage %s", (name) => {
  it.each(Object.entries(CONTRACTS))(
    "%s has what its contract asks for, and nothing that nobody reads",
    (fn, contract) => {
      const environment = environmentOf(name, fn as FunctionName);
      expect(() => parseEnvironment(contract, environment)).not.toThrow();
      expect(Object.keys(environment).sort()).toEqual([...Object.keys(contract.shape), "NODE_OPTIONS"].sort());
    },
  );

  it.each(Object.keys(CONTRACTS))("bounds both generations of the heap of %s, within its memory", (fn) => {
    const { memoryMiB } = configOf(name).functions[fn as FunctionName];
    const options = environmentOf(name, fn as FunctionName)["NODE_OPTIONS"] ?? "";
    const [old, semi] = ["old", "semi"].map((space) =>
      Number(new RegExp(`--max-${space}-space-size=(\\d+)`).exec(options)?.[1]),
    );
    // V8's young generation is three semi-spaces.
    expect((old ?? NaN) + 3 * (semi ?? NaN)).toBeLessThanOrEqual(memoryMiB);
    expect(semi).toBeGreaterThanOrEqual(4);
  });

  it("keeps a run of change capture, and a look at the lag, below its function's timeout", () => {
    const { RUN_SECONDS } = environmentOf(name, "capture-changes");
    const [, capture] =
      resourcesOf(stage(name).templates.Pipeline, "AWS::Lambda::Function").find(([id]) =>
        id.startsWith("CaptureChanges"),
      ) ?? [];
    expect(Number(RUN_SECONDS)).toBeLessThan(Number(capture?.Properties["Timeout"]) - 30);
  });

  it("delivers wake-ups when their slot is over, and hides them longer than a run lasts", () => {
    const { Pipeline } = stage(name).templates;
    const { WAKE_SLOT_SECONDS } = environmentOf(name, "land-batch");
    const queues = resourcesOf(Pipeline, "AWS::SQS::Queue").filter(([id]) => !id.includes("DeadLetters"));
    expect(queues).toHaveLength(2);
    for (const [, { Properties }] of queues) {
      expect(Properties).toMatchObject({ DelaySeconds: Number(WAKE_SLOT_SECONDS), FifoQueue: true });
      expect(Properties).toHaveProperty("RedrivePolicy");
    }
    const timeout = (id: string): number =>
      Number(
        resourcesOf(Pipeline, "AWS::Lambda::Function").find(([found]) => found.startsWith(id))?.[1].Properties[
          "Timeout"
        ],
      );
    const hidden = (id: string): number =>
      Number(queues.find(([found]) => found.startsWith(id))?.[1].Properties["VisibilityTimeout"]);
    expect(hidden("LoadingLoadQueue")).toBeGreaterThan(timeout("LoadingLoadWarehouse"));
    expect(hidden("LoadingStarQueue")).toBeGreaterThan(timeout("LoadingBuildStar"));
  });
});

describe("an environment with a variable left out", () => {
  it("does not compile", () => {
    // @ts-expect-error WAREHOUSE_SECRET is missing
    const incomplete: EnvironmentOf<typeof buildStarEnvironment> = {
      STAGE: "dev",
      WAREHOUSE_WORKGROUP: "workgroup",
      WAREHOUSE_DATABASE: "database",
    };
    expect(() => parseEnvironment(buildStarEnvironment, incomplete)).toThrow("WAREHOUSE_SECRET");
  });
});
