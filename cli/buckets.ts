import { S3Client } from "@aws-sdk/client-s3";
import { createObjectStore } from "../lambdas/adapters/s3/index.ts";
import type { ObjectStore } from "../lambdas/core/ports.ts";
import type { StackOutputs } from "./stack-outputs.ts";
import type { ClientSettings } from "./target.ts";

/** The deployment's buckets, and the first part of the keys in them. */
export interface Buckets {
  readonly landing: ObjectStore;
  readonly quarantine: ObjectStore;
  readonly cluster: string;
}

/** @param outputs of the stacks */
export function bucketsOf(
  outputs: Pick<StackOutputs, "LandingBucket" | "QuarantineBucket" | "ClusterArn">,
  aws: ClientSettings,
): Buckets {
  const client = new S3Client({ ...aws, ...(aws.endpoint !== undefined && { forcePathStyle: true }) });
  return {
    landing: createObjectStore(outputs.LandingBucket, client),
    quarantine: createObjectStore(outputs.QuarantineBucket, client),
    // arn:aws:kafka:<region>:<account>:cluster/<name>/<id>
    cluster: outputs.ClusterArn.split("/")[1] ?? "",
  };
}
