import { ArnFormat, RemovalPolicy, Stack } from "aws-cdk-lib";
import { SecurityGroup } from "aws-cdk-lib/aws-ec2";
import { Grant, PolicyStatement, Role, ServicePrincipal } from "aws-cdk-lib/aws-iam";
import type { IGrantable } from "aws-cdk-lib/aws-iam";
import { CfnNamespace, CfnWorkgroup } from "aws-cdk-lib/aws-redshiftserverless";
import { Construct } from "constructs";
import type { warehouseEnvironment } from "../../lambdas/core/env.ts";
import { resourceName } from "../config.ts";
import type { StageConfig } from "../config.ts";
import { acknowledgeWildcards } from "./acknowledge.ts";
import type { DataBucket } from "./data-bucket.ts";
import type { Network } from "./network.ts";

export interface WarehouseProps {
  readonly config: StageConfig;
  readonly network: Network;
  /** What COPY may read. */
  readonly landing: DataBucket;
  /** Prefixes of the landing bucket that COPY may read: objects and manifests. */
  readonly copyPrefixes: readonly string[];
  readonly removalPolicy: RemovalPolicy;
}

const ADMIN = "millrace";

/** Redshift Serverless: reached through the Data API only, with the admin password that the service manages itself. */
export class Warehouse extends Construct {
  readonly workgroupName: string;
  readonly workgroupArn: string;
  readonly database: string;
  /** Name of the secret that the service manages; the Data API takes a name wherever it takes an ARN. */
  readonly secretName: string;
  readonly copyRole: Role;
  readonly environment: Readonly<Record<keyof typeof warehouseEnvironment, string>>;

  constructor(scope: Construct, id: string, props: WarehouseProps) {
    super(scope, id);
    const { config, network } = props;
    const name = resourceName(config);
    this.database = config.warehouse.database;

    this.copyRole = new Role(this, "CopyRole", {
      assumedBy: new ServicePrincipal("redshift-serverless.amazonaws.com"),
      description: "COPY reads landed objects and manifests, nothing else",
    });
    this.copyRole.assumeRolePolicy?.addStatements(
      new PolicyStatement({
        actions: ["sts:AssumeRole"],
        principals: [new ServicePrincipal("redshift.amazonaws.com")],
      }),
    );
    props.landing.grantObjects(this.copyRole, ["read"], props.copyPrefixes);
    props.landing.grantList(this.copyRole, props.copyPrefixes);

    const namespace = new CfnNamespace(this, "Namespace", {
      namespaceName: name,
      dbName: this.database,
      adminUsername: ADMIN,
      manageAdminPassword: true,
      defaultIamRoleArn: this.copyRole.roleArn,
      iamRoles: [this.copyRole.roleArn],
      logExports: ["userlog", "connectionlog", "useractivitylog"],
      ...(props.removalPolicy !== RemovalPolicy.DESTROY && {
        finalSnapshotName: `${name}-final`,
        finalSnapshotRetentionPeriod: 35,
      }),
    });
    namespace.applyRemovalPolicy(props.removalPolicy);
    // CloudFormation does not tell the secret's ARN; its name is fixed by the service.
    this.secretName = `redshift!${namespace.ref}-${ADMIN}`;

    const group = new SecurityGroup(this, "Group", {
      vpc: network.vpc,
      description: "Warehouse; no one connects to it",
    });
    const workgroup = new CfnWorkgroup(this, "Workgroup", {
      workgroupName: name,
      namespaceName: name,
      baseCapacity: config.warehouse.baseCapacity,
      maxCapacity: config.warehouse.maxCapacity,
      publiclyAccessible: false,
      // COPY goes by the S3 gateway, not by the internet.
      enhancedVpcRouting: true,
      subnetIds: network.subnets.map((subnet) => subnet.subnetId),
      securityGroupIds: [group.securityGroupId],
      configParameters: [{ parameterKey: "require_ssl", parameterValue: "true" }],
    });
    workgroup.addResourceDependency(namespace);
    workgroup.applyRemovalPolicy(props.removalPolicy);
    this.workgroupName = workgroup.ref;
    this.workgroupArn = workgroup.attrWorkgroupWorkgroupArn;
    this.environment = {
      STAGE: config.stage,
      WAREHOUSE_WORKGROUP: this.workgroupName,
      WAREHOUSE_DATABASE: this.database,
      WAREHOUSE_SECRET: this.secretName,
    };
  }

  /** Running statements through the Data API, and reading what they answer. */
  grantStatements(grantee: IGrantable): Grant {
    Grant.addToPrincipal({
      grantee,
      actions: ["secretsmanager:GetSecretValue"],
      resourceArns: [this.secretArnPattern()],
    });
    Grant.addToPrincipal({
      grantee,
      actions: ["redshift-data:ExecuteStatement", "redshift-data:BatchExecuteStatement"],
      resourceArns: [this.workgroupArn],
    });
    acknowledgeWildcards(
      grantee,
      ["*"],
      "These actions take a statement's id and know no resource; the condition keeps to the caller's own statements.",
    );
    return Grant.addToPrincipal({
      grantee,
      actions: ["redshift-data:DescribeStatement", "redshift-data:GetStatementResult", "redshift-data:CancelStatement"],
      resourceArns: ["*"],
      conditions: { StringEquals: { "redshift-data:statement-owner-iam-userid": "${aws:userid}" } },
    });
  }

  /** Secrets Manager ends an ARN with a dash and six characters of its own. */
  private secretArnPattern(): string {
    return Stack.of(this).formatArn({
      service: "secretsmanager",
      resource: "secret",
      resourceName: `${this.secretName}-??????`,
      arnFormat: ArnFormat.COLON_RESOURCE_NAME,
    });
  }
}
