import { describe, expect, it } from "@jest/globals";
import { STAGES } from "../../lib/config.ts";
import { report, resourcesOf, stage } from "./synth/index.ts";
import type { StackTemplate } from "./synth/shape.ts";

interface Statement {
  readonly Action: string | readonly string[];
  readonly Resource: unknown;
  readonly Effect: string;
  readonly Condition?: unknown;
}

const list = <T>(value: T | readonly T[]): readonly T[] => (Array.isArray(value) ? (value as T[]) : [value as T]);

function statements(template: StackTemplate): readonly (Statement & { readonly policy: string })[] {
  return resourcesOf(template, "AWS::IAM::Policy").flatMap(([policy, { Properties }]) => {
    const document = Properties["PolicyDocument"] as { readonly Statement: readonly Statement[] };
    return document.Statement.map((statement) => ({ ...statement, policy }));
  });
}

/** `prefix/` of an object resource `<bucket's arn>/prefix/*`. */
function objectsOf(resource: unknown): readonly string[] {
  const text = /"\/?([^"]*)\*"/.exec(JSON.stringify(resource))?.[1] ?? "";
  return [text];
}

const listed = (condition: unknown): readonly string[] =>
  list(
    (condition as { readonly StringLike: Record<string, string | readonly string[]> }).StringLike["s3:prefix"] ?? [],
  ).map((prefix) => prefix.replace(/\*$/, ""));

/** Actions that know no resource or whose resources have no name beforehand. */
const ON_ANY_RESOURCE = [
  /^ec2:(Create|Delete|Describe)NetworkInterfaces?$/,
  /^ec2:Describe(SecurityGroups|Subnets|Vpcs)$/,
  /^redshift-data:(DescribeStatement|GetStatementResult|CancelStatement)$/,
  /^logs:/,
  /^xray:/,
];

describe.each(STAGES)("grants of stage %s", (name) => {
  const all = Object.values(stage(name).templates).flatMap(statements);
  const ofFunction = (verb: string): string => JSON.stringify(all.filter(({ policy }) => policy.includes(verb)));

  it("name their actions one by one", () => {
    for (const { Action, policy } of all) {
      for (const action of list(Action)) expect(`${policy} ${action}`).not.toContain("*");
    }
  });

  it("name their resources, save for actions that know none", () => {
    for (const { Action, Resource, policy } of all) {
      if (!list(Resource).includes("*")) continue;
      for (const action of list(Action)) {
        expect([policy, action, ON_ANY_RESOURCE.some((known) => known.test(action))]).toEqual([policy, action, true]);
      }
    }
  });

  it("see their own statements of the Data API only", () => {
    const asking = all.filter(({ Action }) => list(Action).includes("redshift-data:GetStatementResult"));
    expect(asking.length).toBeGreaterThan(0);
    for (const { Condition } of asking) {
      expect(Condition).toEqual({ StringEquals: { "redshift-data:statement-owner-iam-userid": "${aws:userid}" } });
    }
  });

  it("read two secrets: the source's and the warehouse's", () => {
    const resources = all
      .filter(({ Action }) => list(Action).includes("secretsmanager:GetSecretValue"))
      .map(({ Resource }) => JSON.stringify(Resource));
    for (const resource of resources) {
      expect(resource).toMatch(/secret:millrace\/(local|dev|prod)\/source-\?{6}|-millrace-\?{6}/);
    }
  });

  it("keep each stage of the way to its own work", () => {
    expect(ofFunction("LandBatch")).not.toMatch(/redshift|secretsmanager|WriteData"/);
    expect(ofFunction("BuildStar")).not.toMatch(/s3:|kafka|source-/);
    expect(ofFunction("LoadWarehouse")).not.toMatch(/kafka|source-/);
    expect(ofFunction("CaptureChanges")).not.toMatch(/redshift|s3:DeleteObject|ReadData|\/landing\//);
    expect(ofFunction("MeasureLag")).not.toMatch(/WriteData|ReadData|AlterGroup|sqs:/);
  });

  it("let everyone list what they may read: a missing object is 403, not 404, to those who may not", () => {
    const prefixesOf = (policy: string, action: string): readonly string[] =>
      all
        .filter((statement) => statement.policy === policy && list(statement.Action).includes(action))
        .flatMap(({ Resource, Condition }) =>
          action === "s3:ListBucket" ? listed(Condition) : list(Resource).flatMap(objectsOf),
        );
    const readers = new Set(
      all.filter(({ Action }) => list(Action).includes("s3:GetObject")).map(({ policy }) => policy),
    );
    expect(readers.size).toBeGreaterThan(5);
    const unlisted = [...readers].flatMap((policy) => {
      const may = prefixesOf(policy, "s3:ListBucket");
      const lacking = prefixesOf(policy, "s3:GetObject").filter(
        (read) => !may.some((prefix) => read.startsWith(prefix)),
      );
      return lacking.map((read) => `${policy.replace(/[0-9A-F]{8}$/, "")} ${read}`);
    });
    expect(unlisted).toEqual([]);
  });

  it("let a capture call its next run, by its own name", () => {
    const [handOver] = statements(stage(name).templates.Pipeline).filter(({ policy }) => policy.includes("HandOver"));
    expect(handOver).toMatchObject({
      Action: "lambda:InvokeFunction",
      Resource: { "Fn::GetAtt": [expect.stringMatching(/^CaptureChanges/), "Arn"] },
    });
  });
});

describe("acknowledged wildcards", () => {
  it("are what a grant declares", () => {
    expect(report.wildcards.declared).toBeNull();
  });

  it("are nothing else: any other stops synth", () => {
    expect(report.wildcards.another).toContain("AwsSolutions-IAM5[Resource::arn:aws:s3:::b/*]");
    expect(report.wildcards.another).not.toContain("a/x");
    expect(report.wildcards.everything).toContain("AwsSolutions-IAM5[Resource::*]");
  });
});
