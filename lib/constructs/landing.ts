import { Duration } from "aws-cdk-lib";
import { PolicyStatement } from "aws-cdk-lib/aws-iam";
import { StartingPosition } from "aws-cdk-lib/aws-lambda";
import type { Function as LambdaFunction, IEventSourceDlq, IFunction } from "aws-cdk-lib/aws-lambda";
import { Construct } from "constructs";
import { landBatchEnvironment } from "../../lambdas/land-batch/env.ts";
import type { AnyTable } from "../../schemas/model/table.ts";
import { landingGroup, topicName } from "../../schemas/naming.ts";
import { resourceName } from "../config.ts";
import { acknowledgeWildcards } from "./acknowledge.ts";
import type { DataBucket } from "./data-bucket.ts";
import type { DataPlane } from "./data-plane.ts";
import { LANDING_PREFIXES, QUARANTINE_PREFIXES, landingGroups, landingVariables } from "./data-plane.ts";
import { NodeFunction } from "./node-function.ts";
import type { WakeQueue } from "./wake-queue.ts";

export interface LandingProps {
  readonly plane: DataPlane;
  readonly tables: readonly AnyTable[];
  readonly loadQueue: WakeQueue;
}

/** Topics to objects: one function, one event source mapping per table. */
export class Landing extends Construct {
  readonly landBatch: IFunction;

  constructor(scope: Construct, id: string, props: LandingProps) {
    super(scope, id);
    const { plane } = props;
    const landBatch = new NodeFunction(this, "LandBatch", {
      config: plane.config,
      name: "land-batch",
      description: "Writes one CSV object per partition and offset range of a batch",
      contract: landBatchEnvironment,
      environment: {
        ...landingVariables(plane),
        QUARANTINE_BUCKET: plane.quarantine.bucket.bucketName,
        LOAD_QUEUE_URL: props.loadQueue.queue.queueUrl,
        WAKE_SLOT_SECONDS: String(plane.config.flow.wakeSlotSeconds),
        DEFAULT_EPOCH: String(plane.config.landing.defaultEpoch),
      },
    }).function;
    this.landBatch = landBatch;
    // Writes and never looks: a batch that comes again finds its object by the refused put.
    plane.landing.grantObjects(landBatch, ["write"], [LANDING_PREFIXES.landing, LANDING_PREFIXES.definitions]);
    const { records, batches } = QUARANTINE_PREFIXES;
    plane.quarantine.grantObjects(landBatch, ["write"], [records]);
    // What somebody sends back with `millrace redrive`.
    plane.quarantine.grantObjects(landBatch, ["read"], [records, batches]);
    plane.quarantine.grantList(landBatch, [records]);
    props.loadQueue.queue.grantSendMessages(landBatch);
    this.allowPolling(plane, landBatch);
    for (const table of props.tables) this.addMapping(plane, landBatch, table);
  }

  /** Event pollers act as the function: they connect, read in the group, and join the brokers' network. */
  private allowPolling(plane: DataPlane, landBatch: LambdaFunction): void {
    plane.cluster.grantConnect(landBatch);
    plane.cluster.grantConsume(landBatch, plane.topicPatterns, [landingGroups(plane)]);
    landBatch.addToRolePolicy(
      new PolicyStatement({
        actions: [
          "ec2:CreateNetworkInterface",
          "ec2:DeleteNetworkInterface",
          "ec2:DescribeNetworkInterfaces",
          "ec2:DescribeSecurityGroups",
          "ec2:DescribeSubnets",
          "ec2:DescribeVpcs",
        ],
        resources: ["*"],
      }),
    );
    acknowledgeWildcards(
      landBatch,
      ["*"],
      "Event pollers create network interfaces, which have no names to grant beforehand; describing knows no resource.",
    );
  }

  private addMapping(plane: DataPlane, landBatch: LambdaFunction, table: AnyTable): void {
    const { landing } = plane.config;
    const mapping = landBatch.addEventSourceMapping(topicName(table), {
      eventSourceArn: plane.cluster.arn,
      kafkaTopic: topicName(table),
      // Named, so that a mapping made anew goes on where the old one stopped.
      kafkaConsumerGroupId: landingGroup(resourceName(plane.config), table),
      startingPosition: StartingPosition.TRIM_HORIZON,
      batchSize: landing.batchRecords,
      maxBatchingWindow: Duration.seconds(landing.windowSeconds),
      reportBatchItemFailures: true,
      bisectBatchOnError: true,
      retryAttempts: landing.retryAttempts,
      supportS3OnFailureDestination: true,
      onFailure: failedBatches(plane.quarantine),
      provisionedPollerConfig: {
        minimumPollers: landing.pollers.minimum,
        maximumPollers: landing.pollers.maximum,
        // Tables of an area share the capacity that is paid for.
        pollerGroupName: `${resourceName(plane.config)}-${table.area.name}`,
      },
    });
    // Creating a mapping checks the role's permissions, which CloudFormation would otherwise attach at the same time.
    if (landBatch.role) mapping.node.addDependency(landBatch.role);
  }
}

/** The S3 destination with the one grant it needs; CDK's own grants the whole bucket. */
function failedBatches(quarantine: DataBucket): IEventSourceDlq {
  return {
    bind: (_mapping, target) => {
      quarantine.grantObjects(target, ["write"], [QUARANTINE_PREFIXES.batches]);
      quarantine.grantList(target, [QUARANTINE_PREFIXES.batches]);
      return { destination: quarantine.bucket.bucketArn };
    },
  };
}
