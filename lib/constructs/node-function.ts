import { join } from "node:path";
import { Duration, RemovalPolicy } from "aws-cdk-lib";
import type { ISecurityGroup } from "aws-cdk-lib/aws-ec2";
import { Architecture, Runtime } from "aws-cdk-lib/aws-lambda";
import { NodejsFunction, OutputFormat, SourceMapMode } from "aws-cdk-lib/aws-lambda-nodejs";
import { LogGroup } from "aws-cdk-lib/aws-logs";
import { Construct } from "constructs";
import type { z } from "zod";
import type { EnvironmentOf } from "../../lambdas/core/env.ts";
import type { FunctionName, StageConfig } from "../config.ts";
import { acknowledge } from "./acknowledge.ts";
import type { Network } from "./network.ts";

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

const ROOT = join(import.meta.dirname, "../..");

/** esbuild's ESM output has no `require`; dependencies in CommonJS call it for Node's own modules. */
const BANNER =
  'import { createRequire as millraceRequire } from "node:module"; const require = millraceRequire(import.meta.url);';

/** A function of lambdas/ as one ES module on Node 24 and ARM64, with its log group. */
export class NodeFunction<Contract extends z.ZodObject> extends Construct {
  readonly function: NodejsFunction;

  constructor(scope: Construct, id: string, props: NodeFunctionProps<Contract>) {
    super(scope, id);
    const { config, inside } = props;
    const size = config.functions[props.name];
    this.function = new NodejsFunction(this, "Function", {
      description: props.description,
      entry: join(ROOT, "lambdas", props.name, "handler.ts"),
      projectRoot: ROOT,
      depsLockFilePath: join(ROOT, "package-lock.json"),
      runtime: Runtime.NODEJS_24_X,
      architecture: Architecture.ARM_64,
      memorySize: size.memoryMiB,
      timeout: Duration.seconds(size.timeoutSeconds),
      environment: { ...props.environment, NODE_OPTIONS: "--enable-source-maps" },
      awsSdkConnectionReuse: false,
      ...(inside && {
        vpc: inside.network.vpc,
        vpcSubnets: { subnets: [...inside.network.subnets] },
        securityGroups: [inside.network.serviceClients, ...inside.groups],
      }),
      logGroup: new LogGroup(this, "Log", {
        retention: config.logRetention,
        // Telemetry, no data: it goes with its function.
        removalPolicy: RemovalPolicy.DESTROY,
      }),
      bundling: {
        format: OutputFormat.ESM,
        target: "node24",
        mainFields: ["module", "main"],
        banner: BANNER,
        // The SDK is bundled as well: the runtime's own copy is older than the lock file's and cannot be tested.
        externalModules: [],
        minify: false,
        keepNames: true,
        sourceMap: true,
        sourceMapMode: SourceMapMode.DEFAULT,
        sourcesContent: false,
      },
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
