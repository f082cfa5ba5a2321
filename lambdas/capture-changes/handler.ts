import { tables as captured } from "../../schemas/sources/index.ts";
import { binlogOf } from "../adapters/binlog/index.ts";
import { newId, now, sleep } from "../adapters/clock/index.ts";
import { connectionOf, createPublisher } from "../adapters/kafka/index.ts";
import { createAsyncInvoke } from "../adapters/lambda/index.ts";
import { connectSource } from "../adapters/mysql/index.ts";
import { personalDataReader } from "../adapters/personal-data/read.ts";
import { createObjectStore } from "../adapters/s3/index.ts";
import { readCredentials } from "../adapters/secrets/index.ts";
import { createTelemetry } from "../adapters/telemetry/index.ts";
import { parseEnvironment } from "../core/env.ts";
import { withSizeLimit } from "../core/size-limit.ts";
import { tablesOfAreas } from "../core/source-tables.ts";
import { captureChanges } from "./capture-changes.ts";
import type { CaptureChangesOutcome } from "./capture-changes.ts";
import { captureChangesEnvironment } from "./env.ts";

const env = parseEnvironment(captureChangesEnvironment, process.env);
const tables = tablesOfAreas(env.SOURCE_AREAS, captured);
const state = createObjectStore(env.LANDING_BUCKET);
const telemetry = createTelemetry({ stage: env.STAGE, service: "capture-changes" });
const sizeLimit = { quarantine: createObjectStore(env.QUARANTINE_BUCKET), telemetry, now };
const invokeAsync = createAsyncInvoke();
const personalData = personalDataReader(env.PERSONAL_DATA_SECRET, tables);

/** Keeps change capture running: invoked every minute by schedule, and by the run that is about to end. */
export const handler = async (
  event: { readonly handover?: boolean },
  context: { readonly functionName: string },
): Promise<CaptureChangesOutcome> => {
  const { username: user, password } = await readCredentials(env.SOURCE_SECRET);
  const target = { host: env.SOURCE_HOST, port: env.SOURCE_PORT, user, password, tls: env.SOURCE_TLS };
  const personal = await personalData();
  const outcome = await captureChanges(
    {
      sourceName: env.SOURCE_NAME,
      tables,
      serverIdBase: env.SERVER_ID_BASE,
      runSeconds: env.RUN_SECONDS,
      handover: event.handover === true,
    },
    {
      state,
      telemetry,
      now,
      sleep,
      newId,
      openBinlog: binlogOf(target, personal),
      openSource: () => connectSource(target),
      openPublisher: async () =>
        withSizeLimit(await createPublisher(await connectionOf(env.KAFKA_CLUSTER_ARN, env.KAFKA_AUTH)), sizeLimit),
      invokeNext: () => invokeAsync(context.functionName, { handover: true }),
    },
  );
  telemetry.info("run of change capture ended", { ...outcome });
  return outcome;
};
