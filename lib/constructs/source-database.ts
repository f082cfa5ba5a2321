import { Secret } from "aws-cdk-lib/aws-secretsmanager";
import type { ISecret } from "aws-cdk-lib/aws-secretsmanager";
import type { Grant, IGrantable } from "aws-cdk-lib/aws-iam";
import { Construct } from "constructs";
import type { sourceEnvironment } from "../../lambdas/core/env.ts";
import type { SourceConfig } from "../config.ts";

/** The database that is captured: somebody else's, referenced by host, port and the name of its secret. */
export class SourceDatabase extends Construct {
  readonly environment: Readonly<Record<keyof typeof sourceEnvironment, string>>;
  private readonly secret: ISecret;

  constructor(scope: Construct, id: string, source: SourceConfig) {
    super(scope, id);
    this.secret = Secret.fromSecretNameV2(this, "Secret", source.secretName);
    this.environment = {
      SOURCE_HOST: source.host,
      SOURCE_PORT: String(source.port),
      SOURCE_SECRET: source.secretName,
      SOURCE_TLS: source.tls,
      SOURCE_NAME: source.name,
    };
  }

  /** Reading user and password. */
  grantRead(grantee: IGrantable): Grant {
    return this.secret.grantRead(grantee);
  }
}
