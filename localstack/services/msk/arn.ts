import { AwsError } from "../aws-error.ts";

const CLUSTER = /^arn:aws[\w-]*:kafka:([\w-]+):(\d{12}):cluster\/([^/]+)\/([^/]+)$/;
const CONFIGURATION = /^arn:aws[\w-]*:kafka:[\w-]+:\d{12}:configuration\/[^/]+\/[^/]+$/;

/** @throws AwsError BadRequestException when it is no cluster's ARN */
export function topicArn(clusterArn: string, topic: string): string {
  const match = CLUSTER.exec(clusterArn);
  if (match === null) throw badArn(clusterArn, "cluster");
  return `${clusterArn.replace(":cluster/", ":topic/")}/${topic}`;
}

export function checkClusterArn(arn: string): string {
  if (!CLUSTER.test(arn)) throw badArn(arn, "cluster");
  return arn;
}

export function checkConfigurationArn(arn: string): string {
  if (!CONFIGURATION.test(arn)) throw badArn(arn, "configuration");
  return arn;
}

function badArn(arn: string, kind: string): AwsError {
  return new AwsError("BadRequestException", `'${arn}' is not the ARN of a ${kind}.`, 400, {
    invalidParameter: `${kind}Arn`,
  });
}
