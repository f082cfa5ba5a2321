import type { landingEnvironment } from "../../lambdas/core/env.ts";
import type { StageConfig } from "../config.ts";
import { resourceName } from "../config.ts";
import type { DataBucket } from "./data-bucket.ts";
import type { KafkaCluster } from "./kafka-cluster.ts";
import type { Network } from "./network.ts";
import type { PersonalDataKey } from "./personal-data-key.ts";
import type { SourceDatabase } from "./source-database.ts";
import type { Warehouse } from "./warehouse.ts";

/** What the pipeline's functions work on; the data stack owns it. */
export interface DataPlane {
  readonly config: StageConfig;
  readonly network: Network;
  readonly cluster: KafkaCluster;
  readonly landing: DataBucket;
  readonly quarantine: DataBucket;
  readonly warehouse: Warehouse;
  readonly personalDataKey: PersonalDataKey;
  /** Topics of the captured tables, by area: `shop_*`. Grants name these, since a policy cannot hold every topic. */
  readonly topicPatterns: readonly string[];
}

/** What the functions of one source work on. */
export interface SourcePlane extends DataPlane {
  readonly source: SourceDatabase;
}

/** First parts of keys in the landing bucket, see lambdas/core/state-keys.ts and schemas/naming.ts. */
export const LANDING_PREFIXES = {
  landing: "landing/",
  manifests: "manifests/",
  definitions: "definitions/",
  state: "state/",
  /** What each table rests on, and why it must be copied again. */
  tables: "state/tables/",
  /** Newest failure of each stage and table, for `millrace status`. */
  errors: "state/errors/",
  /** Up to where finished resyncs stand for all records of a topic. */
  resyncs: "state/resyncs/",
  /** Plan, progress and report of each copy. */
  snapshots: "state/snapshots/",
  /** Plan and progress of each reconciliation. */
  reconcile: "state/reconcile/",
} as const;

/** First parts of keys in the quarantine bucket: each writer has its own. */
export const QUARANTINE_PREFIXES = {
  /** The captures and repairs: records too large to be sent. */
  captured: "capture/",
  /** land-batch: records that cannot be read. */
  records: "land/",
  /** load-warehouse: rows that COPY refused. */
  rows: "load/",
  /** The event source's service: payloads of batches that it gave up. */
  batches: "aws/lambda/",
} as const;

/** The variables by which functions find the landing bucket. */
export function landingVariables(plane: DataPlane): Readonly<Record<keyof typeof landingEnvironment, string>> {
  return {
    STAGE: plane.config.stage,
    LANDING_BUCKET: plane.landing.bucket.bucketName,
    CLUSTER_NAME: resourceName(plane.config),
  };
}

/** Consumer groups of all event source mappings, see landingGroup in schemas/naming.ts. */
export const landingGroups = (plane: DataPlane): string => `${resourceName(plane.config)}-*`;
