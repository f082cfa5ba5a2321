import { Secret } from "aws-cdk-lib/aws-secretsmanager";
import type { ISecret } from "aws-cdk-lib/aws-secretsmanager";
import type { Grant, IGrantable } from "aws-cdk-lib/aws-iam";
import { Construct } from "constructs";
import type { areasEnvironment, sourceEnvironment } from "../../lambdas/core/env.ts";
import type { FeedingSource } from "../sources.ts";

/** Replication server ids of one source: 16 for runs of change capture, one for each taker of anchors, the rest spare. */
const SERVER_IDS = 32;
const ANCHOR_IDS = { snapshot: 16, repair: 17 } as const;

/** A database that is captured: somebody else's, referenced by host, port and the name of its secret. */
export class SourceDatabase extends Construct {
  readonly environment: Readonly<Record<keyof typeof sourceEnvironment, string>>;
  /** What resync-tables needs to know of it. */
  readonly areas: Readonly<Record<keyof typeof areasEnvironment, string>>;
  /** Replication server ids: the first of change capture's runs, and those for the anchors of snapshots and of repairs. */
  readonly serverIds: { readonly base: number; readonly snapshot: number; readonly repair: number };
  /** Servers whose lag matters to copies: a JSON list of `{"host","port"}`. */
  readonly replicas: string;
  private readonly secret: ISecret;

  constructor(scope: Construct, id: string, source: FeedingSource, serverIdBase: number) {
    super(scope, id);
    this.secret = Secret.fromSecretNameV2(this, "Secret", source.secretName);
    this.areas = { SOURCE_AREAS: source.areas.join(",") };
    this.replicas = JSON.stringify((source.replicas ?? []).map(({ host, port }) => ({ host, port })));
    const base = serverIdBase + SERVER_IDS * source.index;
    this.serverIds = { base, snapshot: base + ANCHOR_IDS.snapshot, repair: base + ANCHOR_IDS.repair };
    this.environment = {
      ...this.areas,
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
