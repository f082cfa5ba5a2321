/**
 * The CloudFormation resource types that this process takes over from LocalStack, each with what stands behind it:
 * `real` has an effect that clients can use, `recorded` is accepted, read back by its API, and changes nothing.
 */
export const RESOURCE_TYPES = {
  "AWS::MSK::Cluster": "real",
  "AWS::MSK::Topic": "real",
  /** Server properties are kept and described; the one local broker keeps its own. */
  "AWS::MSK::Configuration": "recorded",
  "AWS::RedshiftServerless::Namespace": "real",
  "AWS::RedshiftServerless::Workgroup": "real",
} as const satisfies Readonly<Record<string, "real" | "recorded">>;

export type HandledResourceType = keyof typeof RESOURCE_TYPES;
