import { tables as captured } from "../../schemas/sources/index.ts";
import { newId, now, sleep } from "../adapters/clock/index.ts";
import { connectionOf, createPublisher, openOffsets } from "../adapters/kafka/index.ts";
import { createAsyncInvoke } from "../adapters/lambda/index.ts";
import { connectSource } from "../adapters/mysql/index.ts";
import { personalDataReader } from "../adapters/personal-data/read.ts";
import { createWarehouse } from "../adapters/redshift-data/index.ts";
import { createObjectStore } from "../adapters/s3/index.ts";
import { readCredentials } from "../adapters/secrets/index.ts";
import { createTelemetry } from "../adapters/telemetry/index.ts";
import type { Publisher } from "../core/capture-ports.ts";
import { parseEnvironment } from "../core/env.ts";
import { tablesOfAreas } from "../core/source-tables.ts";
import type { ReconcileReport, ReconcileRequest } from "../core/events.ts";
import { withSizeLimit } from "../core/size-limit.ts";
import { reconcileTableEnvironment } from "./env.ts";
import { reconcileCascades } from "./cascades.ts";
import { planRun } from "./plan-run.ts";
import { RESERVE_MS } from "./ports.ts";
import type { ReconcilePorts } from "./ports.ts";
import { continueRun, reportRun, startRepair } from "./reconcile-table.ts";

const env = parseEnvironment(reconcileTableEnvironment, process.env);
const tables = tablesOfAreas(env.SOURCE_AREAS, captured);
const telemetry = createTelemetry({ stage: env.STAGE, service: "reconcile-table" });
const state = createObjectStore(env.LANDING_BUCKET);
const warehouse = createWarehouse({
  workgroup: env.WAREHOUSE_WORKGROUP,
  database: env.WAREHOUSE_DATABASE,
  secretArn: env.WAREHOUSE_SECRET,
});
const personalData = personalDataReader(env.PERSONAL_DATA_SECRET, tables);
const settings = {
  sourceName: env.SOURCE_NAME,
  definitions: tables,
  chunkRows: env.CHUNK_ROWS,
  rangeRows: env.RANGE_ROWS,
  patienceSeconds: env.PATIENCE_SECONDS,
};
const sizeLimit = { quarantine: createObjectStore(env.QUARANTINE_BUCKET), telemetry, now };
const invokeAsync = createAsyncInvoke();

interface Context {
  readonly functionName: string;
  getRemainingTimeInMillis(): number;
}

/** Compares source and mirror, and repairs what differs: by schedule, and for the command line step by step. */
export const handler = async (request: ReconcileRequest, context: Context): Promise<ReconcileReport> => {
  if (request.action === "repair") return startRepair(request.runId, request.tables, settings, { state });
  const seconds = request.action === "continue" ? request.seconds : undefined;
  const until = seconds === undefined ? Infinity : now() + seconds * 1_000 + RESERVE_MS;
  const remaining = (): number => Math.min(context.getRemainingTimeInMillis(), until - now());
  return withPorts(remaining, async (ports) => {
    switch (request.action) {
      case "start":
        return reportRun(await planRun(request.tables, settings, ports), ports);
      case "continue":
        return continueRun(request.runId, settings, ports);
      case "cascades": {
        const report = await reconcileCascades(settings, ports);
        if (!report.done) await invokeAsync(context.functionName, { action: "cascades" });
        return report;
      }
      case "all": {
        const runId = request.runId ?? (await planRun(null, settings, ports)).id;
        const report = await continueRun(runId, settings, ports);
        if (!report.done) await invokeAsync(context.functionName, { action: "all", runId });
        return report;
      }
    }
  });
};

async function withPorts<T>(remaining: () => number, work: (ports: ReconcilePorts) => Promise<T>): Promise<T> {
  const { username: user, password } = await readCredentials(env.SOURCE_SECRET);
  const target = { host: env.SOURCE_HOST, port: env.SOURCE_PORT, user, password, tls: env.SOURCE_TLS };
  const source = await connectSource(target, { ...(await personalData()), replicaId: env.ANCHOR_SERVER_ID });
  const kafka = await connectionOf(env.KAFKA_CLUSTER_ARN, env.KAFKA_AUTH);
  const offsets = await openOffsets(kafka);
  let publisher: Publisher | null = null;
  try {
    return await work({
      ...{ state, source, warehouse, telemetry, now, sleep, newId, remaining },
      endOffsets: offsets.endOffsets,
      publisher: async () => (publisher ??= withSizeLimit(await createPublisher(kafka), sizeLimit)),
    });
  } finally {
    await Promise.allSettled([source.close(), offsets.close(), (publisher as Publisher | null)?.close()]);
  }
}
