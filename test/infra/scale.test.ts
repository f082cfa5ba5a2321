import { describe, expect, it } from "@jest/globals";
import { report, resourcesOf } from "./synth/index.ts";
import type { Synthesized } from "./synth/shape.ts";

const CLOUDFORMATION_LIMIT = 500;
const RESOURCES_PER_TABLE = 3;
/** Characters of all inline policies of a role, without white space (IAM quotas). */
const INLINE_POLICIES_LIMIT = 10_240;
/** Bytes that CloudFormation takes as a template from S3. */
const TEMPLATE_LIMIT = 1_048_576;

const scaled = (tables: number): Synthesized => {
  const found = report.scaled[String(tables)];
  if (found === undefined) throw new Error(`No synthesis with ${tables} tables`);
  return found;
};
const count = ({ templates }: Synthesized): number =>
  Object.values(templates).reduce((sum, { Resources }) => sum + Object.keys(Resources).length, 0);

describe("two hundred tables", () => {
  it("stay under CloudFormation's limits in each stack", () => {
    for (const template of Object.values(scaled(200).templates)) {
      expect(Object.keys(template.Resources).length).toBeLessThan(CLOUDFORMATION_LIMIT);
      expect(JSON.stringify(template).length).toBeLessThan(TEMPLATE_LIMIT);
    }
  });

  it("take at most three resources each", () => {
    expect((count(scaled(200)) - count(scaled(100))) / 100).toBeLessThanOrEqual(RESOURCES_PER_TABLE);
  });

  it("make no policy, dashboard or alarm longer", () => {
    const policies = (synthesized: Synthesized): readonly string[] =>
      Object.values(synthesized.templates).flatMap((template) =>
        resourcesOf(template, "AWS::IAM::Policy").map(([, policy]) =>
          JSON.stringify(policy.Properties["PolicyDocument"]),
        ),
      );
    expect(policies(scaled(200))).toEqual(policies(scaled(100)));
    for (const policy of policies(scaled(200))) expect(policy.length).toBeLessThan(INLINE_POLICIES_LIMIT);
    expect(scaled(200).templates.Observability).toEqual(scaled(100).templates.Observability);
  });
});
