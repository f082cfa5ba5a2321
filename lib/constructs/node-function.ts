import { Duration } from "aws-cdk-lib";
import type { ISecurityGroup } from "aws-cdk-lib/aws-ec2";
import { Architecture, Function as LambdaFunction, Runtime } from "aws-cdk-lib/aws-lambda";
import { Construct } from "constructs";
import type { z } from "zod";
import type { EnvironmentOf } from "../../lambdas/core/env.ts";
import type { FunctionName, StageConfig } from "../config.ts";
import { acknowledge } from "./acknowledge.ts";
import { HANDLER, bundledCode } from "./bundled-code.ts";
import { heapOptions } from "./heap-options.ts";
import type { Network } from "./network.ts";
import { TelemetryLog } from "./telemetry-log.ts";

export interface NodeFunctionProps<Contract extends z.ZodObject> {
  readonly config: StageConfig;
  /** Folder of lambdas/; its `handler.ts` exports `handler`. */
  readonly name: FunctionName;
  readonly description: string;
  /** The function's env.ts: types `environment`, so that leaving a variable out does not compile. */
  readonly contract: Contract;
  readonly environment: EnvironmentOf<Contract>;
  /** Where it runs and as which clients. @default - outside the VPC */
  readonly inside?: { readonly network: Network; readonly groups: readonly ISecurityGroup[] };
}

/** A function of lambdas/ as one ES module on Node 24 and ARM64, with its log group. */
export class NodeFunction<Contract extends z.ZodObject> extends Construct {
  readonly function: LambdaFunction;

  constructor(scope: Construct, id: string, props: NodeFunctionProps<Contract>) {
    super(scope, id);
    const { config, inside } = props;
    const size = config.functions[props.name];
    this.function = new LambdaFunction(this, "Function", {
      description: props.description,
      code: bundledCode(props.name),
      handler: HANDLER,
      runtime: Runtime.NODEJS_24_X,
      architecture: Architecture.ARM_64,
      memorySize: size.memoryMiB,
      timeout: Duration.seconds(size.timeoutSeconds),
      environment: { ...props.environment, NODE_OPTIONS: `--enable-source-maps ${heapOptions(size.memoryMiB)}` },
      ...(inside && {
        vpc: inside.network.vpc,
        vpcSubnets: { subnets: [...inside.network.subnets] },
        securityGroups: [inside.network.serviceClients, ...inside.groups],
      }),
      logGroup: new TelemetryLog(this, "Log", config.logRetentionDays),
    });
    if (this.function.role) {
      acknowledge(this.function.role, {
        "AwsSolutions-IAM4[Policy::arn:<AWS::Partition>:iam::aws:policy/service-role/AWSLambdaBasicExecutionRole]":
          "Writes its own log only; the managed policy follows the service.",
        "AwsSolutions-IAM4[Policy::arn:<AWS::Partition>:iam::aws:policy/service-role/AWSLambdaVPCAccessExecutionRole]":
          "Network interfaces of a function in a VPC have no names to grant beforehand; the managed policy follows the service.",
      });
    }
  }
}
