import path from "node:path";
import type { buildStarEnvironment } from "../../../lambdas/build-star/env.ts";
import type { captureChangesEnvironment } from "../../../lambdas/capture-changes/env.ts";
import type { captureSnapshotEnvironment } from "../../../lambdas/capture-snapshot/env.ts";
import type { EnvironmentOf } from "../../../lambdas/core/env.ts";
import type { landBatchEnvironment } from "../../../lambdas/land-batch/env.ts";
import type { loadWarehouseEnvironment } from "../../../lambdas/load-warehouse/env.ts";
import type { migrateWarehouseEnvironment } from "../../../lambdas/migrate-warehouse/env.ts";
import type { resyncTablesEnvironment } from "../../../lambdas/resync-tables/env.ts";
import type { wakeLoadersEnvironment } from "../../../lambdas/wake-loaders/env.ts";
import { classicmodels } from "../../../schemas/sources/classicmodels/area.ts";
import { functionLog } from "./engines.ts";
import type { Ports } from "./engines.ts";
import { LambdaFunction } from "./function.ts";

export const SOURCE_NAME = "faults";
export const CLUSTER = "faults";
export const ACCOUNT = "000000000000";
export const BUCKETS = { landing: "faults-landing", quarantine: "faults-quarantine" } as const;
export const QUEUES = { load: "faults-load.fifo", star: "faults-star.fifo" } as const;
export const SECRETS = { source: "faults-source", personal: "faults-personal" } as const;
export const CLUSTER_ARN = `arn:aws:kafka:us-east-1:${ACCOUNT}:cluster/${CLUSTER}/00000000-0000-0000-0000-000000000000-1`;
export const COPY_MACHINE = `arn:aws:states:us-east-1:${ACCOUNT}:stateMachine:faults-copy`;

/** Functions that the harness runs: all that moves data. */
export const NAMES = [
  "capture-changes",
  "capture-snapshot",
  "land-batch",
  "load-warehouse",
  "build-star",
  "wake-loaders",
  "resync-tables",
  "migrate-warehouse",
] as const;
export type FunctionName = (typeof NAMES)[number];

/** By the contracts of the functions: one that asks for more does not compile here. */
interface Environments {
  readonly "capture-changes": EnvironmentOf<typeof captureChangesEnvironment>;
  readonly "capture-snapshot": EnvironmentOf<typeof captureSnapshotEnvironment>;
  readonly "land-batch": EnvironmentOf<typeof landBatchEnvironment>;
  readonly "load-warehouse": EnvironmentOf<typeof loadWarehouseEnvironment>;
  readonly "build-star": EnvironmentOf<typeof buildStarEnvironment>;
  readonly "wake-loaders": EnvironmentOf<typeof wakeLoadersEnvironment>;
  readonly "resync-tables": EnvironmentOf<typeof resyncTablesEnvironment>;
  readonly "migrate-warehouse": EnvironmentOf<typeof migrateWarehouseEnvironment>;
}

/** The environment of a function: that of lib/constructs, with this world's values. */
export function environmentOf(name: FunctionName, ports: Ports, database: string): Readonly<Record<string, string>> {
  const endpoint = `http://127.0.0.1:${ports.awsProxy}`;
  const queue = (queueName: string): string => `${endpoint}/${ACCOUNT}/${queueName}`;
  const slots = { WAKE_SLOT_SECONDS: "1" };
  const landing = { STAGE: "faults", LANDING_BUCKET: BUCKETS.landing, CLUSTER_NAME: CLUSTER };
  const warehouse = {
    STAGE: "faults",
    WAREHOUSE_WORKGROUP: "faults",
    WAREHOUSE_DATABASE: database,
    WAREHOUSE_SECRET: "faults-admin",
  };
  const areas = { SOURCE_AREAS: classicmodels.name };
  const capture = {
    ...landing,
    ...areas,
    SOURCE_HOST: "127.0.0.1",
    SOURCE_PORT: String(ports.mysqlProxy),
    SOURCE_SECRET: SECRETS.source,
    SOURCE_TLS: "off",
    SOURCE_NAME,
    KAFKA_CLUSTER_ARN: CLUSTER_ARN,
    KAFKA_AUTH: "none",
    QUARANTINE_BUCKET: BUCKETS.quarantine,
    PERSONAL_DATA_SECRET: SECRETS.personal,
  };
  const queues = { LOAD_QUEUE_URL: queue(QUEUES.load), STAR_QUEUE_URL: queue(QUEUES.star) };
  const own: Environments = {
    "capture-changes": { ...capture, RUN_SECONDS: "2", SERVER_ID_BASE: "7400" },
    "capture-snapshot": {
      ...capture,
      CHUNK_ROWS: "150",
      ROWS_PER_SECOND: "0",
      ANCHOR_SERVER_ID: "7300",
      // Not throttled: the source is busy with nothing else.
      SOURCE_REPLICAS: "[]",
      MAX_REPLICA_LAG_SECONDS: "0",
      MAX_THREADS_RUNNING: "0",
    },
    "land-batch": {
      ...landing,
      ...slots,
      QUARANTINE_BUCKET: BUCKETS.quarantine,
      LOAD_QUEUE_URL: queues.LOAD_QUEUE_URL,
      DEFAULT_EPOCH: "1",
    },
    "load-warehouse": {
      ...landing,
      ...warehouse,
      ...queues,
      ...slots,
      QUARANTINE_BUCKET: BUCKETS.quarantine,
      COPY_ROLE_ARN: `arn:aws:iam::${ACCOUNT}:role/faults-copy`,
      CADENCE_SECONDS: "0",
    },
    "build-star": { ...warehouse, STAR_QUEUE_URL: queues.STAR_QUEUE_URL },
    "wake-loaders": { ...landing, ...warehouse, ...queues, ...slots },
    "resync-tables": {
      ...landing,
      ...areas,
      COPY_MACHINE_ARN: COPY_MACHINE,
      GAP_GRACE_SECONDS: "0",
      RETRY_SECONDS: "0",
    },
    "migrate-warehouse": { ...landing, ...warehouse },
  };
  return {
    AWS_REGION: "us-east-1",
    AWS_ACCESS_KEY_ID: "test",
    AWS_SECRET_ACCESS_KEY: "test",
    AWS_ENDPOINT_URL: endpoint,
    ...own[name],
  };
}

/** One execution environment for each function, and a second one of those that can run twice at once. */
export class Functions {
  readonly #make: (name: FunctionName) => LambdaFunction;
  readonly #first = new Map<FunctionName, LambdaFunction>();
  readonly #second = new Map<FunctionName, LambdaFunction>();

  constructor(folder: string, dataDir: string, ports: Ports, database: string) {
    this.#make = (name) =>
      new LambdaFunction({
        name,
        code: path.join(folder, name),
        environment: environmentOf(name, ports, database),
        log: functionLog(dataDir, name),
      });
  }

  /** @param second another environment beside the first */
  of(name: FunctionName, second = false): LambdaFunction {
    const kept = second ? this.#second : this.#first;
    const found = kept.get(name) ?? this.#make(name);
    kept.set(name, found);
    return found;
  }

  async stop(): Promise<void> {
    await Promise.all([...this.#first.values(), ...this.#second.values()].map((each) => each.stop()));
  }
}
