import { randomUUID } from "node:crypto";
import { Readable } from "node:stream";
import { DescribeStatementCommand } from "@aws-sdk/client-redshift-data";
import type { DescribeStatementResponse } from "@aws-sdk/client-redshift-data";
import { createWarehouse } from "../../../lambdas/adapters/redshift-data/index.ts";
import type { RedriveOutcome, ReplayOutcome } from "../../../lambdas/core/events.ts";
import type { ObjectStore, Warehouse, WarehouseRow } from "../../../lambdas/core/ports.ts";
import { encoderCache } from "../../../lambdas/land-batch/encode-range.ts";
import { landBatch } from "../../../lambdas/land-batch/land-batch.ts";
import { redriveRecords } from "../../../lambdas/land-batch/redrive-records.ts";
import type { TableOutcome } from "../../../lambdas/load-warehouse/load-table.ts";
import { loadTable } from "../../../lambdas/load-warehouse/load-table.ts";
import { replayObjects } from "../../../lambdas/load-warehouse/replay-objects.ts";
import { migrateWarehouse } from "../../../lambdas/migrate-warehouse/migrate-warehouse.ts";
import type { AnyTable } from "../../../schemas/model/table.ts";
import { qualifiedName } from "../../../schemas/naming.ts";
import type { ObjectStore as WarehouseObjects } from "../../../localstack/services/sql/copy/object-store.ts";
import { startDataApi, startWarehouse } from "../../integration/services/redshift/support.ts";
import { memoryStore } from "../memory-store.ts";
import { recordingTelemetry } from "../recording.ts";
import type { Change, FloorChange } from "./records.ts";
import { mskEvent, recordText } from "./records.ts";

const ROLE = "arn:aws:iam::000000000000:role/copy";

type Store = ReturnType<typeof memoryStore>;
interface Place {
  readonly partition: number;
  readonly offset: number;
}

/** Land, load and migrate over a real PostgreSQL behind the Data API's stand-in; buckets are in memory. */
export interface Loading {
  /** PostgreSQL behind the stand-in. */
  readonly url: string;
  /** The Data API over it, as other processes reach it. */
  readonly dataApi: { readonly endpoint: string; readonly database: string };
  /** As the Data API describes a statement. */
  describe(id: string): Promise<DescribeStatementResponse>;
  readonly warehouse: Warehouse;
  readonly landing: Store;
  readonly quarantine: Store;
  readonly telemetry: ReturnType<typeof recordingTelemetry>;
  migrate(tables: readonly AnyTable[]): Promise<{ readonly steps: number }>;
  /** Lands values, or changes made into values, from an offset of one partition on. */
  land(
    table: AnyTable,
    values: readonly (string | null | Change | FloorChange)[],
    place?: { readonly partition?: number; readonly offset?: number },
  ): Promise<void>;
  load(table: AnyTable, warehouse?: Warehouse): Promise<TableOutcome>;
  /** Loads objects below the ledger once more. */
  replay(table: AnyTable, keys: readonly string[]): Promise<ReplayOutcome>;
  /** Lands the records of an object of quarantine again. */
  redrive(tables: readonly AnyTable[], key: string, places?: readonly Place[]): Promise<RedriveOutcome>;
  /** First part of the keys of now. */
  cluster(): string;
  /** Begins anew under another cluster's name. */
  reset(): string;
  rows(sql: string): Promise<readonly WarehouseRow[]>;
  stop(): Promise<void>;
}

export async function startLoading(): Promise<Loading> {
  const landing = memoryStore("landing");
  const quarantine = memoryStore("quarantine");
  const telemetry = recordingTelemetry();
  const engine = await startWarehouse();
  const api = await startDataApi(engine, { objects: readable(landing) });
  const warehouse = createWarehouse(
    {
      workgroup: "local",
      database: engine.database,
      secretArn: "arn:aws:secretsmanager:us-east-1:000000000000:secret:x",
    },
    api.client,
  );
  const sleep = async (): Promise<void> => undefined;
  const random = (): number => 0;
  const wake = async (): Promise<void> => undefined;
  const now = Date.now;
  const loader = { landing, quarantine, telemetry, sleep, random, wakeStar: wake, now };
  let ids = 0;
  let cluster = "test-0";
  return {
    url: engine.url,
    dataApi: { endpoint: api.endpoint, database: engine.database },
    describe: (id) => api.client.send(new DescribeStatementCommand({ Id: id })),
    warehouse,
    landing,
    quarantine,
    telemetry,
    migrate: async (tables) =>
      migrateWarehouse(
        { tables, starTables: [], starRows: [], starViews: [] },
        {
          warehouse,
          landing,
          telemetry,
          newId: () => `migration-${(ids += 1)}`,
          retry: { attempts: 1, sleep, random },
        },
      ),
    land: async (table, values, place) => {
      const texts = values.map((value) =>
        typeof value === "object" && value !== null ? recordText(table, value) : value,
      );
      const settings = { cluster, wakeSlotSeconds: 10, tables: [table], encoders: encoderCache(1) };
      await landBatch(mskEvent(table, texts, place), settings, { landing, quarantine, wake, telemetry, now });
    },
    load: async (table, other = warehouse) => {
      const limits = { bytes: 16_000_000, objects: 500 };
      return loadTable(
        table,
        { cluster, role: ROLE, wakeSlotSeconds: 10, cadenceSeconds: 0, limits, isStarred: () => true },
        {
          ...loader,
          warehouse: other,
          newId: randomUUID,
          wakeLoader: wake,
          timeLeft: () => 900_000,
        },
      );
    },
    replay: async (table, keys) =>
      replayObjects(
        { action: "replay", table: qualifiedName(table), keys },
        [table],
        { cluster, role: ROLE, wakeSlotSeconds: 10, isStarred: () => true },
        { ...loader, warehouse, newId: randomUUID },
      ),
    redrive: async (tables, key, places) => {
      const settings = { cluster, wakeSlotSeconds: 10, tables, encoders: encoderCache(1) };
      const request = { action: "redrive", key, ...(places !== undefined && { places }) };
      return redriveRecords(request, settings, { landing, quarantine, wake, telemetry, now });
    },
    cluster: () => cluster,
    reset: () => {
      landing.objects.clear();
      quarantine.objects.clear();
      cluster = `test-${(ids += 1)}`;
      return cluster;
    },
    rows: (sql) => warehouse.query(sql),
    stop: async () => {
      await api.close();
      await engine.stop();
    },
  };
}

/** The buckets as the stand-in's COPY reads them. */
function readable(store: Store): WarehouseObjects {
  return {
    read: async ({ key }) => {
      const object = store.objects.get(key);
      return object === undefined ? null : Readable.from([object.body]);
    },
    list: async ({ bucket, key }) => {
      const found: { bucket: string; key: string; size: number }[] = [];
      for await (const object of (store as ObjectStore).list(key)) found.push({ bucket, ...object });
      return found;
    },
    write: async ({ key }, body) => {
      await store.put(key, body);
    },
  };
}
