/**
 * What use cases need from the world, as plain function types. Adapters implement them over SDKs and drivers; tests
 * pass object literals. Time, randomness and ids come in here too.
 */

/** Milliseconds since 1970. */
export type Now = () => number;
/** Resolves after `ms`, or as soon as the signal aborts. */
export type Sleep = (ms: number, signal?: AbortSignal) => Promise<void>;
/** A new unique id (UUID v4). */
export type NewId = () => string;

export interface StoredObject {
  readonly body: Buffer;
  readonly etag: string;
}

export interface ObjectSummary {
  readonly key: string;
  readonly size: number;
  /** Milliseconds since 1970 at which the object was written. */
  readonly modified?: number;
  /** As the service names it. @default - STANDARD */
  readonly storageClass?: string;
}

/** One S3 bucket. Every method throws TransientError on 5xx and throttling after the SDK's own retries. */
export interface ObjectStore {
  readonly bucket: string;
  /** null when there is no such key. */
  get(key: string): Promise<StoredObject | null>;
  /** If-None-Match: *. `created` is false when the key was there already (nothing written). */
  putIfAbsent(
    key: string,
    body: Buffer,
    contentType?: string,
  ): Promise<{ readonly created: boolean; readonly etag: string | null }>;
  /** If-Match. @throws FencedError when the object is no longer the one that was read. */
  putIfMatch(key: string, body: Buffer, etag: string): Promise<{ readonly etag: string }>;
  put(key: string, body: Buffer, contentType?: string): Promise<{ readonly etag: string }>;
  /** Keys under `prefix` in byte order, strictly after `startAfter`; pages lazily. */
  list(prefix: string, startAfter?: string): AsyncIterable<ObjectSummary>;
  remove(key: string): Promise<void>;
}

/** A value of a warehouse result, typed as the Data API types it; numerics and large integers are text. */
export type WarehouseValue = string | number | boolean | null;
export type WarehouseRow = Readonly<Record<string, WarehouseValue>>;

export interface TransactionOutcome {
  readonly id: string;
  /** Rows changed by each statement, in order; -1 where unknown. */
  readonly rows: readonly number[];
}

/** The warehouse through the Redshift Data API. */
export interface Warehouse {
  /** One statement; rows with lower-case keys. @throws WarehouseError */
  query(sql: string): Promise<readonly WarehouseRow[]>;
  /**
   * 1 to 40 statements in one transaction (BatchExecuteStatement). The token makes an unknown outcome (time-out)
   * safe to ask again: same token, same statement id. Waits until it is over.
   * @throws WarehouseError (with the index of the failed statement), RolledBackError for 1023 (known to have failed:
   * a new token), TransientError for throttling and time-outs (outcome unknown: the same token)
   */
  transaction(statements: readonly string[], clientToken: string): Promise<TransactionOutcome>;
}

/** Wakes the next stage up for one table: SQS FIFO, group = table, deduplication id = table and time slot. */
export type Wake = (message: { readonly table: string; readonly slot: number }) => Promise<void>;

export type MetricUnit = "Count" | "Seconds" | "Milliseconds" | "Bytes" | "None";
/** Operational telemetry: structured log lines and embedded metrics. Never personal data. */
export interface Telemetry {
  info(message: string, fields?: Readonly<Record<string, unknown>>): void;
  warn(message: string, fields?: Readonly<Record<string, unknown>>): void;
  error(message: string, fields?: Readonly<Record<string, unknown>>): void;
  /** Metric names live in lambdas/core/metrics.ts, shared with the dashboards and alarms. */
  metric(name: string, value: number, unit: MetricUnit, dimensions?: Readonly<Record<string, string>>): void;
}
