import { tables as captured } from "../../schemas/sources/index.ts";
import { qualifiedName } from "../../schemas/naming.ts";
import { starTables } from "../../schemas/warehouse/star.ts";
import { now } from "../adapters/clock/index.ts";
import { connectionOf, openOffsets } from "../adapters/kafka/index.ts";
import { connectSource } from "../adapters/mysql/index.ts";
import { createWarehouse } from "../adapters/redshift-data/index.ts";
import { createObjectStore } from "../adapters/s3/index.ts";
import { readCredentials } from "../adapters/secrets/index.ts";
import { createTelemetry } from "../adapters/telemetry/index.ts";
import type { SourceDatabase } from "../core/capture-ports.ts";
import { parseEnvironment } from "../core/env.ts";
import { tablesOfAreas } from "../core/source-tables.ts";
import type { LagRequest, LoadProgress, PipelineStatus, SnapshotReport } from "../core/events.ts";
import { measureLagEnvironment } from "./env.ts";
import { loaded, measure, report, status } from "./measure-lag.ts";

const env = parseEnvironment(measureLagEnvironment, process.env);
const tables = tablesOfAreas(env.SOURCE_AREAS, captured);
const telemetry = createTelemetry({ stage: env.STAGE, service: "measure-lag" });
const state = createObjectStore(env.LANDING_BUCKET);
const warehouse = createWarehouse({
  workgroup: env.WAREHOUSE_WORKGROUP,
  database: env.WAREHOUSE_DATABASE,
  secretArn: env.WAREHOUSE_SECRET,
});
const settings = {
  sourceName: env.SOURCE_NAME,
  cluster: env.CLUSTER_NAME,
  definitions: tables,
  starTables: new Set(starTables().map(qualifiedName)),
};

/** Tells where every stage is: to alarms once a minute, to `millrace status`, and to the state machine of copies. */
export const handler = async (
  request: LagRequest | undefined,
): Promise<PipelineStatus | LoadProgress | SnapshotReport> => {
  const offsets = await openOffsets(await connectionOf(env.KAFKA_CLUSTER_ARN, env.KAFKA_AUTH));
  const openSource = async (): Promise<SourceDatabase> => {
    const { username: user, password } = await readCredentials(env.SOURCE_SECRET);
    return connectSource({ host: env.SOURCE_HOST, port: env.SOURCE_PORT, user, password, tls: env.SOURCE_TLS });
  };
  const { endOffsets, committedOffsets } = offsets;
  const ports = { state, warehouse, telemetry, now, endOffsets, committedOffsets, openSource };
  try {
    switch (request?.action) {
      case "status":
        return await status(settings, ports, request.mark);
      case "loaded":
        return await loaded(request.snapshotId, settings, ports);
      case "report":
        return await report(request.snapshotId, settings, ports);
      case "measure":
      case undefined:
        return await measure(settings, ports);
    }
  } finally {
    await offsets.close();
  }
};
