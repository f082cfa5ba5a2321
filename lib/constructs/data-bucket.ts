import { Duration } from "aws-cdk-lib";
import type { RemovalPolicy } from "aws-cdk-lib";
import { Grant } from "aws-cdk-lib/aws-iam";
import type { IGrantable } from "aws-cdk-lib/aws-iam";
import { BlockPublicAccess, Bucket, BucketEncryption, ObjectOwnership } from "aws-cdk-lib/aws-s3";
import type { IBucket } from "aws-cdk-lib/aws-s3";
import { Construct } from "constructs";
import { acknowledgeWildcards } from "./acknowledge.ts";

export interface DataBucketProps {
  /** Days objects are kept, by key prefix; `""` is every key. Prefixes that are not named are kept for good. */
  readonly retentionDays: Readonly<Record<string, number>>;
  readonly removalPolicy: RemovalPolicy;
  /** Receives the access log. @default - none: this is the log bucket itself */
  readonly logs?: IBucket;
  /** First part of the access log's keys. @default - the construct's id */
  readonly logPrefix?: string;
}

export type ObjectAction = "read" | "write" | "delete";

const ACTIONS: Readonly<Record<ObjectAction, readonly string[]>> = {
  read: ["s3:GetObject"],
  write: ["s3:PutObject", "s3:AbortMultipartUpload"],
  delete: ["s3:DeleteObject"],
};

/** An encrypted, private bucket that answers to TLS only; access is granted by key prefix. */
export class DataBucket extends Construct {
  readonly bucket: Bucket;

  constructor(scope: Construct, id: string, props: DataBucketProps) {
    super(scope, id);
    this.bucket = new Bucket(this, "Bucket", {
      encryption: BucketEncryption.S3_MANAGED,
      blockPublicAccess: BlockPublicAccess.BLOCK_ALL,
      objectOwnership: ObjectOwnership.BUCKET_OWNER_ENFORCED,
      enforceSSL: true,
      minimumTLSVersion: 1.2,
      removalPolicy: props.removalPolicy,
      ...(props.logs && {
        serverAccessLogsBucket: props.logs,
        serverAccessLogsPrefix: `${props.logPrefix ?? id.toLowerCase()}/`,
      }),
      lifecycleRules: [
        { id: "AbortedUploads", abortIncompleteMultipartUploadAfter: Duration.days(1) },
        ...Object.entries(props.retentionDays).map(([prefix, days]) => ({
          id: `Expire${prefix.replace(/[^a-z]/g, "")}`,
          expiration: Duration.days(days),
          ...(prefix !== "" && { prefix }),
        })),
      ],
    });
  }

  /** Allows actions on the objects under the prefixes (each ends with a slash). */
  grantObjects(grantee: IGrantable, actions: readonly ObjectAction[], prefixes: readonly string[]): Grant {
    const resourceArns = prefixes.map((prefix) => this.bucket.arnForObjects(`${prefix}*`));
    acknowledgeWildcards(grantee, resourceArns, "Objects come into being as it runs; the prefix says which ones.");
    return Grant.addToPrincipal({
      grantee,
      actions: actions.flatMap((action) => ACTIONS[action]),
      resourceArns,
    });
  }

  /**
   * Allows listing below the prefixes. Without it a GET of a missing key is answered 403, not 404, so everything that
   * may look for an object that is not there needs it.
   */
  grantList(grantee: IGrantable, prefixes: readonly string[]): Grant {
    return Grant.addToPrincipal({
      grantee,
      actions: ["s3:ListBucket"],
      resourceArns: [this.bucket.bucketArn],
      conditions: { StringLike: { "s3:prefix": prefixes.map((prefix) => `${prefix}*`) } },
    });
  }
}
