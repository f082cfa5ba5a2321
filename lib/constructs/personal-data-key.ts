import type { RemovalPolicy } from "aws-cdk-lib";
import type { Grant, IGrantable } from "aws-cdk-lib/aws-iam";
import { Secret } from "aws-cdk-lib/aws-secretsmanager";
import { Construct } from "constructs";
import type { personalDataEnvironment } from "../../lambdas/core/env.ts";
import { acknowledge } from "./acknowledge.ts";

/** Letters and digits: 64 of them hold more than the 256 bits that HMAC-SHA-256 uses. */
const KEY_LENGTH = 64;

/**
 * The key under which personal data is hashed, generated once and kept: without it no new pseudonym is equal to an old
 * one, so it outlives every stack.
 */
export class PersonalDataKey extends Construct {
  readonly environment: Readonly<Record<keyof typeof personalDataEnvironment, string>>;
  readonly secretArn: string;
  private readonly secret: Secret;

  constructor(scope: Construct, id: string, props: { readonly removalPolicy: RemovalPolicy }) {
    super(scope, id);
    this.secret = new Secret(this, "Secret", {
      description: "Key of the pseudonyms of personal data: never rotated, see docs/PERSONAL-DATA.md",
      generateSecretString: {
        secretStringTemplate: "{}",
        generateStringKey: "key",
        passwordLength: KEY_LENGTH,
        excludePunctuation: true,
      },
      removalPolicy: props.removalPolicy,
    });
    acknowledge(this.secret, {
      "AwsSolutions-SMG4": "Under another key equal values would get other pseudonyms, and no join would find them.",
    });
    this.secretArn = this.secret.secretArn;
    this.environment = { PERSONAL_DATA_SECRET: this.secretArn };
  }

  /** Reading the key. */
  grantRead(grantee: IGrantable): Grant {
    return this.secret.grantRead(grantee);
  }
}
