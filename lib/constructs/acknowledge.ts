import { Stack, Validations } from "aws-cdk-lib";
import type { IGrantable } from "aws-cdk-lib/aws-iam";
import type { IFunction } from "aws-cdk-lib/aws-lambda";
import { Construct } from "constructs";
import type { IConstruct } from "constructs";

/**
 * Accepts findings of cdk-nag or of CDK's own checks on one construct. Every finding carries the sentence that says
 * why it is right here; acknowledge at the construct that causes it, never at a stack.
 * @param findings reason by finding id, such as `AwsSolutions-IAM5[Resource::*]`
 */
export function acknowledge(construct: IConstruct, findings: Readonly<Record<string, string>>): void {
  for (const [id, reason] of Object.entries(findings)) Validations.of(construct).acknowledge({ id, reason });
}

/**
 * Accepts exactly these resources with a wildcard in a grantee's policy: a wildcard that no grant declares stays a
 * finding. Findings name resources as the template does, which is known once references between stacks are resolved:
 * hence the detour by the construct's own validation, which runs between that and the checks.
 * @throws Error when the grantee's principal is no construct: its policy is not ours to judge
 */
export function acknowledgeWildcards(grantee: IGrantable, resources: readonly string[], reason: string): void {
  const principal: unknown = grantee.grantPrincipal;
  if (!Construct.isConstruct(principal)) throw new Error(`Wildcards of ${String(principal)} cannot be acknowledged`);
  principal.node.addValidation({
    validate: () => {
      const stack = Stack.of(principal);
      for (const resource of resources) {
        acknowledge(principal, { [`AwsSolutions-IAM5[Resource::${flatten(stack.resolve(resource))}]`]: reason });
      }
      return [];
    },
  });
}

/** CDK lets whoever invokes a function invoke its versions as well: `<arn>:*`. */
export function acknowledgeVersions(grantee: IGrantable, functions: readonly IFunction[]): void {
  const versions = functions.map((target) => `${target.functionArn}:*`);
  acknowledgeWildcards(grantee, versions, "The versions of one function, which is named.");
}

/** A resolved value as cdk-nag writes it in a finding's id. */
function flatten(value: unknown): string {
  if (typeof value === "string") return value;
  if (typeof value !== "object" || value === null) return JSON.stringify(value);
  const fields: Readonly<Record<string, unknown>> = { ...value };
  if (Array.isArray(fields["Fn::Join"])) {
    const [delimiter, items] = fields["Fn::Join"] as [string, unknown[]];
    return items.map(flatten).join(delimiter);
  }
  if (Array.isArray(fields["Fn::GetAtt"])) return `<${fields["Fn::GetAtt"].map(flatten).join(".")}>`;
  if ("Fn::ImportValue" in fields) return flatten(fields["Fn::ImportValue"]);
  if ("Ref" in fields) return `<${flatten(fields.Ref)}>`;
  return JSON.stringify(value);
}
