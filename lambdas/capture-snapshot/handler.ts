import { tables as captured } from "../../schemas/sources/index.ts";
import { newId, now, sleep } from "../adapters/clock/index.ts";
import { connectionOf, createPublisher, openOffsets } from "../adapters/kafka/index.ts";
import { connectSource, openSourceLoad } from "../adapters/mysql/index.ts";
import type { MysqlTarget } from "../adapters/mysql/index.ts";
import { personalDataReader } from "../adapters/personal-data/read.ts";
import { createObjectStore } from "../adapters/s3/index.ts";
import { readCredentials } from "../adapters/secrets/index.ts";
import { createTelemetry } from "../adapters/telemetry/index.ts";
import type { Publisher, SourceDatabase, SourceLoad } from "../core/capture-ports.ts";
import { parseEnvironment } from "../core/env.ts";
import { tablesOfAreas } from "../core/source-tables.ts";
import type { ChunkOutcome, SnapshotFinished, SnapshotPlanned, SnapshotRequest } from "../core/events.ts";
import { withSizeLimit } from "../core/size-limit.ts";
import { copyChunk } from "./chunk.ts";
import { captureSnapshotEnvironment } from "./env.ts";
import { finishSnapshot } from "./finish.ts";
import { planSnapshot } from "./plan.ts";

const env = parseEnvironment(captureSnapshotEnvironment, process.env);
const tables = tablesOfAreas(env.SOURCE_AREAS, captured);
const state = createObjectStore(env.LANDING_BUCKET);
const telemetry = createTelemetry({ stage: env.STAGE, service: "capture-snapshot" });
const personalData = personalDataReader(env.PERSONAL_DATA_SECRET, tables);
const settings = { sourceName: env.SOURCE_NAME, definitions: tables };

const target = async (): Promise<MysqlTarget> => {
  const { username: user, password } = await readCredentials(env.SOURCE_SECRET);
  return { host: env.SOURCE_HOST, port: env.SOURCE_PORT, user, password, tls: env.SOURCE_TLS };
};

const openLoad = async (): Promise<SourceLoad> =>
  openSourceLoad(await target(), {
    replicas: env.SOURCE_REPLICAS,
    maxReplicaLagSeconds: env.MAX_REPLICA_LAG_SECONDS,
    maxThreadsRunning: env.MAX_THREADS_RUNNING,
  });

const openSource = async (): Promise<SourceDatabase> => {
  return connectSource(await target(), { ...(await personalData()), replicaId: env.ANCHOR_SERVER_ID });
};

const sizeLimit = { quarantine: createObjectStore(env.QUARANTINE_BUCKET), telemetry, now };
const openPublisher = async (): Promise<Publisher> =>
  withSizeLimit(await createPublisher(await connection()), sizeLimit);

const connection = () => connectionOf(env.KAFKA_CLUSTER_ARN, env.KAFKA_AUTH);

/** Copies tables by key ranges while they are written to: planned, read in parallel and closed by the state machine. */
export const handler = async (
  request: SnapshotRequest,
  context: { getRemainingTimeInMillis(): number },
): Promise<SnapshotPlanned | ChunkOutcome | SnapshotFinished> => {
  switch (request.action) {
    case "plan":
      return using(await openSource(), async (source) =>
        using(await openOffsets(await connection()), async ({ endOffsets }) =>
          using(await openLoad(), (load) =>
            planSnapshot(
              { ...settings, kind: request.kind, only: request.tables, chunkRows: env.CHUNK_ROWS },
              { state, source, endOffsets, load, telemetry, now, newId },
            ),
          ),
        ),
      );
    case "chunk": {
      const seal = (await personalData())?.seal;
      return using(await openSource(), async (source) =>
        using(await openPublisher(), async (publisher) =>
          using(await openLoad(), (load) =>
            copyChunk(
              { ...settings, snapshotId: request.snapshotId, chunk: request.chunk, rowsPerSecond: env.ROWS_PER_SECOND },
              {
                ...{ state, source, publisher, load, telemetry, now, sleep, seal },
                remaining: () => context.getRemainingTimeInMillis(),
              },
            ),
          ),
        ),
      );
    }
    case "finish": {
      const kafka = await connection();
      return using(await createPublisher(kafka), async (publisher) =>
        using(await openOffsets(kafka), ({ endOffsets }) =>
          finishSnapshot({ ...settings, snapshotId: request.snapshotId }, { state, publisher, endOffsets, now }),
        ),
      );
    }
  }
};

async function using<R extends { close(): Promise<void> }, T>(
  resource: R,
  work: (resource: R) => Promise<T>,
): Promise<T> {
  try {
    return await work(resource);
  } finally {
    await resource.close();
  }
}
