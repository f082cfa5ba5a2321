import { describe, expect, it } from "@jest/globals";
import { STAGES, configFrom } from "../../lib/config.ts";
import { report, stage } from "./synth/index.ts";
import type { Synthesized } from "./synth/shape.ts";

const withContext = (context: Readonly<Record<string, unknown>>): Parameters<typeof configFrom>[0] => ({
  tryGetContext: (key) => context[key],
});

describe.each(STAGES)("stage %s", (name) => {
  it("synthesizes offline, with no finding that lacks a reason", () => {
    expect(stage(name).missing).toEqual([]);
  });

  it("refers between stacks by exports, which LocalStack knows and which hold an update back", () => {
    const text = JSON.stringify(stage(name).templates);
    expect(text).toContain("Fn::ImportValue");
    expect(text).not.toContain("Fn::GetStackOutput");
  });

  it("has the outputs that the command line looks up", () => {
    const { Data, Pipeline } = stage(name).templates;
    expect(Object.keys(Data.Outputs ?? {})).toEqual(
      expect.arrayContaining([
        "LandingBucket",
        "QuarantineBucket",
        "ClusterArn",
        "Workgroup",
        "Database",
        "WarehouseSecret",
      ]),
    );
    expect(Object.keys(Pipeline.Outputs ?? {})).toEqual(
      expect.arrayContaining([
        "CopyMachineArn",
        "CaptureChangesName",
        "MeasureLagName",
        "LoadQueueUrl",
        "StarQueueUrl",
      ]),
    );
  });
});

describe("stages", () => {
  it("differ in values only: the same resources under the same ids", () => {
    const shape = (name: (typeof STAGES)[number]): unknown =>
      Object.values(stage(name).templates).map((template) =>
        Object.fromEntries(Object.entries(template.Resources).map(([id, { Type }]) => [normalise(id, name), Type])),
      );
    expect(shape("local")).toEqual(shape("prod"));
    expect(shape("dev")).toEqual(shape("prod"));
  });

  it("protect the data stack of stages that hold data", () => {
    expect(stage("local").protectedStacks).toEqual([]);
    expect(stage("dev").protectedStacks).toEqual(["Millrace-dev-Data"]);
    expect(stage("prod").protectedStacks).toEqual(["Millrace-prod-Data"]);
  });

  it("delete data with two keys only: the record's and the command line's", () => {
    const kept = (synthesized: Synthesized | undefined): readonly (string | undefined)[] => [
      ...new Set(
        Object.values(synthesized?.templates.Data.Resources ?? {})
          .filter(({ Type }) => ["AWS::S3::Bucket", "AWS::MSK::Cluster", "AWS::MSK::Topic"].includes(Type))
          .map((resource) => resource.DeletionPolicy),
      ),
    ];
    expect(kept(stage("local"))).toEqual(["RetainExceptOnCreate"]);
    expect(kept(report.deleting["local local"])).toEqual(["Delete"]);
    expect(kept(report.deleting["local dev"])).toEqual(["RetainExceptOnCreate"]);
    expect(kept(report.deleting["prod prod"])).toEqual(["RetainExceptOnCreate"]);
  });
});

describe("configFrom", () => {
  it("is dev when no stage is given", () => {
    expect(configFrom(withContext({})).stage).toBe("dev");
  });

  it("takes the source's place from context", () => {
    const [source] = configFrom(withContext({ stage: "local", sourceHost: "10.1.2.3", sourcePort: "3307" })).sources;
    expect(source).toMatchObject({ host: "10.1.2.3", port: 3307, secretName: "millrace/local/source" });
  });

  it.each([
    [{ stage: "production" }, 'There is no stage "production": -c stage=<one of local, dev, prod>'],
    [{ sourcePort: "mysql" }, 'Context sourcePort must be a port, 1 to 65535, not "mysql"'],
    [{ sourcePort: "70000" }, 'Context sourcePort must be a port, 1 to 65535, not "70000"'],
    [{ sourceHost: "" }, "Context sourceHost must be a host name or an address"],
  ])("refuses %j", (context, message) => {
    expect(() => configFrom(withContext(context))).toThrow(message);
  });
});

/** Some logical ids carry the stack's name, hashes of it, or a port. */
function normalise(id: string, name: string): string {
  return id.replaceAll(`Millrace${name}`, "Millrace").replace(/[0-9A-F]{8}.*$/, "");
}
