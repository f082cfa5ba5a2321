import type { Node } from "constructs";
import { placedSources } from "./sources.ts";
import type { SourceConfig } from "./sources.ts";

/** What may differ between stages: values only. No construct asks for the stage's name to take another path. */
export interface StageConfig {
  readonly stage: StageName;
  /** @default - the account of the credentials that deploy */
  readonly account?: string;
  readonly region: string;
  /** Named, so that synth needs no look-up; Redshift Serverless wants three. */
  readonly zones: readonly [string, string, string];
  /** Address range of the VPC, /16. */
  readonly cidr: string;
  /**
   * The servers that are captured. The first keeps the names that a deployment with one source gave its resources: it
   * stays the first, and others are added after it.
   */
  readonly sources: readonly [SourceConfig, ...SourceConfig[]];
  readonly kafka: KafkaConfig;
  readonly warehouse: WarehouseConfig;
  readonly capture: CaptureConfig;
  readonly landing: LandingConfig;
  readonly quarantine: QuarantineConfig;
  readonly flow: FlowConfig;
  readonly resync: ResyncConfig;
  readonly reconcile: ReconcileConfig;
  readonly functions: Readonly<Record<FunctionName, FunctionSize>>;
  readonly removal: RemovalConfig;
  readonly alarms: AlarmConfig;
  readonly logRetentionDays: LogRetentionDays;
}

export const STAGES = ["local", "dev", "prod"] as const;
export type StageName = (typeof STAGES)[number];

/** Periods that CloudWatch Logs takes. */
export type LogRetentionDays = 1 | 14 | 90;

export interface KafkaConfig {
  readonly version: string;
  readonly auth: "iam" | "none";
  readonly brokerType: string;
  /** A multiple of the zones. */
  readonly brokers: number;
  readonly volumeGiB: number;
  readonly replicationFactor: number;
  readonly minInsyncReplicas: number;
  /**
   * How long a topic keeps records: the time within which landing must be repaired. A change reaches topics that are
   * there already at the next deployment. Kafka drops segments, so records stay up to a day longer (schemas/topic.ts).
   */
  readonly retentionHours: number;
}

export interface WarehouseConfig {
  readonly database: string;
  /** Redshift Processing Units. */
  readonly baseCapacity: number;
  /** Cap of automatic scaling. */
  readonly maxCapacity: number;
}

export interface CaptureConfig {
  /** Length of one bounded run of capture-changes; below its timeout by the time a hand-over takes. */
  readonly runSeconds: number;
  /**
   * Replication server ids in use: 32 from here on for the first source, the next 32 for the second, and so on. They
   * must be free at all sources.
   */
  readonly serverIdBase: number;
  /** Rows of a chunk; larger tables take more, so that a copy stays within 1,500 chunks. */
  readonly chunkRows: number;
  /** Rows a second and chunk; 0 is unthrottled. */
  readonly rowsPerSecond: number;
  /**
   * A copy waits while one of the source's `replicas`, or the source where it is a replica itself, is behind more
   * seconds than this; 0: never. Rows are read only, but reading takes disk and cache from what must be applied.
   */
  readonly maxReplicaLagSeconds: number;
  /**
   * A copy waits while the source runs more statements than this at once besides ours (Threads_running, in which the
   * dumps to replicas count too); 0: never.
   */
  readonly maxThreadsRunning: number;
  /** Chunks read at the same time. */
  readonly parallelism: number;
  /** Seconds between two looks whether a copy is loaded. */
  readonly pollSeconds: number;
}

export interface LandingConfig {
  readonly batchRecords: number;
  readonly windowSeconds: number;
  readonly retryAttempts: number;
  /** Event pollers per mapping; provisioned, because retries, bisecting and partial responses need it. */
  readonly pollers: { readonly minimum: number; readonly maximum: number };
  /** Epoch of records that carry none (a Debezium connector's). */
  readonly defaultEpoch: number;
  /** Landed objects are kept this long after they are loaded: the reserve for rebuilding the warehouse. */
  readonly retentionDays: number;
}

export interface QuarantineConfig {
  /** Records and rows in quarantine are kept this long: after it nobody can send them back. */
  readonly retentionDays: number;
}

export interface FlowConfig {
  /** Length of a wake-up slot and delivery delay of the queues; at most 900. */
  readonly wakeSlotSeconds: number;
  /** Seconds between two loads of a table at least: the knob for the warehouse's cost. */
  readonly cadenceSeconds: number;
  /** Tables loaded at the same time; at least 2. */
  readonly loaders: number;
}

/** Copies that start by themselves. */
export interface ResyncConfig {
  /** Records missing from a partition may be a late batch for so long. */
  readonly gapGraceSeconds: number;
  /** Pause after a resync that failed. */
  readonly retrySeconds: number;
}

export interface ReconcileConfig {
  /** When all tables are compared; cron() or rate() of EventBridge Scheduler, UTC. */
  readonly schedule: string;
  /**
   * How often the tables that foreign keys change without binlog events (ON DELETE CASCADE, SET NULL) are compared and
   * repaired; each time reads them whole at the source. Without such tables nothing is read.
   */
  readonly cascadeSchedule: string;
  /** Rows read before progress is saved; a chunk must be read well within the function's timeout. */
  readonly chunkRows: number;
  /** Rows of a range: what is looked at one by one when one of them differs. */
  readonly rangeRows: number;
  /** Longest wait until the mirror has passed the place at which the source was read. */
  readonly patienceSeconds: number;
}

export const FUNCTIONS = [
  "capture-changes",
  "capture-snapshot",
  "land-batch",
  "load-warehouse",
  "build-star",
  "migrate-warehouse",
  "wake-loaders",
  "measure-lag",
  "resync-tables",
  "reconcile-table",
] as const;
/** A folder of lambdas/. */
export type FunctionName = (typeof FUNCTIONS)[number];

export interface FunctionSize {
  readonly memoryMiB: number;
  readonly timeoutSeconds: number;
}

export interface RemovalConfig {
  /**
   * First of two keys to deleting data; the second is `-c deleteData=<stage>` on the command line. Without both, what
   * holds data is kept when its stack goes.
   */
  readonly data: "retain" | "destroy";
  readonly terminationProtection: boolean;
}

/** Thresholds; each alarm's section in docs/RUNBOOK.md says what to do. */
export interface AlarmConfig {
  readonly captureLagSeconds: number;
  readonly landLagRecords: number;
  readonly loadLagRecords: number;
  readonly freshnessSeconds: number;
  /** Minutes a lag must last. */
  readonly minutes: number;
  /** Minutes that a table may wait for its resync. */
  readonly resyncMinutes: number;
  /** Values a minute that may be held otherwise than at the source. A source that is full of zero dates wants more. */
  readonly valuesUnlike: number;
}

const sizes: StageConfig["functions"] = {
  "capture-changes": { memoryMiB: 1769, timeoutSeconds: 900 },
  "capture-snapshot": { memoryMiB: 1769, timeoutSeconds: 900 },
  // An event source mapping of Kafka allows 14 minutes at most; a batch is over in seconds.
  "land-batch": { memoryMiB: 1024, timeoutSeconds: 120 },
  "load-warehouse": { memoryMiB: 512, timeoutSeconds: 900 },
  "build-star": { memoryMiB: 512, timeoutSeconds: 900 },
  "migrate-warehouse": { memoryMiB: 512, timeoutSeconds: 900 },
  "wake-loaders": { memoryMiB: 512, timeoutSeconds: 60 },
  "measure-lag": { memoryMiB: 512, timeoutSeconds: 60 },
  "resync-tables": { memoryMiB: 512, timeoutSeconds: 60 },
  "reconcile-table": { memoryMiB: 1769, timeoutSeconds: 900 },
};

const prod: StageConfig = {
  stage: "prod",
  region: "eu-central-1",
  zones: ["eu-central-1a", "eu-central-1b", "eu-central-1c"],
  cidr: "10.60.0.0/16",
  sources: [
    {
      name: "source",
      host: "source.millrace.internal",
      port: 3306,
      secretName: "millrace/prod/source",
      tls: "required",
    },
  ],
  kafka: {
    version: "3.9.x.kraft",
    auth: "iam",
    brokerType: "kafka.m7g.large",
    brokers: 3,
    volumeGiB: 200,
    replicationFactor: 3,
    minInsyncReplicas: 2,
    retentionHours: 7 * 24,
  },
  warehouse: { database: "millrace", baseCapacity: 16, maxCapacity: 64 },
  capture: {
    runSeconds: 780,
    serverIdBase: 730_000_000,
    chunkRows: 500_000,
    rowsPerSecond: 50_000,
    maxReplicaLagSeconds: 10,
    maxThreadsRunning: 50,
    parallelism: 8,
    pollSeconds: 15,
  },
  landing: {
    batchRecords: 10_000,
    windowSeconds: 5,
    retryAttempts: 10,
    pollers: { minimum: 1, maximum: 4 },
    defaultEpoch: 0,
    retentionDays: 90,
  },
  quarantine: { retentionDays: 365 },
  flow: { wakeSlotSeconds: 10, cadenceSeconds: 30, loaders: 8 },
  resync: { gapGraceSeconds: 300, retrySeconds: 1_800 },
  reconcile: {
    schedule: "cron(30 3 * * ? *)",
    cascadeSchedule: "rate(15 minutes)",
    chunkRows: 2_000_000,
    rangeRows: 1_000,
    patienceSeconds: 1_800,
  },
  functions: sizes,
  removal: { data: "retain", terminationProtection: true },
  alarms: {
    captureLagSeconds: 120,
    landLagRecords: 100_000,
    loadLagRecords: 500_000,
    freshnessSeconds: 300,
    minutes: 5,
    resyncMinutes: 60,
    valuesUnlike: 0,
  },
  logRetentionDays: 90,
};

/** As prod, smaller and cheaper; nothing in it may need another path through the code. */
const dev: StageConfig = {
  ...prod,
  stage: "dev",
  cidr: "10.50.0.0/16",
  sources: [{ ...prod.sources[0], host: "source.dev.millrace.internal", secretName: "millrace/dev/source" }],
  kafka: { ...prod.kafka, volumeGiB: 50, retentionHours: 3 * 24 },
  warehouse: { ...prod.warehouse, baseCapacity: 8, maxCapacity: 16 },
  landing: { ...prod.landing, pollers: { minimum: 1, maximum: 1 }, retentionDays: 14 },
  quarantine: { retentionDays: 90 },
  flow: { ...prod.flow, cadenceSeconds: 60, loaders: 4 },
  logRetentionDays: 14,
};

/** One machine: the same templates with small numbers. One real broker serves the recorded three. */
const local: StageConfig = {
  ...prod,
  stage: "local",
  account: "000000000000",
  region: "us-east-1",
  zones: ["us-east-1a", "us-east-1b", "us-east-1c"],
  cidr: "10.40.0.0/16",
  sources: [{ name: "source", host: "127.0.0.1", port: 3306, secretName: "millrace/local/source", tls: "off" }],
  kafka: { ...prod.kafka, auth: "none", replicationFactor: 1, minInsyncReplicas: 1, volumeGiB: 10 },
  warehouse: { ...prod.warehouse, baseCapacity: 8, maxCapacity: 8 },
  capture: {
    ...prod.capture,
    runSeconds: 120,
    chunkRows: 100_000,
    rowsPerSecond: 0,
    parallelism: 2,
    pollSeconds: 1,
  },
  landing: { ...prod.landing, windowSeconds: 1, pollers: { minimum: 1, maximum: 1 }, retentionDays: 7 },
  flow: { wakeSlotSeconds: 1, cadenceSeconds: 1, loaders: 2 },
  resync: { gapGraceSeconds: 5, retrySeconds: 60 },
  reconcile: { ...prod.reconcile, cascadeSchedule: "rate(2 minutes)", patienceSeconds: 300 },
  functions: {
    ...sizes,
    "capture-changes": { memoryMiB: 1769, timeoutSeconds: 180 },
    // Also how long a table waits after a run that was killed.
    "load-warehouse": { memoryMiB: 512, timeoutSeconds: 300 },
  },
  removal: { data: "destroy", terminationProtection: false },
  logRetentionDays: 1,
};

const stages: Readonly<Record<StageName, StageConfig>> = { local, dev, prod };

/** The record of a stage as it is written here, without overrides. */
export const configOf = (stage: StageName): StageConfig => stages[stage];

/**
 * Reads the stage from context (`-c stage=prod`), dev when none is given, so that a forgotten option never reaches
 * prod, and applies what context says of its sources' places (lib/sources.ts).
 * @throws Error that names the value received and what is allowed
 */
export function configFrom(node: Pick<Node, "tryGetContext">): StageConfig {
  const stage: unknown = node.tryGetContext("stage") ?? "dev";
  const known = STAGES.find((name) => name === stage);
  if (known === undefined) {
    throw new Error(`There is no stage "${String(stage)}": -c stage=<one of ${STAGES.join(", ")}>`);
  }
  const config = configOf(known);
  return { ...config, sources: placedSources(config.sources, node) };
}

/** First part of the names that services require: cluster, workgroup and namespace. */
export const resourceName = (config: Pick<StageConfig, "stage">): string => `millrace-${config.stage}`;
